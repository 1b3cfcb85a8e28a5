"""The events of a door, by their CloudEvents types."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

GRANTED: Final = "hemei.door.access-granted"
DENIED: Final = "hemei.door.access-denied"
TOO_MANY_TRIES: Final = "hemei.door.too-many-wrong-tries"
STRIKE_FAILED: Final = "hemei.door.strike-failed"
REQUEST_TO_EXIT: Final = "hemei.door.request-to-exit"
OPENED: Final = "hemei.door.door-opened"
CLOSED: Final = "hemei.door.door-closed"
FORCED: Final = "hemei.door.door-forced"
HELD_OPEN: Final = "hemei.door.door-held-open"
HELD_OPEN_ENDED: Final = "hemei.door.door-held-open-ended"
FIRE_RELEASED: Final = "hemei.door.fire-released"
FIRE_RELEASE_ENDED: Final = "hemei.door.fire-release-ended"
TAMPER: Final = "hemei.door.tamper"
TAMPER_RESTORED: Final = "hemei.door.tamper-restored"
POWER_FAULT: Final = "hemei.door.power-fault"
POWER_RESTORED: Final = "hemei.door.power-restored"
READER_OFFLINE: Final = "hemei.door.reader-offline"
READER_ONLINE: Final = "hemei.door.reader-online"
READER_KEYED: Final = "hemei.door.reader-keyed"

NO_DATA: Final[Mapping[str, Any]] = {}


class Happening(NamedTuple):
    """An event and its data."""

    type: str
    data: Mapping[str, Any] = NO_DATA
