"""A plate as a camera saw it, whatever its vendor's words. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from contract.passes import Direction, PlateColour


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One reading of a plate.

    `plate` is normalised (`contract.plates.normalised`), empty if none was read. `record` is the camera's own
    number for the reading, the same when it says it again. `taken_at`: by the camera's clock; `dated`: it
    belongs to the reading itself, else it is that of a message, or when we heard it. `replay`: said again
    after an outage, so that the vehicle is long gone. `direction` as the camera is mounted, UNKNOWN if it
    does not say. `pictures`: JPEG, the whole first, then the plate.
    """

    plate: str
    record: str
    taken_at: datetime
    dated: bool = True
    colour: PlateColour = PlateColour.UNKNOWN
    confidence: float | None = None
    direction: Direction = Direction.UNKNOWN
    replay: bool = False
    fake: bool = False
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
