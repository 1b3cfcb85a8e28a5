"""The family `door`: one door with its strike, its people and its reader, and what can go wrong with them."""

import secrets
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Annotated

from msgspec import Meta, Struct, field

from simulators.clock import Clock
from simulators.door.cards import read_cards
from simulators.door.keys import first_key, remember
from simulators.door.people import People, Visit
from simulators.door.physics import Contact, Leaf, Strike
from simulators.door.reader import Reader
from simulators.errors import chosen
from simulators.osdp.lines import Line, OsdpLines
from simulators.osdp.secure import KEY_LENGTH
from simulators.osdp.wire import parse_osdp
from simulators.ports import Ports

KIND = "door"

Seconds = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend door. Times in seconds.

    Without `key_file`, or with `install`, the reader waits for a key; `state_file` is where it remembers the
    one it got. `cards` and `cards_file` (see `simulators.door.cards`) are the cards that people carry, `pin`
    what those type whose card is written without one.
    `fail_safe`: a magnet, which lets go without power. `seed` None: it follows from the id.
    """

    wire: str
    key_file: str | None = None
    install: bool = False
    state_file: str | None = None
    cards: list[int | str] = field(default_factory=list)
    cards_file: str | None = None
    pin: str = ""
    strike_delay_s: Seconds = 0.15
    open_s: Seconds = 1.0
    close_s: Seconds = 3.0
    fail_safe: bool = False
    passes_per_hour: Annotated[float, Meta(ge=0)] = 0.0
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "Door":
    """Build one door."""
    # A door only counts seconds; its wire keeps the machine's time, however fast the story runs.
    del clock
    return Door(device_id, options, wire_time_s=time.monotonic)


class Door:
    """One door: `leaf`, `strike` and `contact` are iron, `reader` its electronics, `people` who passes."""

    def __init__(self, device_id: str, options: Options, *, wire_time_s: Callable[[], float]) -> None:
        self._wire = parse_osdp(options.wire)
        self._options = options
        self._line = Line()
        self.leaf = Leaf(open_s=options.open_s, close_s=options.close_s)
        self.strike = Strike(delay_s=options.strike_delay_s, fail_safe=options.fail_safe)
        self.contact = Contact()
        self.fire = False
        self.held_open = False
        number = zlib.crc32(device_id.encode())
        self._key = first_key(
            key_file=options.key_file, install=options.install, state_file=options.state_file
        )
        self.reader = Reader(
            self._wire.address,
            number,
            key=self._key,
            sense=self._sense,
            store=self._store,
            now_s=wire_time_s,
        )
        self.people = People(
            self.leaf,
            self.strike,
            cards=read_cards(options.cards, options.cards_file, options.pin),
            present=self.reader.present,
            press=self.reader.press,
            passes_per_hour=options.passes_per_hour,
            seed=number if options.seed is None else options.seed,
        )

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return _FAULTS.keys()

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return _HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Hang the reader on its line."""
        wire, self._line = await ports.of(OsdpLines).put(self.reader, self._wire)
        return str(wire)

    async def close(self) -> None:
        """Nothing: the line is shared and not this device's to close."""

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: people, then iron, then electronics."""
        self.people.step(dt_s)
        self.strike.active, self.strike.powered = self.reader.strike.active, self.reader.powered
        self.strike.step(dt_s)
        if self.held_open and self.leaf.angle > 0:
            self.leaf.wedged = True
        self.leaf.step(dt_s, unlocked=self.strike.unlocked)
        self.contact.watch(self.leaf)
        if noise := self.reader.step(dt_s):
            self._line.say(noise)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything."""
        chosen("fault", name, _FAULTS)(self)

    def happen(self, name: str) -> None:
        """Let something happen at the door."""
        chosen("happening", name, _HAPPENINGS)(self)

    def inspect(self) -> dict[str, bool | int | float | str | list[str] | None]:
        """Tell the physical truth, and how often the strike was switched on over the wire."""
        reader = self.reader
        return {
            "strike_pulses": reader.strike.pulses,
            "strike_active": reader.strike.active,
            "unlocked": self.strike.unlocked,
            "leaf": self.leaf.motion.value,
            "angle": round(self.leaf.angle, 1),
            "contact_open": self.contact.open,
            "exit_pressed": self.people.exit_pressed,
            "fire": self.fire,
            "tamper": reader.tamper,
            "mains_failed": reader.mains_failed,
            "powered": reader.powered,
            "led": reader.led_0.colour,
            "beeps": reader.buzzer_0.beeps,
            "cards_presented": reader.cards_presented,
            "keys_pressed": reader.keys_pressed,
            "key_set": reader.peripheral.key is not None,
            "online": reader.peripheral.online,
            "secure": reader.peripheral.secure,
            "connections": self._line.connections,
            "passed": self.people.passed,
            "gave_up": self.people.gave_up,
            "waiting": self.people.waiting,
            "person": self.people.place.value,
            "faults": self._broken(),
        }

    def has_wrong_key(self) -> bool:
        """Whether the reader has another key than it was given."""
        return self.reader.peripheral.key != self._key

    def change_key(self, key: bytes | None) -> None:
        """Give the reader another key, as if a wrong one had been loaded; a session that is up ends."""
        self.reader.peripheral.change_key(key)
        self.reader.peripheral.forget()

    def close_leaf(self) -> None:
        """Take away what keeps the leaf from falling shut."""
        self.leaf.wedged = False

    def repair(self) -> None:
        """Take away everything that is wrong."""
        reader = self.reader
        if self.has_wrong_key():
            self.change_key(self._key)
        reader.tamper = reader.mains_failed = reader.deaf = reader.noisy = False
        reader.powered = True
        self.leaf.forced = self.contact.stuck = self.strike.stuck = False
        if self.held_open:
            self.held_open = self.leaf.wedged = False

    def _sense(self) -> tuple[bool, bool, bool]:
        return self.contact.open, self.people.exit_pressed, self.fire

    def _store(self, key: bytes) -> None:
        self._key = key
        if self._options.state_file is not None:
            remember(key, self._options.state_file)

    def _broken(self) -> list[str]:
        return [name for name, is_so in _BROKEN.items() if is_so(self)]


