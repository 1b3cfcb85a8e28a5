"""A pass as the record keeps it."""

from enum import StrEnum

from msgspec import Struct

from contract.passes import GATE_KIND, Direction, Means, PlateColour


class Outcome(StrEnum):
    """What became of somebody who came. SEEN: a plate read during an outage, of which no more is known."""

    PASSED = "passed"
    REFUSED = "refused"
    SEEN = "seen"


class Pass(Struct, frozen=True, kw_only=True):
    """One pass or attempt. None where nothing is known, never an empty text.

    `seq`: its event's place in the ledger. `at_ms`: the device's time, no later than `received_ms`.
    `folded`: the plate with easily confused characters made one. `recognised`: the id of the event in which
    the camera read the plate. `passback`: twice the same way, as the record has found out, or as its gate has
    told (`passback_told`).
    """

    seq: int
    tenant: str
    site: str
    kind: str
    device: str
    at_ms: int
    received_ms: int
    outcome: Outcome
    reason: str | None = None
    direction: Direction = Direction.UNKNOWN
    means: Means = Means.UNKNOWN
    category: str | None = None
    person: str | None = None
    vehicle: str | None = None
    plate: str | None = None
    folded: str | None = None
    colour: PlateColour = PlateColour.UNKNOWN
    recognised: str | None = None
    pictures: tuple[str, ...] = ()
    confirmed: bool | None = None
    replay: bool = False
    passback: bool = False
    passback_told: bool = False
    dwell_s: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether it moves a vehicle in or out."""
        there = self.kind == GATE_KIND and self.outcome is Outcome.PASSED
        return there and self.direction is not Direction.UNKNOWN
