"""The frames of the live stream, as UTF-8 JSON, put together from devices and events that come encoded."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from hub.alarms.definition import Words
from hub.live.wall import WallSettings
from hub.plans.records import Placement
from hub.plans.view import PlanView

LinkStatus = Literal["online", "offline"]


class SiteView(Struct, frozen=True):
    """Which site this is, for people."""

    id: str
    title: dict[str, str]
    areas: Mapping[str, Words] = {}
    """What people call each area of the site plan."""

    timezone: str = "Asia/Shanghai"
    """IANA name; pages tell the time by it, wherever the screen stands."""

    wall: WallSettings | None = None

    plans: Sequence[PlanView] = ()
    """In their order; the first one is the whole site."""

    placements: Mapping[str, Placement] = {}
    """Plan, x and y by device, of those that people placed."""


class Snapshot(Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    """Everything there is. What follows begins at `cursor` + 1. `alarms`: those that are open.

    `duty`: who is at which post; `canary`: whether the last test alarm came through, and when; `passes`: how
    many vehicles are inside and how many passed today, null until that is counted; `tests`: which devices are
    being tested.
    """

    stream: str
    cursor: int
    ts: str
    heartbeat_s: float
    cut_off_after_s: float
    site: SiteView
    link: LinkStatus
    devices: Sequence[msgspec.Raw]
    alarms: Sequence[msgspec.Raw]
    processes: Sequence[Any]
    duty: Sequence[Any]
    canary: Any
    passes: Any
    tests: Sequence[Any]


class Changes(Struct, frozen=True, kw_only=True, tag="changes", tag_field="type"):
    """What became different since `cursor` - 1; what has a default is there only if it did."""

    cursor: int
    ts: str
    devices: Sequence[msgspec.Raw]
    removed: Sequence[str]
    events: Sequence[msgspec.Raw]
    alarms: Sequence[msgspec.Raw] | UnsetType = UNSET
    site: SiteView | UnsetType = UNSET
    link: LinkStatus | UnsetType = UNSET
    processes: Sequence[Any] | UnsetType = UNSET
    duty: Sequence[Any] | UnsetType = UNSET
    canary: Any = UNSET
    passes: Any = UNSET
    tests: Sequence[Any] | UnsetType = UNSET


class Heartbeat(Struct, frozen=True, kw_only=True, tag="heartbeat", tag_field="type"):
    """Nothing happened, and this is how we know."""

    cursor: int
    ts: str


Frame = Snapshot | Changes | Heartbeat

_encoder = msgspec.json.Encoder()


def to_json(frame: Frame) -> bytes:
    """Encode a frame, once for all who will see it."""
    return _encoder.encode(frame)
