"""The border between a connector and the protocol of its post.

What a protocol brings goes to an `Ear`, one for each connector; what a connector asks goes through a `Link`,
which exists only while the post is connected. No protocol knows of orders' money, limits of a group or
interlocks; no connector knows of frames.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble


class Status(Struct, frozen=True, kw_only=True):
    """How the post says the connector is. `plugged` None: the post cannot know."""

    state: ConnectorState
    fault: Fault = Fault.NONE
    plugged: bool | None = None
    at: datetime | None = None
    """By the post's clock, None: now."""


class Reading(Struct, frozen=True, kw_only=True):
    """What the post measured; None is what it did not say. SI units; `soc` in %, `energy` in Wh.

    `meter` is the connector's total, `energy` what the charge took so far: a protocol gives what it has.
    `transaction` None: not within a charge. `at` None: now; an older reading comes from the post's memory.
    """

    transaction: str | None = None
    at: datetime | None = None
    power: float | None = None
    current: float | None = None
    voltage: float | None = None
    temperature: float | None = None
    soc: float | None = None
    meter: int | None = None
    energy: int | None = None


class Began(Struct, frozen=True, kw_only=True):
    """A charge began, maybe long ago.

    `order`: what the post was told, empty where it says that it began by itself, None if it does not say.
    """

    transaction: str
    order: str | None
    at: datetime
    meter: int | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """A charge ended, maybe long ago. None is what the post does not say; it may not know who began it."""

    transaction: str
    order: str | None
    at: datetime
    why: EndReason
    meter: int | None = None
    energy: int | None = None
    seconds: int | None = None
    began_at: datetime | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """What a charge may take at most, kept by the post itself wherever its protocol lets us say so.

    `seconds` and `energy` (Wh) over the whole charge, `power` in W.
    """

    seconds: int
    energy: int
    power: int


class Adjusts(StrEnum):
    """Whether the power of a charge can be changed while it lasts."""

    YES = "yes"
    NO = "no"
    """E-bike sockets and 云快充: only begun and ended."""


class Link(Protocol):
    """A connector of a post that is connected now. A lost post makes every call DeviceUnreachable.

    DeviceError with code `refused-by-post` where the post says no, and its words; code `no-answer` where it
    does not answer in time. Nothing is ever sent twice, but for what a protocol itself repeats by its number.
    """

    @property
    def adjusts(self) -> Adjusts:
        """Whether `limit` works."""
        ...

    async def start(self, order: str, limits: Limits) -> None:
        """Ask for a charge; returns when the post has said yes. That it began comes by `Ear.began`."""
        ...

    async def stop(self, transaction: str, order: str | None) -> None:
        """Ask the post to end a charge; returns when it has said yes. The end comes by `Ear.ended`."""
        ...

    async def limit(self, transaction: str, power: int) -> None:
        """Have the post give at most `power` W from now on; 0 suspends the charge."""
        ...

    async def set_available(self, *, available: bool) -> None:
        """Take the connector out of service, or back."""
        ...

    async def unlock(self) -> None:
        """Free the plug; DeviceError if it stays locked."""
        ...

    async def reset(self) -> None:
        """Start the post anew, all its connectors."""
        ...

    async def refresh(self) -> None:
        """Ask for status and readings now."""
        ...


class Ear(Protocol):
    """A connector, as its protocol tells it things. What is awaited is on disk when it returns.

    StorageError from an awaited call: nothing was kept; do not acknowledge, so that the post says it again.
    """

    def linked(self, link: Link, *, product: str) -> None:
        """Take that the post is connected and has said what it is (`product`: maker, model, firmware)."""
        ...

    def unlinked(self, why: str) -> None:
        """Take that the post is gone; `why` for people."""
        ...

    def admits(self, order: str) -> bool:
        """Whether a charge under this id may begin here now."""
        ...

    def knows(self, transaction: str) -> bool:
        """Whether this is a charge of this connector, running or not long ended."""
        ...

    def status(self, status: Status) -> None:
        """Take how the connector is."""
        ...

    async def metered(self, reading: Reading) -> None:
        """Take a measurement."""
        ...

    async def began(self, began: Began) -> None:
        """Take that a charge began. The same one again changes nothing."""
        ...

    async def ended(self, ended: Ended) -> None:
        """Take that a charge ended. The same one again changes nothing."""
        ...

    async def trouble(self, trouble: Trouble, *, active: bool) -> None:
        """Take that there is danger at the connector or its post, or no more."""
        ...

    async def warned(self, what: str) -> None:
        """Take something else that whoever keeps the post should know, such as a security event."""
        ...

    def malformed(self, what: str) -> None:
        """Count something that makes no sense."""
        ...
