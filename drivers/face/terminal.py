"""What the driver asks of a face terminal, and what a terminal tells it, whatever its vendor's words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from contract.errors import DeviceError
from contract.passes import Direction, Means, Reason
from drivers.face.rights import Rights


class What(StrEnum):
    """What a record of a terminal is about."""

    GRANTED = "granted"
    DENIED = "denied"
    STRANGER = "stranger"
    LIVENESS_FAILED = "liveness-failed"
    LOCK_OPEN = "lock-open"
    LOCK_CLOSED = "lock-closed"
    DOOR_OPENED = "door-opened"
    DOOR_CLOSED = "door-closed"
    FORCED = "forced"
    HELD_OPEN = "held-open"
    EXIT_BUTTON = "exit-button"
    TAMPER = "tamper"
    TAMPER_RESTORED = "tamper-restored"
    FIRE = "fire"
    FIRE_ENDED = "fire-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a terminal.

    `number` is the same when it says it again, and never used for another; empty if it has none. `person` is
    the key that we gave it; who else is on the terminal has no business in our events. `picture`: JPEG, of
    strangers only.
    """

    what: What
    number: str
    happened_at: datetime
    person: str = ""
    means: Means = Means.UNKNOWN
    direction: Direction = Direction.UNKNOWN
    reason: Reason = Reason.UNKNOWN
    replay: bool = False
    picture: bytes | None = field(default=None, repr=False)


Take = Callable[[Record], Awaitable[None]]
"""What the driver does with a record: when it returns, the event is on disk. StorageError if it is not."""


class Presence(NamedTuple):
    """What a terminal knows of a person; `face` None if it does not say."""

    person: bool
    face: bool | None


class Rejected(DeviceError):
    """The terminal does not take this person; `code` is the terminal's own word for why."""

    default_code = "rejected"


@dataclass(slots=True)
class Told:
    """What a terminal told of itself last. `offset_s`: its clock less ours. `unknown`: events unheard of."""

    locked: bool | None = None
    contact_open: bool | None = None
    held_unlocked: bool | None = None
    offset_s: float | None = None
    unknown: int = 0


class Terminal(Protocol):
    """One terminal on its wire. Every method but `serve` asks it once and returns with its answer.

    DeviceUnreachable if it does not answer, DeviceError if it says no.
    """

    told: Told

    @property
    def means(self) -> AbstractSet[Means]:
        """What can open it beside a command."""
        ...

    @property
    def longest_key(self) -> int:
        """How many characters a person's key may have."""
        ...

    @property
    def batch(self) -> int:
        """How many people it takes at once."""
        ...

    @property
    def largest_picture(self) -> int:
        """How many bytes a picture of a face may have."""
        ...

    async def serve(self, take: Take, ready: Callable[[], None], news: Callable[[], None]) -> None:
        """Connect and give what it records, until cancelled; DeviceUnreachable when the wire dies.

        `ready` once it answers, from when on it may be asked; `news` when `told` has changed.
        """
        ...

    async def identity(self) -> str:
        """Return what becomes another if the terminal is replaced or set back to its factory state."""
        ...

    async def put(self, people: Sequence[Rights]) -> Mapping[str, str]:
        """Add people, or change them; their faces stay. Return whom it did not take, and why not."""
        ...

    async def enrol(self, person: Rights, jpeg: bytes) -> None:
        """Add or change a person, with the face of a picture; Rejected if it does not take it."""
        ...

    async def remove(self, keys: Sequence[str]) -> None:
        """Have people deleted with all that it holds of them; `present` tells who is gone."""
        ...

    async def present(self, keys: Sequence[str]) -> AbstractSet[str]:
        """Ask whom of these it holds."""
        ...

    async def presence(self, key: str) -> Presence:
        """Ask whether it knows a person, and a face of theirs."""
        ...

    async def count(self) -> int:
        """Ask how many people it holds, ours and others."""
        ...

    async def keys(self) -> AbstractSet[str]:
        """Ask whom it holds."""
        ...

    async def open(self) -> None:
        """Open the door once, and return when the terminal shows it; DeviceError `outcome-unknown` if not.

        Never said twice.
        """
        ...

    async def hold_open(self, *, hold: bool) -> None:
        """Hold the door unlocked for fire, or end that, and return when the terminal shows it."""
        ...
