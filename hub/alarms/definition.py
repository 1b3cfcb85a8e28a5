"""What an alarm is before it happens: data from the site file and from what ships with each device family.

An alarm needs a person to act (ISA-18.2 / IEC 62682); what does not belongs in the ledger of events alone.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from contract.messages import Scalar

Words = dict[str, str]
"""A text in each language: `{"zh-CN": …, "en": …}`."""

Seconds = Annotated[float, Meta(ge=0, le=30 * 86400)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$")]


class Priority(StrEnum):
    """How soon a person must act; about 5 in 100 alarms should be critical or high, 80 low."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Priority).index(self)


class Kind(StrEnum):
    """What a repeat means."""

    CONDITION = "condition"
    """One alarm as long as it lasts; repeats are counted in it."""
    INCIDENT = "incident"
    """Each occurrence is a case of its own."""


class Test(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question about one device; exactly one of the first seven fields says which.

    `event`: the type of an event that it reports, whose data equal `where` (a list: any of them).
    `property`: compared by `equals`, `in`, `above` and `below`, all of which must hold; without any, it must
    be true. `hysteresis` is how far it must come back.
    `connectivity`: it is one of these (`device-offline`, `driver-offline`). `stale`: that property is too
    old. `missed`: more events were numbered than came.
    """

    event: str | None = None
    property: str | None = None
    connectivity: tuple[Literal["device-offline", "driver-offline"], ...] = ()
    stale: str | None = None
    missed: bool = False
    all: tuple["Test", ...] = ()
    any: tuple["Test", ...] = ()
    where: dict[str, Scalar | tuple[Scalar, ...]] = {}
    equals: Scalar = None
    in_: tuple[Scalar, ...] = field(default=(), name="in")
    above: float | None = None
    below: float | None = None
    hysteresis: Annotated[float, Meta(ge=0)] = 0.0


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which devices: of these kinds, areas and products, and these alone (`kind/id`); empty: any.

    `except_kinds` and `except_areas` have definitions of their own, so that one cause is one alarm.
    """

    kinds: tuple[str, ...] = ()
    except_kinds: tuple[str, ...] = ()
    except_areas: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


class Link(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A linked action (联动): what is told to which devices as soon as the alarm is raised.

    `to` chooses the devices; `same_area` those of the alarm's area among them. `unless` holds it back while
    true of the target. It is asked for again, as a new action, until `within_s` if no driver took it.
    """

    action: str
    to: Scope
    same_area: bool = False
    input: dict[str, Scalar] = {}
    unless: Test | None = None
    within_s: Annotated[float, Meta(gt=0, le=600)] = 60.0


class Escalation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who else is told if nobody has acknowledged after so long; `raise_to` makes it graver as well."""

    after_s: Annotated[float, Meta(gt=0, le=86400)]
    tell: tuple[str, ...] = ()
    raise_to: Priority | None = None


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is gathered: pictures and clips of the cameras in the alarm's area (or of the camera itself).

    A clip begins `before_s` before the raise. `history_s`: the data of the device from so long before.
    """

    snapshot: bool = False
    clip: bool = False
    before_s: Annotated[float, Meta(ge=0, le=30)] = 10.0
    after_s: Annotated[float, Meta(ge=0, le=30)] = 10.0
    history_s: Annotated[float, Meta(ge=0, le=3600)] = 300.0


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One alarm definition.

    `raised_by` raises it after `on_delay_s` without a pause; `returned_by` (default: `raised_by` no longer
    true) returns it to normal after `off_delay_s`. A repeat within `repeat_within_s` of the last is counted,
    a later one alerts anew. `latching`: it holds until a person resets it. `review`: a second person closes
    it (复核). `tell`: names of `[[contact]]` tables or `post:ID`. `order`: kind of work order made with it.
    `quiet`: nobody is ever alerted; it is suppressed by design from its raise (the canary).
    """

    key: Key
    title: Words
    priority: Priority
    kind: Kind = Kind.CONDITION
    enabled: bool = True
    on: Scope = field(default_factory=Scope)
    raised_by: Test = field(name="raise")
    returned_by: Test | None = field(default=None, name="return")
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    repeat_within_s: Seconds = 60.0
    latching: bool = False
    review: bool = False
    rationale: Words = {}
    steps: tuple[Words, ...] = ()
    tell: tuple[str, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    link: tuple[Link, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    order: str | None = None
    covers: Literal["driver", "supply"] | None = None
    quiet: bool = False


def leaves(test: Test) -> Iterator[Test]:
    """Yield the tests that a test is made of, which ask about one thing each."""
    parts = (*test.all, *test.any)
    if not parts:
        yield test
    for part in parts:
        yield from leaves(part)


def by_key(definitions: tuple[Definition, ...]) -> Mapping[str, Definition]:
    """Return definitions by their keys."""
    return {each.key: each for each in definitions}
