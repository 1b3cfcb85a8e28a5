"""A sensor's register map as data: which contact and which register means what, and what it can be told.

A map is a TOML file in `profiles/`; another detector is another file, and no code.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, field
from msgspec.structs import replace

from drivers.modbus import registers
from drivers.modbus.registers import Bit, Number, Point, Strict
from drivers.sensor.words import SCALES, SHOWS, Flag, Order, Quantity, SensorClass

FOLDER: Final = Path(__file__).parent / "profiles"
LAST_ADDRESS: Final = 0xFFFF
LAST_BIT: Final = 15

Step = Annotated[int, Meta(ge=0, le=256)]
"""How far one channel's address lies from the next one's."""

Delay = Annotated[float, Meta(ge=0, le=300)]


class Contact(Bit, frozen=True):
    """A contact; of a board with several channels, that of the first."""

    step: Step = 1
    bit_step: Annotated[int, Meta(ge=0, le=LAST_BIT)] = 0
    """For boards that have all their inputs in one register; `step` is then 0."""

    def at(self, channel: int) -> "Contact":
        """Return the contact of `channel`."""
        bit = None if self.bit is None else self.bit + (channel - 1) * self.bit_step
        return replace(self, address=self.address + (channel - 1) * self.step, bit=bit)


class Measurement(Number, frozen=True):
    """A register with a quantity; what it shows outside `lowest` to `highest` is no measurement."""

    step: Step = 1
    lowest: float | None = None
    highest: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.scale) or not self.scale:
            raise ValueError("`scale` must be a finite number that is not 0")

    def at(self, channel: int) -> "Measurement":
        """Return the register of `channel`."""
        return replace(self, address=self.address + (channel - 1) * self.step)

    def limits(self, quantity: Quantity) -> tuple[float, float]:
        """Return the lowest and highest value that can be true."""
        scale = SCALES[quantity]
        return (
            scale.lowest if self.lowest is None else self.lowest,
            scale.highest if self.highest is None else self.highest,
        )


class Command(registers.Command, frozen=True):
    """What is written to order something."""

    step: Step = 1

    def at(self, channel: int) -> "Command":
        """Return the command of `channel`."""
        return replace(self, address=self.address + (channel - 1) * self.step)


class Profile(Strict, frozen=True):
    """One kind of sensor, or one kind of board with `channels` of them.

    `class` None leaves it to the site what hangs on the contact. A detector that `latches` holds its alarm
    until it is reset. The delays are how long a contact must be closed, or open, before it is believed.
    """

    title: str
    class_: SensorClass | None = field(default=None, name="class")
    channels: Annotated[int, Meta(ge=1, le=64)] | None = None
    latches: bool = False
    on_delay_s: Delay = 0.0
    off_delay_s: Delay = 3.0
    contacts: dict[Flag, Contact] = field(default_factory=dict)
    measurements: dict[Quantity, Measurement] = field(default_factory=dict)
    commands: dict[Order, Command] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.contacts and not self.measurements:
            raise ValueError("neither contacts nor measurements: there is nothing to read")
        for order in self.commands:
            if SHOWS[order] not in self.contacts:
                raise ValueError(f"command {order} needs the contact {SHOWS[order]}, which shows its success")
        for quantity, measurement in self.measurements.items():
            lowest, highest = measurement.limits(quantity)
            if not lowest < highest:
                raise ValueError(f"{quantity}: lowest must be below highest, is {lowest} and {highest}")
        self._check_addresses()

    def at(self, channel: int) -> "Profile":
        """Return the map of one channel, counted from 1."""
        return replace(
            self,
            channels=None,
            contacts={flag: contact.at(channel) for flag, contact in self.contacts.items()},
            measurements={name: each.at(channel) for name, each in self.measurements.items()},
            commands={order: command.at(channel) for order, command in self.commands.items()},
        )

    def points(self) -> Iterator[Point]:
        """Yield every table and address that must be read, of all channels: a board is read as a whole."""
        for channel in range(1, (self.channels or 1) + 1):
            for contact in self.contacts.values():
                yield from contact.at(channel).points()
            for measurement in self.measurements.values():
                yield from measurement.at(channel).points()

    def _check_addresses(self) -> None:
        last = (self.channels or 1) - 1
        for contact in self.contacts.values():
            if (contact.bit or 0) + last * contact.bit_step > LAST_BIT:
                raise ValueError(f"{self.channels} channels do not fit into one register's 16 bits")
        ends: Mapping[str, int] = {
            **{name: each.address + last * each.step for name, each in self.contacts.items()},
            **{
                name: each.address + last * each.step + each.words - 1
                for name, each in self.measurements.items()
            },
            **{name: each.address + last * each.step for name, each in self.commands.items()},
        }
        for name, end in ends.items():
            if end > LAST_ADDRESS:
                raise ValueError(f"{name}: address {end} is beyond {LAST_ADDRESS}")


def known_profiles() -> list[str]:
    """Return the names of the maps that come with the product."""
    return registers.known_profiles(FOLDER)


def load_profile(name: str) -> Profile:
    """Read a map by its name or, for a sensor of one's own, by the path of its file; ValueError if wrong."""
    return registers.load_profile(FOLDER, name, Profile)
