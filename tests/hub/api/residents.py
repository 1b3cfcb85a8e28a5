"""What residents and staff ask of charging over HTTP."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
from sqlalchemy import select

from hub.access.roles import Role
from hub.charging.schema import charging_orders
from hub.charging.settings import ChargingSettings
from tests.hub.api.house import House
from tests.waiting import eventually

API = "/api/v1/charging"
PREPAID = msgspec.convert(
    {
        "payment": "prepaid",
        "hold_fen_car": 3000,
        "tariff": [
            {
                "id": "all",
                "title": {"zh-CN": "统一电价", "en": "One price"},
                "period": [
                    {"title": {"zh-CN": "全天", "en": "All day"}, "energy_fen": 85, "service_fen": 30}
                ],
            }
        ],
    },
    ChargingSettings,
)
AREAS = {"garage": {"zh-CN": "地下车库", "en": "Garage"}}


async def staff(hub: House, method: str, path: str, body: object = None, role: Role = Role.SUPERVISOR) -> Any:
    """Ask as staff; gives the answer's JSON, and fails unless it was good."""
    answer = await hub.http.request(method, f"{API}{path}", json=body, headers=hub.bearer(role))
    assert answer.is_success, answer.text
    return answer.json()


async def code_of(hub: House, device: str = "charger/garage-1", **limits: object) -> str:
    made = await staff(hub, "POST", "/codes", {"device": device, **limits})
    return str(made["code"])


async def order(
    hub: House, code: str, account: str | None = None, request: str | None = None
) -> httpx.Response:
    body = {"request": request or str(uuid.uuid4()), "account": account}
    return await hub.http.post(f"{API}/codes/{code}/orders", json=body)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def state_of(hub: House, key: str, wanted: str) -> Mapping[str, Any]:
    """Wait until an order is as it should be; return it as its owner sees it."""
    mine = f"{API}/orders/by-key/{key}"
    number = (await hub.http.get(mine)).json()["number"]
    state = select(charging_orders.c.state).where(charging_orders.c.number == number)

    def look() -> bool:
        with hub.core.engine.connect() as connection:
            return bool(connection.execute(state).scalar_one() == wanted)

    await eventually(look)
    seen: dict[str, Any] = (await hub.http.get(mine)).json()
    return seen
