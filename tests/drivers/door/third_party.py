"""Readers that we did not write: libosdp's own PeripheralDevice, in a process of its own, on a TCP line.

`tests/peers/osdp_pd.py` reads JSON objects, one a line. The first has `readers`: a list of `address`, `key`
(hex, or none), `install` (it takes the default key), `secure` (false: it offers clear text only) and
`reports_output` (false: it never tells how its output is).
Then any of:

| key | meaning |
|---|---|
| `silent` | addresses that hear nothing any more |
| `noise` | hex that goes before every answer; `say`: hex that is said once |
| `hang_up` | cut the TCP connection |
| `address` with `card` (hex) and `bits`, `keys`, `input` and `on`, `tamper`, `power` | what happens there |
| `address` with `refuses` | whether it refuses (NAK) to switch its output |

It prints `{"port": …}` when it listens, and what a reader is told, with its `address` and the time `at` (the
machine's monotonic clock): `saw` is `card`, `output`, `keyset`, `led` or `buzzer`.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from contract.messages import Availability, Event, Result, State
from contract.topics import Address
from drivers.door.wiegand import Card, write_card
from drivers.runtime.settings import DeviceSettings
from tests.broker import Mosquitto
from tests.drivers.stage import SITE, Ear, host_settings, hosting, listening
from tests.peers import PEERS
from tests.waiting import eventually

KEY = "8f1b0c5de2a94d7386f0c1b2a3948576"
OTHER_KEY = "00112233445566778899aabbccddeeff"
ALICE, NIGHT_PORTER, STRANGER = 8_101_234, 8_105_678, 55_443
CONTACT, EXIT, FIRE = range(3)


@dataclass
class Readers:
    """The readers of one process."""

    process: asyncio.subprocess.Process
    port: int = 0
    saw: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, **what: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what).encode() + b"\n")

    def card(self, number: int, address: int = 1, form: str = "w26") -> None:
        bits, data = write_card(Card(form, number))
        self.tell(address=address, card=data.hex(), bits=bits)

    def input(self, number: int, *, on: bool, address: int = 1) -> None:
        self.tell(address=address, input=number, on=int(on))

    def seen(self, what: str, address: int = 1, **fields: Any) -> list[dict[str, Any]]:
        wanted = {"saw": what, "address": address, **fields}
        return [each for each in self.saw if wanted.items() <= each.items()]

    async def listen(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            self.port = said.get("port", self.port)
            self.saw.append(said)


@asynccontextmanager
async def readers(*each: dict[str, Any]) -> AsyncIterator[Readers]:
    """Run readers; without arguments one with the site's key at address 1."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PEERS / "osdp_pd.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    found = Readers(process)
    ear = asyncio.create_task(found.listen())
    try:
        found.tell(readers=list(each) or [{"address": 1, "key": KEY}])
        await eventually(lambda: found.port)
        yield found
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
        await ear


def access(**changes: Any) -> dict[str, Any]:
    """Return an access file: Alice always, the night porter from ten to six."""
    return {
        "schedules": {"nights": [{"from": "22:00", "to": "06:00"}]},
        "levels": {
            "residents": {"doors": ["*"]},
            "elsewhere": {"doors": ["cellar"]},
            "porters": {"doors": ["door-1"], "schedule": "nights"},
        },
        "credentials": [
            {"id": "c-alice", "card": ALICE, "holder": "r-17", "levels": ["residents"]},
            {"id": "c-porter", "card": NIGHT_PORTER, "holder": "s-2", "levels": ["porters"]},
        ],
        **changes,
    }


@dataclass(kw_only=True)
class House:
    """A driver host with doors, and an ear on the broker."""

    readers: Readers
    broker: Mosquitto
    ear: Ear
    folder: Path
    ears: AsyncExitStack
    running: AsyncExitStack | None = None

    @property
    def access_file(self) -> Path:
        return self.folder / "access.json"

    def write_access(self, **changes: Any) -> None:
        self.access_file.write_bytes(msgspec.json.encode(access(**changes)))

    def device(self, address: int = 1, key: str = KEY, **options: Any) -> DeviceSettings:
        key_file = self.folder / f"{key[:4]}.key"
        key_file.write_text(key)
        wire = f"osdp-tcp://127.0.0.1:{self.readers.port}?address={address}"
        return DeviceSettings(
            kind="door",
            id=f"door-{address}",
            family="door",
            title={"en": "Door"},
            options={
                "wire": wire,
                "key_file": str(key_file),
                "access_file": str(self.access_file),
                "unlock_s": 1.0,
                **options,
            },
        )

    async def start(self, *devices: DeviceSettings, ready: bool = True) -> None:
        self.running = AsyncExitStack()
        before = len(self.ear.all(Availability, door(1)))
        settings = host_settings(self.broker.broker(), self.folder, *(devices or (self.device(),)))
        await self.running.enter_async_context(hosting(settings))
        if ready:
            await self.ear.status(door(1), "ready", after=before)

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.aclose()
            self.running = None

    async def broker_returns(self) -> None:
        """Start the broker again, and hear it again."""
        await self.broker.start()
        self.ear = await self.ears.enter_async_context(listening(self.broker.broker()))

    async def do(self, action: str, **given: Any) -> Result:
        return await self.ear.do(door(1), action, given)

    async def shows(self, address: int = 1, **properties: Any) -> None:
        for name, value in properties.items():
            await self.ear.property(door(address), name.replace("_", "-"), value)

    async def event(self, of_type: str, nth: int = 1, address: int = 1) -> Event:
        try:
            await eventually(lambda: len(self.events(of_type, address)) >= nth)
        except TimeoutError:
            heard = [(each.type, each.data) for each in self.ear.all(Event, door(address))]
            raise AssertionError(f"no {of_type} number {nth}, but {heard}") from None
        return self.events(of_type, address)[nth - 1]

    def events(self, of_type: str, address: int = 1) -> list[Event]:
        """Return the different events of a type, in the order of their numbers."""
        each = {event.id: event for event in self.ear.all(Event, door(address)) if event.type == of_type}
        return sorted(each.values(), key=lambda event: event.outboxnumber or 0)

    def properties(self, address: int = 1) -> Any:
        last = self.ear.last(State, door(address))
        return last.properties if last else {}


def door(address: int) -> Address:
    return Address(SITE, "door", f"door-{address}")


@asynccontextmanager
async def house(mosquitto: Mosquitto, folder: Path, *each: dict[str, Any]) -> AsyncIterator[House]:
    """Set up readers, a broker and an access file; the driver host does not run yet."""
    async with readers(*each) as found, AsyncExitStack() as ears:
        ear = await ears.enter_async_context(listening(mosquitto.broker()))
        made = House(readers=found, broker=mosquitto, ear=ear, ears=ears, folder=folder)
        made.write_access()
        try:
            yield made
        finally:
            await made.stop()
