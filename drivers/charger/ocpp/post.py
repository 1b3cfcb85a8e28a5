"""A charging station (post) and its connectors, over all its connections."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from contract.clock import Clock
from contract.errors import DeviceError, HemeiError
from drivers.charger.link import Ear, Link
from drivers.charger.ocpp.passwords import Password
from drivers.charger.ocpp.times import parse_time
from drivers.charger.options import ChargerOptions
from drivers.charger.telling import all_told
from drivers.charger.words import Trouble

T = TypeVar("T")

REMEMBERED: Final = 64
"""Charges of a post of which something is kept in memory."""


class Unconfirmed(HemeiError):
    """What the post said is not kept; it must say it again."""

    retryable = True
    default_code = "unconfirmed"


class Bay(NamedTuple):
    """A connector of ours: who listens, and what the site file says of it."""

    ear: Ear
    options: ChargerOptions


class Conversation(Protocol):
    """What a post asks of its present connection."""

    @property
    def acquainted(self) -> bool:
        """Whether the post has said what it is."""
        ...

    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""
        ...

    def refresh(self, connector: int) -> None:
        """Have the post say again how a connector is, of which nobody wanted to know before."""
        ...

    def replace(self) -> None:
        """End: the post has connected anew."""
        ...


class Post:
    """One post. `turn` is held while something it said is taken in, so that two connections never mix."""

    def __init__(self, name: str, password: Password, clock: Clock, complete: Callable[[], bool]) -> None:
        self.name = name
        self.password = password
        self.clock = clock
        self.complete = complete
        """Whether every connector that will be made known has been."""
        self.product = ""
        self.bays: dict[int, Bay] = {}
        self.turn = asyncio.Lock()
        self.unwanted: deque[str] = deque(maxlen=REMEMBERED)
        """Charges that nobody admitted."""
        self.seconds: dict[int, int] = {}
        """How long the present charge of a connector may last."""
        self._asked: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
        self._dangers: set[tuple[int, Trouble]] = set()
        self._kept: dict[type, Any] = {}
        self._present: Conversation | None = None

    def add(self, connector: int, bay: Bay) -> None:
        """Have `bay.ear` hear of a connector from now on; DeviceError if it is another's."""
        known = self.bays.get(connector)
        if known is not None and known.ear is not bay.ear:
            raise DeviceError(
                f"two devices are connector {connector} of post {self.name}", code="configuration"
            )
        self.bays[connector] = bay
        present = self._present
        if present is not None and present.acquainted:
            bay.ear.linked(present.link(connector), product=self.product)
            if known is None:
                present.refresh(connector)

    @property
    def heartbeat_s(self) -> int:
        """How often it should say that it lives."""
        return min(bay.options.heartbeat_s for bay in self.bays.values())

    @property
    def read_s(self) -> int:
        """How often it should say what it measures."""
        return min(bay.options.read_s for bay in self.bays.values())

    @property
    def answer_timeout_s(self) -> float:
        """How long it may take to answer."""
        return max(bay.options.answer_timeout_s for bay in self.bays.values())

    @property
    def start_timeout_s(self) -> float:
        """How long it may take until a charge begins."""
        return max(bay.options.start_timeout_s for bay in self.bays.values())

    def came(self, conversation: Conversation) -> None:
        """Take a new connection; an older one is out of date, whether it knows or not."""
        older, self._present = self._present, conversation
        if older is not None:
            self._unlink(older, "the post connected anew")
            older.replace()

    def introduced(self, conversation: Conversation) -> None:
        """Take that the post has said what it is."""
        if conversation is self._present:
            for connector, bay in self.bays.items():
                bay.ear.linked(conversation.link(connector), product=self.product)

    def left(self, conversation: Conversation, why: str) -> None:
        """Take that a connection has ended."""
        if conversation is self._present:
            self._present = None
            self._unlink(conversation, why)

    def ear(self, connector: int) -> Ear | None:
        """Return who listens to a connector, None if it is none of ours."""
        bay = self.bays.get(connector)
        return bay.ear if bay else None

    def ears(self) -> Iterator[Ear]:
        """Go through all who listen."""
        for bay in self.bays.values():
            yield bay.ear

    def connector_of(self, transaction: str) -> int | None:
        """Return where a charge is; of a post with one connector it can be nowhere else."""
        found = next((each for each, bay in self.bays.items() if bay.ear.knows(transaction)), None)
        if found is None and self.complete() and len(self.bays) == 1:
            return next(iter(self.bays))
        return found

    def concerned(self, connector: int | None, what: str) -> Ear | None:
        """Return who must be told something that may not be lost; None if that is nobody, which is counted.

        Unconfirmed while a connector may yet be made known: the post must say it again.
        """
        ear = self.ear(connector or 0)
        if ear is None and not self.complete():
            raise Unconfirmed("its connector is not known yet")
        if ear is None:
            self.complain(f"{what} on connector {connector or 'unknown'}, which is none of ours")
        return ear

    def keep(self, kind: type[T]) -> T:
        """Return what a version remembers of this post from one connection to the next."""
        kept: T = self._kept.setdefault(kind, kind())
        return kept

    def asks_for(self, order: str) -> int:
        """Return the number under which the post is asked for a charge, 31 bits (OCPP 2.0.1 F01)."""
        number = int(sha256(order.encode()).hexdigest()[:8], 16) % (2**31 - 1) + 1
        self._asked.append((number, order))
        return number

    def asked_for(self, number: int | None) -> str | None:
        """Return the order that a charge was asked for under, if the post says no more than the number."""
        return next((order for asked, order in self._asked if asked == number), None)

    def admitted(self, ear: Ear, transaction: str, order: str) -> bool:
        """Whether a charge may go on: its order is admitted, or was when the same was said before."""
        if ear.knows(transaction):
            return transaction not in self.unwanted
        if ear.admits(order):
            return True
        self.unwanted.append(transaction)
        return False

    async def danger(self, connector: int, trouble: Trouble, *, active: bool) -> None:
        """Take that there is danger at a connector, or with 0 at the post, or no more."""
        (self._dangers.add if active else self._dangers.discard)((connector, trouble))
        await all_told(
            bay.ear.trouble(trouble, active=not self._dangers.isdisjoint({(0, trouble), (number, trouble)}))
            for number, bay in self.bays.items()
            if connector in (0, number)
        )

    async def warn(self, what: str) -> None:
        """Report, once, what whoever keeps the post should know."""
        await next(self.ears()).warned(what)

    def complain(self, what: str) -> None:
        """Count something that makes no sense, once."""
        next(self.ears()).malformed(what)

    def when(self, text: str) -> datetime:
        """Read a time the post says; now if it is absurd."""
        now = self.clock.now()
        moment = parse_time(text, now)
        if moment is None:
            self.complain("a time that cannot be, taken as now")
        return moment or now

    def _unlink(self, conversation: Conversation, why: str) -> None:
        if conversation.acquainted:
            for ear in self.ears():
                ear.unlinked(why)
