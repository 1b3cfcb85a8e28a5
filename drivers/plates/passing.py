"""What a lane is told, and what it makes of that: readings, what is seen of the gate, passes."""

from dataclasses import dataclass
from typing import Final

from contract.passes import Direction, Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A sighting on which the gate has decided, and opened if `admitted`.

    `ident` names it; `listed` is the plate of its entry.
    """

    ident: str
    plate: str
    admitted: bool = False
    direction: Direction = Direction.UNKNOWN
    vehicle: str = ""
    person: str = ""
    category: str = ""
    listed: str = ""
    passback: bool = False


NOBODY: Final = Reading(ident="", plate="")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """A vehicle that was let in by `means` at `at`, and has not passed."""

    reading: Reading
    means: Means
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is seen of the gate. None: no contact tells.

    `down`: nobody can pass. `loop` under the boom, `approach` before it. `to_all`: by what it is open to
    everybody just now: fire, held open, by hand.
    """

    down: bool | None = None
    loop: bool | None = None
    approach: bool | None = None
    to_all: Means | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One vehicle has passed, at `at`; `before`, of one that tailgates, is the plate it followed."""

    reading: Reading
    means: Means
    at: float
    dwell_s: float = 0.0
    confirmed: bool = True
    replay: bool = False
    before: str = ""
