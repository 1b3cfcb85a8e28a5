"""The family `face`: a face terminal with its door, on facesluice's MQTT or on Hikvision's ISAPI."""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from simulators.broker import AtBroker
from simulators.camera.digest import Account
from simulators.clock import Clock
from simulators.errors import BadOptions, chosen
from simulators.face.roster import Roster
from simulators.families import Truth
from simulators.ports import Ports
from simulators.wire import TcpWire

if TYPE_CHECKING:
    from simulators.face.facesluice_wire import Facesluice
    from simulators.face.hikvision_web import HikvisionTerminal

KIND = "door"

Seconds = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend face terminal. Times in seconds.

    `wire` is the driver's: mqtt://USER@HOST:PORT/SERIAL, with `password_file`, or http://HOST:PORT, with
    `credentials_file`. `account_file` (user:password) is an account of its own at the broker, by default the
    driver's. `state_file` is where it remembers its people.
    `consents_file` names who may have their face taken here (a key a line); every `enrol_every_s` one of them
    comes and does, unless the face was there before and deleted. `most_people` is how many it holds.
    """

    wire: str
    credentials_file: str | None = None
    password_file: str | None = None
    account_file: str | None = None
    door: Annotated[int, Meta(ge=1, le=256)] = 1
    state_file: str | None = None
    consents_file: str | None = None
    enrol_every_s: Seconds | None = None
    heartbeat_s: Seconds = 60.0
    slow_s: Seconds = 3.0
    most_people: Annotated[int, Meta(ge=1)] = 20_000
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "FaceTerminal":
    """Build one terminal."""
    return FaceTerminal(device_id, options, clock)


class FaceTerminal:
    """One terminal: what it does is `terminal`, what it speaks `wire`."""

    def __init__(self, device_id: str, options: Options, clock: Clock) -> None:
        # OpenCV, paho and aiohttp are loaded where a terminal is built, not where a site file is read.
        from simulators.face.terminal import Terminal  # noqa: PLC0415 - see above

        number = zlib.crc32(device_id.encode())
        state = Path(options.state_file) if options.state_file else None
        self.terminal = Terminal(
            Roster(state, most=options.most_people),
            clock,
            seed=number if options.seed is None else options.seed,
            consents=Path(options.consents_file) if options.consents_file else None,
        )
        self.terminal.condition.slow_s = options.slow_s
        self.wire = _make_wire(options, f"DS-{number:08X}", self)
        self.terminal.tell = self.wire.tell
        self._enrol_every_s = options.enrol_every_s
        self._until_enrol_s = options.enrol_every_s or 0.0

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return _FAULTS.keys()

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return _HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Begin to talk, or to listen."""
        del ports
        return await self.wire.open()

    async def close(self) -> None:
        """Close the wire and remember."""
        await self.wire.close()
        self.terminal.roster.save()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.terminal.step(dt_s)
        if self._enrol_every_s is not None:
            self._until_enrol_s -= dt_s
            if self._until_enrol_s <= 0:
                self._until_enrol_s = self._enrol_every_s
                self.terminal.enrol_newcomer()
        if self.terminal.condition.powered:
            self.wire.step(dt_s)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything."""
        chosen("fault", name, _FAULTS)(self)

    def happen(self, name: str) -> None:
        """Let something happen at the terminal."""
        chosen("happening", name, _HAPPENINGS)(self)

    def inspect(self) -> Truth:
        """Tell the physical truth: whom it holds, whose face, and how the door is."""
        terminal = self.terminal
        people = list(terminal.roster)
        return {
            "people": [each.key for each in people],
            "faces": [each.key for each in people if each.face],
            "barred": [each.key for each in people if each.barred],
            "cards": sum(len(each.cards) for each in people),
            "records": len(terminal.log),
            "records_untold": self.wire.untold,
            "records_lost": terminal.log.lost,
            "commands": self.wire.commands,
            "strike_pulses": terminal.strike_pulses,
            "unlocked": terminal.strike.unlocked,
            "held_open": terminal.held_open,
            "leaf": terminal.leaf.motion.value,
            "contact_open": terminal.contact.open,
            "passed": terminal.passers.passed,
            "gave_up": terminal.passers.gave_up,
            "waiting": terminal.passers.waiting,
            "faults": [name for name, is_so in _BROKEN.items() if is_so(self)],
        }

    def lose_power(self) -> None:
        """Go dark; what it holds stays."""
        self.terminal.lose_power()
        self.wire.cut()

    def lose_network(self) -> None:
        """Go on deciding, and keep what happens."""
        self.terminal.condition.online = False
        self.wire.cut()

    def repair(self) -> None:
        """Take away everything that is wrong."""
        condition = self.terminal.condition
        condition.refuses_delete = condition.keeps_deleted = False
        condition.slow = self.terminal.log.full = False
        if not condition.reachable:
            condition.powered = condition.online = True
            self.wire.mend()


def _make_wire(options: Options, serial: str, device: FaceTerminal) -> "Facesluice | HikvisionTerminal":
    from simulators.face.facesluice_wire import Facesluice  # noqa: PLC0415 - loads paho and OpenCV
    from simulators.face.hikvision_web import HikvisionTerminal  # noqa: PLC0415 - loads aiohttp and OpenCV

    parts = urlsplit(options.wire)
    if parts.scheme == "http":
        account = Account.read(Path(options.credentials_file)) if options.credentials_file else None
        endpoint = TcpWire.parse(options.wire, "http")
        return HikvisionTerminal(
            endpoint, serial, account=account, terminal=device.terminal, door=options.door
        )
    name = parts.path.strip("/")
    if parts.scheme != "mqtt" or not parts.hostname or not name:
        raise BadOptions(f"wire {options.wire!r} must be mqtt://HOST:PORT/SERIAL or http://HOST:PORT")
    at = AtBroker.parse(options.wire, options.password_file)
    if options.account_file is not None:
        at = at._replace(account=Account.read(Path(options.account_file)))
    return Facesluice(at, name, terminal=device.terminal, beat_s=options.heartbeat_s)


_FAULTS: dict[str, Callable[[FaceTerminal], None]] = {
    "none": FaceTerminal.repair,
    "power-loss": FaceTerminal.lose_power,
    "network-loss": FaceTerminal.lose_network,
    "disk-full": lambda device: setattr(device.terminal.log, "full", True),
    "refuses-delete": lambda device: setattr(device.terminal.condition, "refuses_delete", True),
    "keeps-deleted": lambda device: setattr(device.terminal.condition, "keeps_deleted", True),
    "slow": lambda device: setattr(device.terminal.condition, "slow", True),
}

_BROKEN: dict[str, Callable[[FaceTerminal], bool]] = {
    "power-loss": lambda device: not device.terminal.condition.powered,
    "network-loss": lambda device: not device.terminal.condition.online,
    "disk-full": lambda device: device.terminal.log.full,
    "refuses-delete": lambda device: device.terminal.condition.refuses_delete,
    "keeps-deleted": lambda device: device.terminal.condition.keeps_deleted,
    "slow": lambda device: device.terminal.condition.slow,
}

# The last three are called as at other doors, so that stories can speak of all doors alike.
_HAPPENINGS: dict[str, Callable[[FaceTerminal], object]] = {
    "face-passes": lambda device: device.terminal.face(),
    "card-passes": lambda device: device.terminal.card(),
    "code-passes": lambda device: device.terminal.code(),
    "stranger": lambda device: device.terminal.stranger(),
    "spoof": lambda device: device.terminal.spoof(),
    "enrol": lambda device: device.terminal.enrol(),
    "exit-request": lambda device: device.terminal.leave(),
    "card-known": lambda device: device.terminal.card(),
    "card-unknown": lambda device: device.terminal.unknown_card(),
}
