"""Answers to questions about the past, as the API shows them.

`from` and `to` are RFC 3339; `ms` and other times of many figures are ms since 1970; days (`2026-11-24`) and
months (`2026-11`) are civil ones of the site's zone.
"""

from collections.abc import Sequence

from msgspec import Struct, field

from contract.messages import Scalar
from hub.alarms.definition import Priority, Words
from hub.questions.gaps import Why


class GapView(Struct, frozen=True, kw_only=True):
    """From `start` until before `end` (ms) the device was not heard, or nobody knows: the hub was away."""

    start: int
    end: int
    why: Why


class MarkView(Struct, frozen=True, kw_only=True):
    """An alarm of the device in the stretch; `returned` null: it is so still. Times in ms."""

    id: str
    key: str
    title: Words
    priority: Priority
    raised: int
    returned: int | None


class TrendDevice(Struct, frozen=True, kw_only=True):
    """A device of a trend. `heard_since` (ms): since when gaps are known, null: nothing is; `title`: its own.

    `marks` null: the caller may not see alarms. `more_marks`: there were more than are shown.
    """

    device: str
    title: Words
    heard_since: int | None
    gaps: Sequence[GapView]
    marks: Sequence[MarkView] | None
    more_marks: bool


class TrendSeries(Struct, frozen=True, kw_only=True):
    """One property, in columns: at `ms[i]` a step begins, in which `count[i]` values came.

    Numbers have `mean`, `min`, `max` and `last`, and `weighted`: the mean by how long each value held; empty
    if the store cannot tell. A state has `last` alone, and holds until the next; with `exact` every change is
    there, otherwise the last of each step. `before`: what it was when the stretch began.
    """

    device: str
    property: str
    title: Words
    unit: str | None
    type: str
    exact: bool
    before: Scalar
    ms: Sequence[int]
    last: Sequence[Scalar]
    mean: Sequence[float | None] = ()
    min: Sequence[float | None] = ()
    max: Sequence[float | None] = ()
    count: Sequence[int] = ()
    weighted: Sequence[float | None] = ()


class TrendView(Struct, frozen=True, kw_only=True):
    """Properties over a stretch, in steps of `step_s` seconds that begin at whole multiples in UTC."""

    start: str = field(name="from")
    end: str = field(name="to")
    step_s: float
    zone: str
    series: Sequence[TrendSeries]
    devices: Sequence[TrendDevice]


class HeldView(Struct, frozen=True, kw_only=True):
    """For how many seconds it was `value`, and how often it came to be so; `known` false: nobody knows."""

    value: Scalar
    known: bool
    seconds: float
    times: int


class HeldOfDay(Struct, frozen=True, kw_only=True):
    """The same of one day."""

    day: str
    held: Sequence[HeldView]


class DurationsView(Struct, frozen=True, kw_only=True):
    """How long a property was what, the longest first: in all, and by day."""

    start: str = field(name="from")
    end: str = field(name="to")
    device: str
    property: str
    title: Words
    held: Sequence[HeldView]
    days: Sequence[HeldOfDay]
