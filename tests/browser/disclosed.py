"""Data of a demo on its way to the police, for pictures: what waits, what is ready, what was set aside."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from playwright.async_api import APIRequestContext, Browser, StorageState

from hemei.control_socket import control_socket
from hemei.site import read_site
from hub.access.roles import Role
from simulators.control import ask
from simulators.viid.device import NAME
from tests.browser.pages import Sight
from tests.hemei.demos import RunningDemo
from tests.waiting import eventually_told

API: Final = "/api/v1/exports"
BASIS: Final = "public-security"
SAID: Final = {
    "basis": BASIS,
    "document_number": "调证〔2026〕12号",
    "unit": "东门派出所",
    "officers": [{"name": "王警官", "number": "012345"}],
    "purpose": "查明嫌疑车辆去向",
}
OF_DESK: Final = tuple(
    Sight(
        name=f"desk-{name}",
        address=f"/desk#/{place}/{{{name}}}",
        ready="article[data-state] :is([data-testid=preview], [data-testid=bundle])",
        role=Role.SUPERVISOR,
    )
    for name, place in (("waiting", "release"), ("ready", "register"))
)
"""Places that show them."""


async def refuse_one(demo: RunningDemo) -> None:
    """Have the pretend view library refuse one vehicle, and wait until it is set aside."""
    await ask(
        control_socket(read_site(demo.folder / "data" / "site.toml")), {"device": NAME, "fault": "refuse-one"}
    )
    async with demo.client("supervisor") as office:
        await eventually_told(lambda: office.get("/api/v1/viid"), lambda answer: answer.json()["set_aside"])


async def disclosed(
    browser: Browser, base_url: str, asks: StorageState | None, releases: StorageState | None
) -> dict[str, str]:
    """Ask for two disclosures of passes and release one of them; return `waiting` and `ready`, their ids."""
    async with AsyncExitStack() as stack:
        liaison, supervisor = [
            await stack.enter_async_context(
                await browser.new_context(
                    base_url=base_url, storage_state=each, extra_http_headers={"Origin": base_url}
                )
            )
            for each in (asks, releases)
        ]
        return await _disclosed(liaison.request, supervisor.request)


async def _disclosed(liaison: APIRequestContext, supervisor: APIRequestContext) -> dict[str, str]:
    scope = await _scope(liaison)
    ready = await _tell(liaison, API, {**SAID, "case_number": "A3301-2026-1", "scope": scope})
    waiting = await _tell(liaison, API, {**SAID, "case_number": "A3301-2026-2", "scope": scope})
    said = {"version": ready["version"], "reason": "已核对文书"}
    await _tell(supervisor, f"{API}/{ready['id']}/approve", said)

    async def state() -> str:
        told: str = (await (await liaison.get(f"{API}/{ready['id']}")).json())["state"]
        return told

    await eventually_told(state, lambda told: told == "ready")
    return {"waiting": waiting["id"], "ready": ready["id"]}


async def _scope(liaison: APIRequestContext) -> dict[str, Any]:
    """Ask for the newest passes of vehicles, one by one."""
    found = await (await liaison.get("/api/v1/passes?place=gate/*&limit=5")).json()
    now_ms = round(time.time() * 1000)
    picked = [each["seq"] for each in found["passes"]]
    return {"from_ms": now_ms - 3_600_000, "to_ms": now_ms, "kinds": ["passes"], "passes": picked}


async def _tell(who: APIRequestContext, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
    answer = await who.post(path, data=dict(said))
    if not answer.ok:
        raise RuntimeError(f"{path}: {await answer.text()}")
    told: dict[str, Any] = await answer.json()
    return told
