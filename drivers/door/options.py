"""What the site file may say about a door."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.passes import Direction
from drivers.door.key import Key, load_key
from drivers.door.wire import Wire, parse_wire

Number = Annotated[int, Meta(ge=0, le=63)]
Tries = Annotated[int, Meta(ge=1, le=5)]
"""GB 50396: at most five."""


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact at the reader: its number, which way round it is, and whether it is there at all."""

    number: Number
    inverted: bool = False
    fitted: bool = True

    def value(self, report: bytes) -> bool | None:
        """Return what a report of all inputs says of this one; None if nothing."""
        if not self.fitted or self.number >= len(report):
            return None
        return bool(report[self.number]) != self.inverted


class Strike(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The output that releases the door; `inverted`: while the output is active the door is locked."""

    number: Number = 0
    inverted: bool = False


class DoorOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the reader is, its key, who may pass and which way, and how long things may take."""

    wire: str
    key_file: str
    access_file: str | None = None
    direction: Direction = Direction.UNKNOWN
    install: bool = False
    contact: Input = Input(number=0)
    exit_request: Input = Input(number=1)
    fire_contact: Input = Input(number=2)
    strike: Strike = Strike()
    exit_unlocks: bool = True
    fire_release: bool = False
    unlock_s: Annotated[float, Meta(ge=0.5, le=25)] = 5.0
    held_open_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    look_s: Annotated[float, Meta(ge=0.2, le=60)] = 3.0
    pin_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    wrong_tries: Tries = 3
    tries_window_s: Annotated[float, Meta(ge=1, le=3600)] = 120.0
    lockout_s: Annotated[float, Meta(ge=1, le=3600)] = 300.0

    def __post_init__(self) -> None:
        self.parsed_wire()
        self.loaded_key()

    def parsed_wire(self) -> Wire:
        """Return the wire taken apart; ValueError if it is wrong."""
        return parse_wire(self.wire)

    def loaded_key(self) -> Key:
        """Return the site's key; ValueError if there is none or it is none."""
        return load_key(self.key_file)