_BROKEN: dict[str, Callable[[Door], bool]] = {
    "power-loss": lambda door: not door.reader.powered,
    "silent": lambda door: door.reader.deaf,
    "tamper": lambda door: door.reader.tamper,
    "mains-fault": lambda door: door.reader.mains_failed,
    "forced": lambda door: door.leaf.forced,
    "contact-stuck": lambda door: door.contact.stuck,
    "strike-stuck": lambda door: door.strike.stuck,
    "wrong-key": Door.has_wrong_key,
    "garbage": lambda door: door.reader.noisy,
    "held-open": lambda door: door.held_open,
}

_FAULTS: dict[str, Callable[[Door], None]] = {
    "none": Door.repair,
    "power-loss": lambda door: door.reader.lose_power(),
    "silent": lambda door: setattr(door.reader, "deaf", True),
    "tamper": lambda door: setattr(door.reader, "tamper", True),
    "mains-fault": lambda door: setattr(door.reader, "mains_failed", True),
    "forced": lambda door: setattr(door.leaf, "forced", True),
    "contact-stuck": lambda door: setattr(door.contact, "stuck", True),
    "strike-stuck": lambda door: setattr(door.strike, "stuck", True),
    "wrong-key": lambda door: door.change_key(secrets.token_bytes(KEY_LENGTH)),
    "garbage": lambda door: setattr(door.reader, "noisy", True),
    "held-open": lambda door: setattr(door, "held_open", True),
}

_HAPPENINGS: dict[str, Callable[[Door], None]] = {
    "card-known": lambda door: door.people.come_known(types_pin=False),
    "card-unknown": lambda door: door.people.come_stranger(),
    "card-then-pin": lambda door: door.people.come_known(types_pin=True),
    "exit-request": lambda door: door.people.come(Visit(leaves=True)),
    "door-opens": lambda door: door.people.come(Visit()),
    "door-left-open": lambda door: door.people.leave_open(),
    "door-closes": Door.close_leaf,
    "fire": lambda door: setattr(door, "fire", True),
    "fire-ends": lambda door: setattr(door, "fire", False),
}
