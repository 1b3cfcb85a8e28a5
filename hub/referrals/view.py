"""Hand-overs as the console shows them, and as the officer's page does."""

from collections.abc import Sequence

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Priority, Words
from hub.notify.outbox import Notification, Stage
from hub.referrals.desk import Followed
from hub.referrals.referral import Officer, Referral
from hub.referrals.settings import Grid, covering
from hub.referrals.states import PoliceAnswer, ReferralState


class LetterView(Struct, frozen=True, kw_only=True):
    """How the letter fares: `reason` says why the last attempt failed."""

    state: Stage
    attempts: int
    reason: str


class AnswerView(Struct, frozen=True, kw_only=True):
    """One answer; `late`: it came after the case was closed."""

    at: str
    answer: PoliceAnswer
    words: str
    late: bool


class ReferralView(Struct, frozen=True, kw_only=True):
    """A hand-over; times are RFC 3339. `officer` is null where whoever asks may not see names.

    `due`: when its link ends, also by the closing of the case. `waits`: until then, and as long as nobody
    answered for good.
    """

    id: str
    grid: str
    unit: Words
    state: ReferralState
    overdue: bool
    waits: bool
    note: str
    handed: str
    handed_by: str
    due: str
    received: str | None
    officer: Officer | None
    answers: Sequence[AnswerView]
    revoked: str | None
    revoked_by: str | None
    letter: LetterView | None


class GridView(Struct, frozen=True, kw_only=True):
    """A unit to which an alarm may go. `reachable`: whether its contact's messages arrive."""

    key: str
    title: Words
    answer_days: int
    reachable: bool


class ReferralList(Struct, frozen=True, kw_only=True):
    """An alarm's hand-overs, the newest first; to whom it may go, who looks after its area (null: nobody)."""

    referrals: Sequence[ReferralView]
    grids: Sequence[GridView]
    covering: str | None


class OwnAnswer(Struct, frozen=True, kw_only=True):
    """An answer on the officer's page: without its words, as whoever has the link could read them."""

    at: str
    answer: PoliceAnswer


class OfficerPage(Struct, frozen=True, kw_only=True):
    """What a link shows: no more than the letter said, and how far it has come.

    `closed`: when the community closed the case; null: it is open. `due`: when the link ends.
    """

    site: Words
    unit: Words
    title: Words
    priority: Priority
    place: Words
    raised: str
    closed: str | None
    handed: str
    due: str
    state: ReferralState
    received: str | None
    answers: Sequence[OwnAnswer]


def referral_view(followed: Followed, alarm: Alarm, now_ms: int, *, names: bool) -> ReferralView:
    """Show a hand-over of an alarm."""
    referral, closed_ms = followed.referral, alarm.closed_ms
    return ReferralView(
        id=referral.id,
        grid=referral.grid,
        unit=referral.unit,
        state=referral.state,
        overdue=referral.overdue(now_ms, closed_ms),
        waits=referral.waits(now_ms, closed_ms),
        note=referral.note,
        handed=rfc3339_ms(referral.handed_ms),
        handed_by=referral.handed_by,
        due=rfc3339_ms(referral.ends_ms(closed_ms)),
        received=_moment(referral.received_ms),
        officer=referral.officer if names else None,
        answers=[
            AnswerView(
                at=rfc3339_ms(each.at_ms),
                answer=each.answer,
                words=each.words,
                late=each.is_late(closed_ms),
            )
            for each in referral.answers
        ],
        revoked=_moment(referral.revoked_ms),
        revoked_by=referral.revoked_by,
        letter=_letter(followed.letter),
    )


def referral_list(
    found: Sequence[Followed],
    alarm: Alarm,
    grids: Sequence[Grid],
    failing: Sequence[str],
    now_ms: int,
    *,
    names: bool,
) -> ReferralList:
    """Show an alarm's hand-overs; `failing`: contacts that cannot be reached."""
    default = covering(grids, alarm.area)
    return ReferralList(
        referrals=[referral_view(each, alarm, now_ms, names=names) for each in found],
        grids=[
            GridView(
                key=each.key,
                title=each.title,
                answer_days=each.answer_days,
                reachable=each.contact not in failing,
            )
            for each in grids
        ],
        covering=default.key if default is not None else None,
    )


def officer_page(referral: Referral, alarm: Alarm, site: Words, place: Words) -> OfficerPage:
    """Show what the link opens."""
    return OfficerPage(
        site=site,
        unit=referral.unit,
        title=alarm.title,
        priority=alarm.priority,
        place=place,
        raised=rfc3339_ms(alarm.raised_ms),
        closed=_moment(alarm.closed_ms),
        handed=rfc3339_ms(referral.handed_ms),
        due=rfc3339_ms(referral.ends_ms(alarm.closed_ms)),
        state=referral.state,
        received=_moment(referral.received_ms),
        answers=[OwnAnswer(at=rfc3339_ms(each.at_ms), answer=each.answer) for each in referral.answers],
    )


def _letter(letter: Notification | None) -> LetterView | None:
    if letter is None:
        return None
    return LetterView(state=letter.state, attempts=letter.attempts, reason=letter.reason)


def _moment(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
