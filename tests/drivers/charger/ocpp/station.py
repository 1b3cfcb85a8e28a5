"""Talks to tests/peers/ocpp-station.mjs, other people's charging stations, in lines of JSON."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.drivers.charger.ocpp.site import PASSWORD, POST, Site
from tests.peers import PEERS, node, require_npm_package
from tests.waiting import PATIENCE_S, eventually

Payload = dict[str, Any]


DEFAULTS: dict[str, Payload] = {
    "GetConfiguration": {},
    "GetVariables": {
        "getVariableResult": [
            {
                "attributeStatus": "UnknownComponent",
                "component": {"name": "SmartChargingCtrlr"},
                "variable": {"name": "Enabled"},
            }
        ]
    },
    "SetVariables": {
        "setVariableResult": [
            {"attributeStatus": "Accepted", "component": {"name": "any"}, "variable": {"name": "any"}}
        ]
    },
}
"""What it answers where the mere `Accepted` would not do."""


class Stations:
    """One program that is several stations."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: list[asyncio.Future[Any]] = []
        self.known: list[Station] = []

    async def do(self, **told: Any) -> Any:
        """Have something done and return what came of it."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        assert self._process.stdin
        line = {"number": len(self._waiting) - 1, **told}
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        async with asyncio.timeout(PATIENCE_S):
            return await done

    async def read(self) -> None:
        """Take what the program tells until it ends."""
        assert self._process.stdout
        async for line in self._process.stdout:
            told = json.loads(line)
            if "number" in told:
                self._waiting[told["number"]].set_result(told.get("done"))
            else:
                self.known[told["station"]].take(told)

    async def connect(
        self,
        site: Site,
        *protocols: str,
        post: str = POST,
        password: str | None = PASSWORD,
        prefix: str = "",
        answers: dict[str, Payload] | None = None,
    ) -> "Station":
        """Let a station connect; `outcome` says how that went."""
        station = Station(self, len(self.known))
        self.known.append(station)
        station.outcome = await self.do(
            station=station.number,
            endpoint=site.url + prefix,
            identity=post,
            password=password,
            protocols=protocols,
            ca=str(site.ca) if site.tls else None,
            answers=DEFAULTS | (answers or {}),
        )
        return station


class Station:
    """One of them; strict about what it is told."""

    def __init__(self, stations: Stations, number: int) -> None:
        self.number = number
        self.outcome: Payload = {}
        self.asked: list[tuple[str, Payload]] = []
        self.wrong: list[str] = []
        self.closed: int | None = None
        self._stations = stations

    def take(self, told: Payload) -> None:
        if "asked" in told:
            self.asked.append((told["asked"], told["params"]))
        elif "wrong" in told:
            self.wrong.append(told["wrong"])
        else:
            self.closed = told["closed"]

    async def call(self, method: str, **params: Any) -> Payload:
        """Say something to our central system, return its answer."""
        done: Payload = await self._stations.do(station=self.number, method=method, params=params)
        assert "result" in done, done
        result: Payload = done["result"]
        return result

    async def fails(self, method: str, **params: Any) -> str:
        """Say something that is not taken; return the error's code."""
        done: Payload = await self._stations.do(station=self.number, method=method, params=params)
        return str(done["failed"])

    async def told(self, method: str) -> Payload:
        """Wait until it was last told `method`; return with what."""
        found = await eventually(lambda: [params for asked, params in self.asked if asked == method])
        return found[-1]

    async def leave(self) -> None:
        """Hang up."""
        await self._stations.do(station=self.number)


@asynccontextmanager
async def charging_stations() -> AsyncIterator[Stations]:
    """Run the program; nothing may have struck it as wrong."""
    require_npm_package("ocpp-rpc")
    process = await asyncio.create_subprocess_exec(
        node(),
        str(PEERS / "ocpp-station.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    stations = Stations(process)
    reading = asyncio.create_task(stations.read())
    try:
        yield stations
        assert [each.wrong for each in stations.known if each.wrong] == []
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
        await reading
