"""Commissioning as the API shows it. Times are RFC 3339; a device is `site/kind/device`."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from hub.alarms.definition import Priority, Words
from hub.alarms.view import TraceView
from hub.commissioning.trial import TrialState
from hub.shadows.shadow import Connectivity


class Standing(StrEnum):
    """How it stands with a device's way to the screens.

    PROVEN: an alarm came through, lately enough. OLD: longer ago than the site wants. NEVER: none ever did.
    UNPROVABLE: no alarm is defined of what it says itself. GONE: it was taken away.
    """

    PROVEN = "proven"
    OLD = "old"
    NEVER = "never"
    UNPROVABLE = "unprovable"
    GONE = "gone"


class ProofView(Struct, frozen=True, kw_only=True):
    """The alarm that proved it: `at` when it was raised, `trace` when it was where.

    `event_seq`, `event`, `event_type`, `sha256` (of the message): the event that raised it; null where a
    state did, and `values` is what that said. `test`: the test within which it came; null: by itself.
    """

    alarm: str
    key: str
    title: Words
    at: str
    event_seq: int | None
    event: str | None
    event_type: str | None
    sha256: str | None
    values: Mapping[str, Any]
    trace: TraceView
    test: str | None


class TestView(Struct, frozen=True, kw_only=True):
    """A test of one device. `until`: so long an alarm is awaited."""

    __test__ = False

    id: str
    device: str
    title: Words
    area: str | None
    who: str
    state: TrialState
    started: str
    until: str
    ended: str | None
    proof: ProofView | None


class EventHeard(Struct, frozen=True, kw_only=True):
    """An event of the device that came within a test. `late_s`: by how much its own time is before ours."""

    seq: int
    id: str
    type: str
    time: str
    received: str
    late_s: float


class AlarmHeard(Struct, frozen=True, kw_only=True):
    """An alarm of the device that was raised within a test, and when it was where.

    `counted`: it was open before, and this was but counted in it: whether a screen painted that is not known.
    """

    id: str
    title: Words
    priority: Priority
    counted: bool
    trace: TraceView


class TestProgress(TestView, frozen=True, kw_only=True):
    """How far a test has come: what was heard of the device since it began."""

    __test__ = False

    event: EventHeard | None
    alarm: AlarmHeard | None


class DefinitionSeen(Struct, frozen=True, kw_only=True):
    """An alarm definition that concerns a device. `provable`: the device itself may raise it.

    `links`: linked actions that a test really sets off; `tells`: whether people are told elsewhere.
    """

    key: str
    title: Words
    priority: Priority
    provable: bool
    links: Sequence[str]
    tells: bool


class DeviceRow(Struct, frozen=True, kw_only=True):
    """One device that was ever found. `connectivity` null: it is gone.

    `placed`: it stands on a plan. `firmware`, `clock_offset_s` (its clock ahead of ours): null where it does
    not tell. `alarms`: how many definitions concern it. `number`: how often its way has been proven.
    """

    device: str
    kind: str
    title: Words
    found: str
    gone: str | None
    area: str | None
    placed: bool
    product: str | None
    driver: str | None
    firmware: str | None
    connectivity: Connectivity | None
    clock_offset_s: float | None
    alarms: int
    standing: Standing
    proof: ProofView | None
    test: str | None


class CommissioningView(Struct, frozen=True, kw_only=True):
    """Every device that was ever found. `unplaced`: of those that are there, how many stand on no plan.

    `proof_days`: what is older counts as old. `tests`: those that run.
    """

    proof_days: int
    unplaced: int
    standings: Mapping[Standing, int]
    devices: Sequence[DeviceRow]
    tests: Sequence[TestView]


class DeviceCommissioning(DeviceRow, frozen=True, kw_only=True):
    """One device, the alarm definitions that concern it, and its last tests, newest first."""

    definitions: Sequence[DefinitionSeen]
    tests: Sequence[TestView]
