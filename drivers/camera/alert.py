"""Alerts of Hikvision's ISAPI, and what they mean.

Source: the shapes that public parsers of `alertStream` read. How a camera words a falling object could not be
seen: the event type `objectsThrownDetection` is named by Hikvision's platform (event 930335), `TargetRect` by
its cameras' intrusion events.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from contract.errors import InvalidMessage
from drivers.isapi.document import Node
from drivers.isapi.push import is_active

FALLING: Final = frozenset(
    {"objectsthrowndetection", "objectsthrown", "fallingobject", "fallingobjectdetection"}
)
"""Event types of a falling object, in lower case."""

MOST_REGIONS: Final = 16
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle of the picture; all are shares of its width or height, from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message of the channel. `time` is None where the camera does not say it with its offset."""

    event: str
    active: bool
    channel: str
    time: datetime | None
    regions: tuple[Region, ...]


def read_alert(document: Node) -> Alert:
    """Read an alert; InvalidMessage where the document is none."""
    event = document.word("eventType")
    if document.name not in ("", "eventnotificationalert") or not _WORD.fullmatch(event):
        raise InvalidMessage("a document that is no alert")
    rectangles = islice(_rectangles(document), MOST_REGIONS)
    return Alert(
        event=event,
        active=is_active(document),
        channel=(document.word("channelID") or document.word("dynChannelID"))[:32],
        time=_time(document.word("dateTime")),
        regions=tuple(region for each in rectangles if (region := _region(each))),
    )


def _rectangles(node: Node) -> Iterator[Node]:
    for each in node.inside:
        if each.name == "targetrect":
            yield each
        else:
            yield from _rectangles(each)


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
        return time if time.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def _region(rectangle: Node) -> Region | None:
    try:
        x, y, width, height = (float(rectangle.word(name)) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    if not all(math.isfinite(each) and 0 <= each <= 1 for each in (x, y, width, height)):
        return None
    return Region(x=x, y=y, width=width, height=height)
