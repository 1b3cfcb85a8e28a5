"""A driver that misbehaves as it is told to: what the runtime must stand."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from msgspec import Struct

from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import pause

TITLE = {"zh-CN": "怪", "en": "Odd"}
HAPPENED = "hemei.sensor.happened"
ACTIONS = (
    "work",
    "wait",
    "nap",
    "refuse",
    "fail",
    "explode",
    "vanish",
    "urgent",
    "most-urgent",
    "picky",
    "say",
    "forbid",
)


class OddOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it behaves: `fine`, or as the other words say."""

    mode: Literal["fine", "bug", "cancels", "ends", "unreachable", "lies", "bad-check"] = "fine"
    events: int = 0


class OddDriver(Driver[OddOptions]):
    """No device at all."""

    kind: ClassVar[str] = "sensor"
    options_type: ClassVar[type[OddOptions]] = OddOptions
    urgent: ClassVar[Mapping[str, int]] = {"urgent": 1, "picky": 1, "most-urgent": 2}
    always: ClassVar[frozenset[str]] = frozenset({"forbid"})
    model = ThingModel(
        heartbeat_s=1.0,
        properties={
            "runs": Property(type="integer", title=TITLE),
            "done": Property(type="integer", title=TITLE),
        },
        actions={name: ActionSpec(title=TITLE, timeout_s=5) for name in ACTIONS},
        events={HAPPENED: EventSpec(title=TITLE)},
    )

    def __init__(self, options: OddOptions) -> None:
        super().__init__(options)
        self._runs = self._done = 0
        self._vanish = asyncio.Event()

    async def run(self, port: Port) -> None:
        self._runs += 1
        self._vanish.clear()
        port.update({"runs": self._runs, "done": self._done})
        if self.options.mode == "bug":
            raise ZeroDivisionError("a bug")
        if self.options.mode == "cancels":
            raise asyncio.CancelledError
        if self.options.mode == "unreachable":
            raise DeviceUnreachable("no wire")
        if self.options.mode == "ends":
            return
        if self.options.mode == "lies":
            port.update({"runs": "many", "done": 0})
        port.ready()
        for number in range(self.options.events):
            await port.emit(HAPPENED, {"number": number}, id=f"odd-{number}")
        await self._vanish.wait()
        raise DeviceUnreachable("it vanished")

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        if self.options.mode == "bad-check":
            raise ZeroDivisionError("a bug in check")
        if action == "picky":
            raise Refused("never", code="picky")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        if action == "wait":
            await asyncio.get_running_loop().create_future()
        elif action == "nap":
            await pause(port.clock, 4)
        elif action == "refuse":
            raise Refused("not now", code="interlock")
        elif action == "fail":
            raise DeviceError("it broke", code="broken")
        elif action == "explode":
            raise ZeroDivisionError("a bug")
        elif action == "vanish":
            self._vanish.set()
            await asyncio.get_running_loop().create_future()
        elif action == "say":
            await port.emit(HAPPENED)
        self._done += 1
        port.update({"runs": self._runs, "done": self._done})


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the driver as a package of somebody else would: by an entry point."""
    info = folder / "odd_driver-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-driver\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[hemei.drivers]\nodd = tests.drivers.odd:OddDriver\nnone = tests.drivers.odd:install\n"
    )
    monkeypatch.syspath_prepend(folder)
