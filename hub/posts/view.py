"""What is shown of posts: on the wall, in the live stream and by the API. Times RFC 3339."""

from collections.abc import Sequence

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.access.roles import Principal
from hub.alarms.definition import Priority, Words
from hub.alarms.lifecycle import State, Suppression
from hub.posts.post import Post
from hub.posts.reach import may_sign_on, reach
from hub.posts.records import Check, Handover, Item, OnDuty, Shift, ShiftEnd
from hub.posts.roster import Roster


class ShiftView(Struct, frozen=True, kw_only=True):
    """One person at one post. `ended` null: on duty."""

    id: str
    post: str
    who: str
    began: str
    ended: str | None = None
    end: ShiftEnd | None = None


class PresenceView(Struct, frozen=True, kw_only=True):
    """A presence check that waits until `deadline`; `missed`: since when nobody has shown."""

    due: str
    deadline: str
    missed: str | None


class HandoverNotice(Struct, frozen=True, kw_only=True):
    """That somebody has prepared to leave."""

    id: str
    who: str
    prepared: str


class PostView(Struct, frozen=True, kw_only=True):
    """A post as it is now. `areas` empty: all. `people`: who is on duty; `shifts` says since when."""

    post: str
    title: Words
    areas: Sequence[str]
    manned: bool
    people: Sequence[str]
    shifts: Sequence[ShiftView]
    presence: PresenceView | None
    handovers: Sequence[HandoverNotice]


class YourDuty(Struct, frozen=True, kw_only=True):
    """Where you are on duty, where you may sign on, and what you may see of alarms and act on now.

    `areas` null: all. `reason`: why you may not act.
    """

    who: str
    post: str | None
    may_sign_on: Sequence[str]
    areas: Sequence[str] | None
    may_act: bool
    reason: str


class PostList(Struct, frozen=True, kw_only=True):
    """Every post, in the order of the site file."""

    posts: Sequence[PostView]
    you: YourDuty


class ItemView(Struct, frozen=True, kw_only=True):
    """An alarm that is handed over. `new`: it came in meanwhile. `children`: so many go with it."""

    alarm: str
    key: str
    title: Words
    device: str
    area: str | None
    priority: Priority
    state: State
    suppression: Suppression
    raised: str
    acknowledged_by: str | None
    assigned_to: str | None
    shelved_until: str | None
    children: int
    new: bool


class HandoverView(Struct, frozen=True, kw_only=True):
    """A hand-over that waits. `items` must be accepted by name, all of them; `over` has ended meanwhile."""

    id: str
    post: str
    who: str
    prepared: str
    note: str
    items: Sequence[ItemView]
    over: Sequence[ItemView]


class HandoverList(Struct, frozen=True):
    """The hand-overs of a post that wait, oldest first."""

    handovers: Sequence[HandoverView]


def duty_view(roster: Roster) -> list[PostView]:
    """Show every post as it is now."""
    return [_post_view(post, roster.on_duty) for post in roster.all()]


def post_list(roster: Roster, principal: Principal) -> PostList:
    """Show every post, and their own duty to whoever asks."""
    mine, may = roster.post_of(principal.name), reach(principal, roster)
    you = YourDuty(
        who=principal.name,
        post=None if mine is None else mine.id,
        may_sign_on=[post.id for post in roster.all() if may_sign_on(principal, post)],
        areas=None if may.areas is None else sorted(may.areas),
        may_act=may.may_act,
        reason=may.reason,
    )
    return PostList(posts=duty_view(roster), you=you)


def shift_view(shift: Shift) -> ShiftView:
    """Show a shift."""
    return ShiftView(
        id=shift.id,
        post=shift.post,
        who=shift.who,
        began=rfc3339_ms(shift.began_ms),
        ended=_time(shift.ended_ms),
        end=shift.end,
    )


def handover_view(handover: Handover, now_open: Sequence[Item]) -> HandoverView:
    """Show a hand-over, with what came in and what ended since it was prepared."""
    prepared = {item.alarm for item in handover.items}
    still = {item.alarm for item in now_open}
    return HandoverView(
        id=handover.id,
        post=handover.post,
        who=handover.who,
        prepared=rfc3339_ms(handover.prepared_ms),
        note=handover.note,
        items=[item_view(item, new=item.alarm not in prepared) for item in now_open],
        over=[item_view(item, new=False) for item in handover.items if item.alarm not in still],
    )


def item_view(item: Item, *, new: bool) -> ItemView:
    """Show an item of a hand-over."""
    return ItemView(
        alarm=item.alarm,
        key=item.key,
        title=item.title,
        device=item.device,
        area=item.area,
        priority=item.priority,
        state=item.state,
        suppression=item.suppression,
        raised=rfc3339_ms(item.raised_ms),
        acknowledged_by=item.acknowledged_by,
        assigned_to=item.assigned_to,
        shelved_until=_time(item.shelved_until_ms),
        children=item.children,
        new=new,
    )


def _post_view(post: Post, on_duty: OnDuty) -> PostView:
    shifts = [shift_view(shift) for shift in on_duty.shifts if shift.post == post.id]
    check = next((check for check in on_duty.checks if check.post == post.id), None)
    return PostView(
        post=post.id,
        title=post.title,
        areas=post.areas,
        manned=bool(shifts),
        people=[shift.who for shift in shifts],
        shifts=shifts,
        presence=None if check is None else _presence_view(check),
        handovers=[
            HandoverNotice(id=each.id, who=each.who, prepared=rfc3339_ms(each.prepared_ms))
            for each in on_duty.handovers
            if each.post == post.id
        ],
    )


def _presence_view(check: Check) -> PresenceView:
    return PresenceView(
        due=rfc3339_ms(check.due_ms),
        deadline=rfc3339_ms(check.deadline_ms),
        missed=_time(check.missed_ms),
    )


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else rfc3339_ms(milliseconds)
