"""A real Home Assistant beside a test: a process of its own that shows what its pages would show."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from contract.mqtt import Broker
from tests.broker import free_port
from tests.peers import PEERS, require_home_assistant
from tests.waiting import PATIENCE_S, eventually_told

GONE = "gone"


class Page(NamedTuple):
    """What Home Assistant shows at one moment: entities, and what its devices are called by identifier."""

    entities: Mapping[str, Mapping[str, Any]]
    devices: Mapping[str, str]

    def state(self, entity: str) -> str:
        """Return an entity's state; GONE if there is none."""
        shown = self.entities.get(entity)
        return str(shown["state"]) if shown else GONE


class HomeAssistant:
    """The process; asks go one after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, **what: Any) -> dict[str, Any]:
        """Say something and return the answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S)
        answer: dict[str, Any] = json.loads(line)
        assert "error" not in answer, answer
        return answer

    async def page(self) -> Page:
        """Return what it shows now."""
        answer = await self.ask(do="states")
        return Page(answer["entities"], answer["devices"])

    async def until(self, fits: Callable[[Page], object]) -> Page:
        """Return the first page that fits; TimeoutError with the last one if none does."""
        return await eventually_told(self.page, fits, every_s=0.2)

    async def press(self, service: str, entity: str, **data: Any) -> None:
        """Do what a press in its pages does: `service` is `domain.service`."""
        domain, name = service.split(".")
        await self.ask(do="call", domain=domain, service=name, data={"entity_id": entity} | data)


@asynccontextmanager
async def home_assistant(folder: Path, broker: Broker) -> AsyncIterator[HomeAssistant]:
    """Start one that knows this broker; it is ended at the end."""
    config = folder / "home-assistant"
    config.mkdir()
    with (folder / "home-assistant.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(require_home_assistant()),
            str(PEERS / "homeassistant_core.py"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
            limit=2**24,
        )
    started = HomeAssistant(process)
    try:
        where = {"host": broker.host, "port": broker.port, "prefix": "homeassistant"}
        who = {"username": broker.username, "password": broker.password}
        await started.ask(**where, **who, config=str(config), http_port=free_port())
        yield started
    finally:
        process.kill()
        await process.wait()
