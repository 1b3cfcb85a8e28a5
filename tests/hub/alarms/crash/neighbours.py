"""Everybody around a hub that may die: a gate, a contact's web server, a guard who does not give up."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar, Final

import httpx
from aiohttp import web

from contract.mqtt import Connection
from contract.things import ActionSpec, EventSpec, Property, Thing, ThingModel
from tests.hub.alarms.made import GATE
from tests.hub.crash.neighbour import Neighbour
from tests.plain_http import plain_client

NAMES: Final = {"zh-CN": "东门入口", "en": "East gate, in"}
MODEL: Final = ThingModel(
    properties={"held": Property(type="boolean", title=NAMES)},
    actions={"hold-open": ActionSpec(title=NAMES, timeout_s=2.0)},
    events={
        "hemei.gate.faulted": EventSpec(title=NAMES),
        "hemei.gate.fault-cleared": EventSpec(title=NAMES),
    },
)


class Gate(Neighbour):
    """A gate that nobody holds open yet."""

    host = "gates"
    thing: ClassVar = Thing(address=GATE, title=NAMES, model=MODEL, driver=host)

    def __init__(self, link: Connection) -> None:
        super().__init__(link)
        self.shown["held"] = False


class Contact:
    """Somebody who is told over a webhook, and counts by the key that says what is the same news."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.address = ""

    async def take(self, request: web.Request) -> web.Response:
        """Take a message."""
        self.told[request.headers["Idempotency-Key"]] += 1
        return web.Response()


@asynccontextmanager
async def contact() -> AsyncIterator[Contact]:
    """Let a contact listen."""
    listening = Contact()
    server = web.Application()
    server.router.add_post("/", listening.take)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    listening.address = f"json://{host}:{port}/"
    try:
        yield listening
    finally:
        await runner.cleanup()


class Guard:
    """Presses until it is done, whatever happens to the hub."""

    def __init__(self, base_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = plain_client(base_url=base_url, headers=headers, timeout=60)

    async def close(self) -> None:
        """Go home."""
        await self._http.aclose()

    async def alarms(self, state: str = "all") -> list[dict[str, Any]]:
        """Look at the list; none while there is no hub."""
        with suppress(httpx.HTTPError):
            answer = await self._http.get("/api/v1/alarms", params={"state": state})
            if answer.status_code == 200:
                listed: list[dict[str, Any]] = answer.json()["alarms"]
                return listed
        return []

    async def case(self, ident: str) -> dict[str, Any]:
        """Look at one alarm."""
        answer = await self._http.get(f"/api/v1/alarms/{ident}")
        case: dict[str, Any] = answer.raise_for_status().json()
        return case

    async def acknowledge(self) -> bool:
        """Press on what is not acknowledged; True once somebody has."""
        for alarm in await self.alarms():
            if alarm["state"] in ("unacknowledged", "returned-unacknowledged"):
                with suppress(httpx.HTTPError):
                    press = {"version": alarm["version"]}
                    await self._http.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json=press)
            elif alarm["acknowledged_by"]:
                return True
        return False
