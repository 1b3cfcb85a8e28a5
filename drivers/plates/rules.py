"""What the site file may say about a lane with a plate camera: its camera, and whom it lets pass."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.passes import Direction
from drivers.plates.lane import GAP_S
from drivers.plates.options import PlateOptions


class LaneOptions(PlateOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plate camera, and by what rules its gate opens.

    `exit`: `free` lets everybody out who is not blocked; the site must say which way out is. `without_list`:
    what becomes of vehicles before the hub has ever given this host a list. `oldest_s`: a reading that is
    older never opens. `tolerant`: a reading also stands for the one listed plate that differs in easily
    confused characters alone, or by the province that it lacks. `passback`: what becomes of a listed vehicle
    that comes in twice, or goes out twice, as the gates of `area` on this host remember. `gap_s`: a loop that
    is free for less is still below the same vehicle: a lorry between its axles, or before its trailer.
    """

    exit: Literal["listed", "free"] = "listed"
    without_list: Literal["refuse", "admit"] = "refuse"
    oldest_s: Annotated[float, Meta(ge=5, le=3600)] = 30.0
    tolerant: bool = False
    passback: Literal["off", "report", "refuse"] = "off"
    area: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")] = "site"
    gap_s: Annotated[float, Meta(ge=0.1, le=3)] = GAP_S

    def __post_init__(self) -> None:
        super().__post_init__()
        says_out = self.direction == "camera" and Direction.OUT in self.directions.values()
        if self.exit == "free" and self.direction != "out" and not says_out:
            raise ValueError("exit = free needs direction = out, or directions that say what is out")
