"""Alerts of Hikvision's ISAPI, as XML or JSON, and what they mean.

Source: the shapes that public parsers of `alertStream` read. Namespaces differ between firmwares and even
within one, so names are matched without them. How a camera words a falling object could not be seen: the
event type `objectsThrownDetection` is named by Hikvision's platform (event 930335), `TargetRect` by its
cameras' intrusion events.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from contract.errors import DeviceError
from drivers.camera.multipart import Part

FALLING: Final = frozenset(
    {"objectsthrowndetection", "objectsthrown", "fallingobject", "fallingobjectdetection"}
)
"""Event types of a falling object, in lower case."""

LONGEST_TEXT: Final = 512 * 1024
DEEPEST: Final = 16
MOST_REGIONS: Final = 16
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_XML_END: Final = re.compile(rb"</(?:[\w.-]{1,32}:)?EventNotificationAlert\s*>\s*$")


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


def is_whole(part: Part) -> bool:
    """Whether a part that does not say its length is complete."""
    if len(part.body) > LONGEST_TEXT:
        return False
    if part.kind.endswith("xml") or not part.kind:
        return _XML_END.search(part.body) is not None
    if part.kind.endswith("json") and part.body.rstrip().endswith(b"}"):
        try:
            msgspec.json.decode(part.body)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            return False
        return True
    return False


def read_alert(part: Part) -> Alert | None:
    """Read an alert; None for a part that is none, such as a picture. DeviceError where it makes no sense."""
    text = part.body.strip()
    if part.kind.startswith("image/"):
        return None
    if len(text) > LONGEST_TEXT:
        raise DeviceError("an alert is too long", code="bad-protocol")
    if text.startswith(b"<"):
        fields, rectangles = _read_xml(text)
    elif text.startswith(b"{"):
        fields, rectangles = _read_json(text)
    else:
        return None
    return _alert(fields, rectangles)


def _alert(fields: Mapping[str, str], rectangles: list[Mapping[str, str]]) -> Alert:
    event = fields.get("eventtype", "")
    if not _WORD.fullmatch(event):
        raise DeviceError("an alert without an event type", code="bad-protocol")
    regions = [region for each in rectangles[:MOST_REGIONS] if (region := _region(each))]
    return Alert(
        event=event,
        active=fields.get("eventstate", "active").lower() != "inactive",
        channel=(fields.get("channelid") or fields.get("dynchannelid") or "")[:32],
        time=_time(fields.get("datetime", "")),
        regions=tuple(regions),
    )


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text.strip())
        return time if time.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def _region(rectangle: Mapping[str, str]) -> Region | None:
    try:
        x, y, width, height = (float(rectangle[name]) for name in ("x", "y", "width", "height"))
    except (KeyError, ValueError):
        return None
    if not all(math.isfinite(each) and 0 <= each <= 1 for each in (x, y, width, height)):
        return None
    return Region(x=x, y=y, width=width, height=height)


def _read_xml(text: bytes) -> tuple[dict[str, str], list[Mapping[str, str]]]:
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DeviceError(f"no XML: {type(error).__name__}", code="bad-protocol") from error
    if _local(root) != "eventnotificationalert":
        raise DeviceError("XML that is no alert", code="bad-protocol")
    rectangles: list[Mapping[str, str]] = [
        _texts(each) for each in root.iter() if _local(each) == "targetrect"
    ]
    return _texts(root), rectangles


def _texts(parent: Element) -> dict[str, str]:
    return {_local(each): (each.text or "").strip() for each in parent}


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _read_json(text: bytes) -> tuple[dict[str, str], list[Mapping[str, str]]]:
    try:
        said = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise DeviceError(f"no JSON: {type(error).__name__}", code="bad-protocol") from error
    if not isinstance(said, dict):
        raise DeviceError("JSON that is no alert", code="bad-protocol")
    rectangles: list[Mapping[str, str]] = []
    _find_rectangles(said, rectangles, DEEPEST)
    return _plain(said), rectangles


def _find_rectangles(value: Any, found: list[Mapping[str, str]], deep: int) -> None:
    if deep == 0 or len(found) >= MOST_REGIONS:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.lower() == "targetrect" and isinstance(inner, dict):
                found.append(_plain(inner))
            else:
                _find_rectangles(inner, found, deep - 1)
    elif isinstance(value, list):
        for inner in value:
            _find_rectangles(inner, found, deep - 1)


def _plain(said: Mapping[str, Any]) -> dict[str, str]:
    """Keep words and numbers, as text, by their names in lower case."""
    return {
        name.lower(): str(value)
        for name, value in said.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
