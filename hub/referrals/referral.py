"""A hand-over to the police as it stands. Pure.

`closed_ms` is when its alarm was closed, in ms since 1970; None: it is open.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.alarms.definition import Words
from hub.referrals.refusals import ReferralOver, ReferralRefused
from hub.referrals.states import FOLLOWING, OPEN, PoliceAnswer, ReferralState

DAY_MS: Final = 86_400_000
AFTER_CLOSING_MS: Final = 3 * DAY_MS
"""So long an officer may still say something about a closed case."""

OVER: Final = "this link is over: answered, taken back, or too old; ask the community's desk"


class Officer(Struct, frozen=True, kw_only=True):
    """Who confirmed receipt, as they say themselves. Kept here alone: in no timeline, audit or log."""

    name: str
    number: str


class Answered(Struct, frozen=True, kw_only=True):
    """One answer, and when it came, in ms since 1970."""

    at_ms: int
    answer: PoliceAnswer
    words: str

    def is_late(self, closed_ms: int | None) -> bool:
        """Whether it came after the case was closed."""
        return closed_ms is not None and self.at_ms > closed_ms


class Referral(Struct, frozen=True, kw_only=True):
    """One hand-over; times in ms since 1970. `unit`: what it was called then. `due_ms`: the link's end."""

    id: str
    alarm: str
    grid: str
    unit: Words
    contact: str
    note: str
    state: ReferralState
    handed_by: str
    handed_ms: int
    due_ms: int
    officer: Officer | None = None
    received_ms: int | None = None
    answers: tuple[Answered, ...] = ()
    revoked_by: str | None = None
    revoked_ms: int | None = None

    @property
    def subject(self) -> str:
        """What its letter is planned under."""
        return f"referral:{self.id}"

    def ends_ms(self, closed_ms: int | None) -> int:
        """Return when its link ends, in ms since 1970."""
        return self.due_ms if closed_ms is None else min(self.due_ms, closed_ms + AFTER_CLOSING_MS)

    def waits(self, now_ms: int, closed_ms: int | None = None) -> bool:
        """Whether an officer may still say something."""
        return self.state in OPEN and now_ms < self.ends_ms(closed_ms)

    def overdue(self, now_ms: int, closed_ms: int | None = None) -> bool:
        """Whether its time ran out while the case was open, and nobody answered for good."""
        in_vain = closed_ms is None or closed_ms >= self.due_ms
        return self.state in OPEN and now_ms >= self.due_ms and in_vain

    def received(self, officer: Officer, now_ms: int, closed_ms: int | None = None) -> "Referral":
        """Take that an officer has it; ReferralRefused if another one has."""
        self._check_link(now_ms, closed_ms)
        if self.state is not ReferralState.HANDED:
            raise ReferralRefused("somebody has confirmed receipt already", code="already-received")
        return replace(self, state=ReferralState.RECEIVED, officer=officer, received_ms=now_ms)

    def answered(
        self, answer: PoliceAnswer, words: str, now_ms: int, closed_ms: int | None = None
    ) -> "Referral":
        """Take what they answer; ReferralRefused before receipt is confirmed."""
        self._check_link(now_ms, closed_ms)
        to = ReferralState(answer.value)
        if to not in FOLLOWING[self.state]:
            raise ReferralRefused("confirm receipt first", code="not-received")
        said = Answered(at_ms=now_ms, answer=answer, words=words)
        return replace(self, state=to, answers=(*self.answers, said))

    def revoked(self, who: str, now_ms: int) -> "Referral":
        """Let the link open nothing any more; ReferralRefused if it is over for good."""
        if ReferralState.REVOKED not in FOLLOWING[self.state]:
            raise ReferralRefused(f"it is {self.state.value} already", code="referral-closed")
        return replace(self, state=ReferralState.REVOKED, revoked_by=who, revoked_ms=now_ms)

    def says_again(self, answer: PoliceAnswer, words: str) -> bool:
        """Whether this is the last answer once more, as a telephone sends it that heard nothing back."""
        last = self.answers[-1] if self.answers else None
        return last is not None and (last.answer, last.words) == (answer, words)

    def _check_link(self, now_ms: int, closed_ms: int | None) -> None:
        if not self.waits(now_ms, closed_ms):
            raise ReferralOver(OVER)
