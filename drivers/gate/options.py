"""What the site file may say about a gate."""

from typing import Annotated

from msgspec import Meta, Struct

from drivers.gate.profile import Profile, load_profile
from drivers.modbus.wire import Wire, parse_wire
from drivers.plates.rules import LaneOptions

Seconds = Annotated[float, Meta(gt=0, le=60)]


class GateOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the board is and which map it has, how long things may take, and the plate camera, if any."""

    wire: str
    profile: str = "relay-board"
    poll_s: Annotated[float, Meta(ge=0.02, le=5)] = 0.25
    poll_moving_s: Annotated[float, Meta(ge=0.02, le=5)] = 0.1
    move_timeout_s: Seconds = 10.0
    telemetry_s: Annotated[float, Meta(ge=1)] = 60.0
    plates: LaneOptions | None = None

    def __post_init__(self) -> None:
        self.parsed_wire()
        self.loaded_profile()

    def parsed_wire(self) -> Wire:
        """Return the wire taken apart; ValueError if it is wrong."""
        return parse_wire(self.wire)

    def loaded_profile(self) -> Profile:
        """Return the register map; ValueError if there is none or it is wrong."""
        return load_profile(self.profile)
