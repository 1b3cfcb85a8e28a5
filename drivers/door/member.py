"""One reader as its line knows it: where it is with the panel, what it has said, what it was asked."""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from contract.errors import DeviceUnreachable
from drivers.door.frames import Frame, Handshake
from drivers.door.key import Key


class Status(Enum):
    """Where a reader is with the panel."""

    OFF = auto()
    CONNECTING = auto()
    SECURE = auto()
    LOST = auto()


class Kind(Enum):
    """What a reader may report without being asked, or when it is."""

    INPUTS = auto()
    OUTPUTS = auto()
    LOCAL = auto()


class Report(NamedTuple):
    """The bytes of a status report, one per input or output; of LOCAL tamper and power."""

    kind: Kind
    values: bytes


class CardRead(NamedTuple):
    """A card as the reader read it."""

    bits: int
    data: bytes


class KeyPress(NamedTuple):
    """Keys of the keypad, in OSDP's codes."""

    data: bytes


News = Report | CardRead | KeyPress


class Member:
    """One reader on the line. Registered for the life of the process, whether its driver runs or not."""

    def __init__(self, address: int, key: Key, malformed: Callable[[str], None], *, install: bool) -> None:
        self.address = address
        self.key = key
        self.may_key = install
        self.status = Status.OFF
        self.keyed = False
        """Whether the reader was given the site's key since the last look at this."""
        self.fault: tuple[str, str] = ("device-unreachable", "the reader was not asked yet")
        self.lost_at_once = False
        """Whether the wire itself is dead, so that it is no use to try again at once."""
        self.stirred = asyncio.Event()
        self.news: deque[News] = deque()
        self.malformed = malformed
        self.starting = False
        self.handshake = Handshake()
        self.unable: set[object] = set()
        self.asked: tuple[int, int] | None = None
        self.answered = True
        self.repeated = 0
        self.asked_at = 0.0
        self.pending: deque[tuple[object, asyncio.Future[bool]]] = deque()

    @property
    def secure(self) -> bool:
        """Whether there is a secure channel with the site's key."""
        return self.status is Status.SECURE

    @property
    def in_use(self) -> bool:
        """Whether the panel talks with it, or is about to."""
        return self.status in (Status.CONNECTING, Status.SECURE)

    @property
    def refusals(self) -> int:
        """How many things it has refused so far that are not asked of it any more."""
        return len(self.unable)

    @property
    def may_speak(self) -> bool:
        """Whether commands may go out: what was queued for an earlier session must not."""
        return self.in_use and not self.starting

    def able(self, what: object) -> bool:
        """Whether the reader has not refused this yet."""
        return what not in self.unable

    def start(self, now: float) -> None:
        """Begin anew, whatever was before."""
        self.status, self.lost_at_once = Status.CONNECTING, False
        self.handshake = Handshake()
        self.started(now)
        self.starting = True

    def lose(self, fault: tuple[str, str]) -> bool:
        """Note why it is given up, by code and words; False if it was not in use anyway."""
        if not self.in_use:
            return False
        if not self.handshake.answered:
            fault = ("device-unreachable", fault[1])
        if fault[0] == "bad-protocol":
            self.malformed(fault[1])
        self.status, self.fault, self.starting = Status.LOST, fault, False
        self.stirred.set()
        return True

    def leave(self) -> None:
        """Note that nobody wants anything of it any more."""
        self.status, self.starting = Status.OFF, False
        self.news.clear()

    def started(self, now: float) -> None:
        """Note that the panel begins with it."""
        self.starting, self.answered, self.repeated, self.asked_at = False, True, 0, now

    def ask(self, sequence: int, code: int, now: float) -> int:
        """Note a command; how often it has been said before without an answer."""
        repeats = not self.answered and self.asked == (sequence, code)
        self.repeated = self.repeated + 1 if repeats else 0
        self.asked, self.answered, self.asked_at = (sequence, code), False, now
        return self.repeated

    def hear(self, frame: Frame) -> None:
        """Note an answer."""
        self.answered = True
        self.handshake.see(frame)

    def forget(self, why: str) -> None:
        """Tell everybody who waits for a command that its outcome will not be known."""
        while self.pending:
            _, outcome = self.pending.popleft()
            if not outcome.done():
                outcome.set_exception(DeviceUnreachable(why, code="outcome-unknown"))
