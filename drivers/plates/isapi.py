"""What Hikvision's plate cameras mean: an `EventNotificationAlert` with `ANPR`, as a sighting. Pure.

Source: the shapes that public parsers read and their tests hold, of firmwares from V5.3 to V5.8. The words
for colours, and a plate that begins with its colour, are from memory of the vendor's device SDK.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from contract.errors import InvalidMessage, Refused
from contract.passes import Direction, PlateColour
from contract.plates import PROVINCES, normalised
from drivers.isapi.document import Node, shown
from drivers.isapi.push import Picture, Push
from drivers.plates import lenient
from drivers.plates.age import possible
from drivers.plates.sighting import Sighting

ROOTS: Final = frozenset({"eventnotificationalert", ""})
"""Of XML, and of JSON, which has none."""

_SERIALS: Final = ("macAddress", "deviceUUID", "deviceSerialNo")

_COLOURS: Final[Mapping[str, PlateColour]] = {
    "blue": PlateColour.BLUE,
    "yellow": PlateColour.YELLOW,
    "white": PlateColour.WHITE,
    "black": PlateColour.BLACK,
    "green": PlateColour.GREEN,
    "newenergygreen": PlateColour.GREEN,
    "yellowgreen": PlateColour.YELLOW_GREEN,
    "newenergyyellowgreen": PlateColour.YELLOW_GREEN,
    "蓝": PlateColour.BLUE,
    "黄": PlateColour.YELLOW,
    "白": PlateColour.WHITE,
    "黑": PlateColour.BLACK,
    "绿": PlateColour.GREEN,
    "黄绿": PlateColour.YELLOW_GREEN,
}
_COLOUR_FIRST: Final = re.compile(rf"(黄绿|[蓝黄白黑绿])([{PROVINCES}].*)", re.DOTALL)

_NULL: Final = frozenset({"NULL", "NIL", "NONE", "NA"})

_TIME: Final = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})[T ]?(\d{1,2}):?(\d{2}):?(\d{2})(?:[.,](\d{1,9}))?\s*"
    r"(?:(?P<utc>[Zz])|(?:(?P<sign>[+-])|(?<=\s))(?P<hours>\d{1,2}):?(?P<minutes>\d{2}))?"
)
_UUID: Final = re.compile(r"[A-Za-z0-9-]{16,64}")

_FACES: Final = ("feature", "pilot", "face")
"""In the names of pictures that show who drives: not ours to keep."""


def read_sighting(
    push: Push,
    now: datetime,
    zone: tzinfo,
    passing: Callable[[str | None], Direction],
    *,
    serial: str | None = None,
    numbers_posts: bool = False,
) -> Sighting | None:
    """Return what the camera has seen, None if it says something else, such as that it lives.

    `zone` is that of a time that names none; one that cannot be read, or cannot be, is `now`. `passing`
    translates the camera's word for the direction. `numbers_posts`: this camera's `activePostCount` counts
    all that it posts, and not how often it posts the same. InvalidMessage if it is no alert, Refused
    `wrong-serial` if the camera is another than `serial`.
    """
    alert = push.document
    if alert.name not in ROOTS or not push.event:
        raise InvalidMessage(f"a document that is no alert: {shown(alert.name or 'JSON')!r}")
    if serial is not None:
        _check_serial(alert, serial)
    if push.event != "anpr" or not push.active:
        return None
    seen = alert.at("ANPR")
    if seen is None:
        raise InvalidMessage("an ANPR alert without ANPR")
    plate, colour = _plate(seen)
    taken_at = possible(_time(alert.word("dateTime"), zone), now)
    return Sighting(
        plate=plate,
        record=_record(alert, seen, now),
        taken_at=taken_at or now,
        dated=taken_at is not None,
        colour=colour,
        confidence=lenient.percent(seen.word("confidenceLevel")),
        direction=passing(_move(seen)),
        replay=_is_replay(alert, seen, numbers_posts=numbers_posts),
        pictures=_pictures(push.pictures),
    )


def _check_serial(alert: Node, serial: str) -> None:
    """Refuse another camera; one that does not say who it is, is known by its path or address."""
    said = [word.casefold() for each in _SERIALS if (word := alert.word(each))]
    # `DS-TCG405-E 20220323AIJ67694167`: the model may come first.
    if said and serial.casefold() not in {part for word in said for part in (word, *word.split())}:
        raise Refused("another camera's serial number", code="wrong-serial")


def _plate(seen: Node) -> tuple[str, PlateColour]:
    """Return the plate, empty if none was read, and its colour."""
    word = normalised(seen.word("plateColor")).lower().removesuffix("色")
    colour = _COLOURS.get(word, PlateColour.UNKNOWN)
    for name in ("licensePlate", "originalLicensePlate"):
        said = seen.word(name)
        if prefixed := _COLOUR_FIRST.fullmatch(said):
            said = prefixed[2]
            colour = _COLOURS[prefixed[1]] if colour is PlateColour.UNKNOWN else colour
        if (plate := lenient.plate(said)) and plate not in _NULL:
            return plate, colour
    return "", colour


def _move(seen: Node) -> str | None:
    word = seen.word("direction").lower()
    return word if word not in ("", "unknown") else None


def _is_replay(alert: Node, seen: Node, *, numbers_posts: bool) -> bool:
    """Whether the camera says it again, or late; `alarmDataType` 1 is history, as the SDK's field is."""
    late = alert.word("isDataRetransmission").lower() in ("true", "1")
    late = late or "1" in (seen.word("alarmDataType"), alert.word("alarmDataType"))
    count = lenient.whole(alert.word("activePostCount"))
    return late or (not numbers_posts and count is not None and count > 1)


def _record(alert: Node, seen: Node, now: datetime) -> str:
    """Return the camera's number for the reading, or one made of what stays when it says it again."""
    uuid = alert.word("UUID")
    if _UUID.fullmatch(uuid) and len(set(uuid)) > 2:
        return uuid.lower()
    when = alert.word("dateTime") or now.isoformat()
    who = alert.word("macAddress") or alert.word("deviceUUID") or alert.word("ipAddress")
    what = (who, alert.word("channelID"), when, seen.word("licensePlate"), seen.word("line"))
    return hashlib.sha256("\0".join(what).encode()).hexdigest()[:32]


def _time(text: str, zone: tzinfo) -> datetime | None:
    """Read a time with or without its offset, also where `+` was lost on the way; None if it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(each) for each in found.groups()[:6])
    micro = int((found[7] or "0")[:6].ljust(6, "0"))
    try:
        time = datetime(year, month, day, hour, minute, second, micro, tzinfo=_offset(found) or zone)
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(found: re.Match[str]) -> tzinfo | None:
    if found["utc"]:
        return UTC
    if found["hours"] is None:
        return None
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return timezone(-offset if found["sign"] == "-" else offset)


def _pictures(pictures: tuple[Picture, ...]) -> tuple[bytes, ...]:
    """Return the whole first, then the plate: the largest of each. Without names, the larger is the whole."""
    ours = [each for each in pictures if not any(word in each.name.lower() for word in _FACES)]
    ours.sort(key=lambda each: len(each.jpeg), reverse=True)
    plates = [each.jpeg for each in ours if "plate" in each.name.lower()]
    wholes = [each.jpeg for each in ours if "plate" not in each.name.lower()]
    return (*wholes[:1], *plates[:1]) if plates else tuple(wholes[:2])
