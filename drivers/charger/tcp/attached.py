"""A post with its connectors, on whichever TCP line it is now: what DNY and 云快充 have in common."""

from abc import ABC, abstractmethod

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.link import Adjusts, Ear, Limits, Link
from drivers.charger.tcp.line import Line


class Attached(ABC):
    """A post that some connector names; it may be connected or not."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock
        self.ears: dict[int, Ear] = {}
        """By the connector's number, from 1."""
        self.line: Line | None = None
        self.product = ""
        self.heard_at = clock.monotonic()

    def enrol(self, connector: int, ear: Ear) -> None:
        """Let `ear` hear of a connector; DeviceError if another one does. Told at once of a link."""
        known = self.ears.setdefault(connector, ear)
        if known is not ear:
            raise DeviceError(
                f"another device is connector {connector} of post {self.name}", code="configuration"
            )
        if self.line is not None:
            ear.linked(self.link(connector, self.line), product=self.product)

    @abstractmethod
    def link(self, connector: int, line: Line) -> Link:
        """Make what a connector asks its post through, for as long as the post is on this line."""

    def attach(self, line: Line, product: str) -> None:
        """Take that the post is on `line` now and says what it is; it has left any other."""
        if self.line is not None and self.line is not line:
            self.detach(self.line, "the post has connected anew")
        self.line = line
        line.known = True
        self.product = product
        for connector, ear in self.ears.items():
            ear.linked(self.link(connector, line), product=product)

    def detach(self, line: Line, why: str) -> None:
        """Take that the post is not on `line` any more."""
        if self.line is line:
            self.line = None
            self.left(why)
            for ear in self.ears.values():
                ear.unlinked(why)

    @abstractmethod
    def left(self, why: str) -> None:
        """Give up what the post was asked: it has left its line."""

    def heard(self) -> None:
        """Take that the post said anything."""
        self.heard_at = self.clock.monotonic()

    def malformed(self, what: str) -> None:
        """Count something that makes no sense: once, whichever connectors the post has."""
        next(iter(self.ears.values())).malformed(what)

    async def send(self, data: bytes) -> None:
        """Send; DeviceUnreachable if the post is not connected."""
        if self.line is None:
            raise DeviceUnreachable("the post is not connected")
        await self.line.send(data)


class Bounded(ABC):
    """What a connector asks its post through, once: a lost line stays lost. Only begins and ends charges."""

    def __init__(self, post: Attached, line: Line) -> None:
        self._attached = post
        self._line = line

    @property
    def adjusts(self) -> Adjusts:
        """The power of a charge cannot be changed."""
        return Adjusts.NO

    @abstractmethod
    async def start(self, order: str, limits: Limits) -> None:
        """Ask for a charge."""

    async def limit(self, transaction: str, power: int) -> None:
        """Not in these protocols."""
        raise _unsupported(f"the power of {transaction} cannot be changed to {power} W")

    async def set_available(self, *, available: bool) -> None:
        """Not in these protocols, for one connector."""
        raise _unsupported(f"a connector cannot be taken {'into' if available else 'out of'} service")

    async def unlock(self) -> None:
        """Not in these protocols."""
        raise _unsupported("the plug cannot be unlocked from afar")

    def _still(self) -> None:
        if self._attached.line is not self._line:
            raise DeviceUnreachable("the post has connected anew, or is lost")


def _unsupported(what: str) -> DeviceError:
    return DeviceError(f"not in this post's protocol: {what}", code="not-supported")
