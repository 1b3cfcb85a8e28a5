"""What the site file may say about a gate that its plate camera opens."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from drivers.plates.rules import LaneOptions

Number = Annotated[int, Meta(ge=0, le=15)]
Seconds = Annotated[float, Meta(gt=0, le=60)]


class Inputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which input of the camera, counted from 0, is which contact. None: it is not wired.

    `loop` under the boom, `approach` before it; `up` and `down` are the boom's limits.
    """

    loop: Number | None = None
    approach: Number | None = None
    up: Number | None = None
    down: Number | None = None

    def __post_init__(self) -> None:
        numbers = [each for each in msgspec.structs.astuple(self) if each is not None]
        if len(numbers) != len(set(numbers)):
            raise ValueError("inputs: one input cannot be two contacts")


class LprOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera with its rules, what is wired to it, and how long the boom may take to show a move.

    `normally_closed`: contacts that are open when what they tell of is so.
    """

    plates: LaneOptions
    inputs: Inputs = Inputs()
    normally_closed: tuple[Literal["loop", "approach", "up", "down"], ...] = ()
    move_timeout_s: Seconds = 10.0

    def __post_init__(self) -> None:
        if not self.plates.can_open:
            raise ValueError("plates: the camera opens this gate, so its url is needed")
