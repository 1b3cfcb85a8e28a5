"""What the sub-events of `AccessControllerEvent` mean, as data.

Source: the `MINOR_…` constants of Hikvision's SDK (HCNetSDK.h, and Hikvision's own EventType.kt), of the
major types 1 (alarm) and 5 (event). How somebody came in is in the code alone: `currentVerifyMode` is how the
terminal is set up.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from contract.passes import Means, Reason
from drivers.face.terminal import What

ALARM: Final = 1
EVENT: Final = 5


class Meaning(NamedTuple):
    """`reason`: why it was denied, as far as the code says."""

    what: What
    means: Means = Means.UNKNOWN
    reason: Reason = Reason.UNKNOWN


def _granted(means: Means) -> Meaning:
    return Meaning(What.GRANTED, means)


def _denied(means: Means, reason: Reason) -> Meaning:
    return Meaning(What.DENIED, means, reason)


_FACE, _CARD, _CODE, _OTHER = Means.FACE, Means.CARD, Means.CODE, Means.UNKNOWN

_EVENTS: Final[Mapping[int, Meaning]] = {
    0x01: _granted(_CARD),
    0x02: _granted(_CARD),  # card and password
    0x03: _denied(_CARD, Reason.UNCERTAIN),
    0x04: _denied(_CARD, Reason.UNCERTAIN),
    0x05: _denied(_CARD, Reason.UNCERTAIN),
    0x06: _denied(_CARD, Reason.NO_LEVEL),
    0x07: _denied(_CARD, Reason.OUTSIDE_SCHEDULE),
    0x08: _denied(_CARD, Reason.EXPIRED),
    0x09: _denied(_CARD, Reason.UNKNOWN),
    0x0A: _denied(_OTHER, Reason.PASSBACK),
    0x15: Meaning(What.LOCK_OPEN),
    0x16: Meaning(What.LOCK_CLOSED),
    0x17: Meaning(What.EXIT_BUTTON),
    0x19: Meaning(What.DOOR_OPENED),
    0x1A: Meaning(What.DOOR_CLOSED),
    0x1B: Meaning(What.FORCED),
    0x1C: Meaning(What.HELD_OPEN),
    0x26: _granted(_OTHER),  # fingerprint
    0x27: _denied(_OTHER, Reason.UNCERTAIN),
    0x34: Meaning(What.FIRE),
    0x35: Meaning(What.FIRE_ENDED),
    0x36: _granted(_FACE),  # with fingerprint
    0x39: _granted(_FACE),  # with password
    0x3A: _denied(_FACE, Reason.UNCERTAIN),
    0x3C: _granted(_FACE),  # with card
    0x3D: _denied(_FACE, Reason.UNCERTAIN),
    0x4B: _granted(_FACE),
    0x4C: Meaning(What.STRANGER, _FACE),
    0x4D: _granted(_FACE),  # with the number
    0x4E: _denied(_FACE, Reason.UNCERTAIN),
    0x50: _denied(_FACE, Reason.UNCERTAIN),
    0x5C: Meaning(What.FORCED),
    0x68: Meaning(What.LIVENESS_FAILED, _FACE),
    0x69: _granted(_OTHER),  # person and identity card
    0x70: _denied(_OTHER, Reason.UNCERTAIN),
    0x71: _denied(_OTHER, Reason.BLOCKED),
    0x94: _denied(_CODE, Reason.UNCERTAIN),
    0x96: _denied(_CODE, Reason.UNKNOWN),
    0x97: _denied(_CODE, Reason.UNKNOWN),
    0x98: _denied(_CODE, Reason.UNKNOWN),
    0x99: _granted(_OTHER),
    0x9B: _denied(_OTHER, Reason.UNCERTAIN),
    0x9C: _granted(_CODE),  # QR code
    0x9D: _denied(_CODE, Reason.UNKNOWN),
    0x9F: _granted(_OTHER),  # Bluetooth
    0xA0: _denied(_OTHER, Reason.UNCERTAIN),
    0xB5: _granted(_CODE),
    0xC3: _denied(_CODE, Reason.EXPIRED),
}

_ALARMS: Final[Mapping[int, Meaning]] = {
    0x404: Meaning(What.TAMPER),
    0x405: Meaning(What.TAMPER_RESTORED),
    0x406: Meaning(What.TAMPER),  # of its reader
    0x407: Meaning(What.TAMPER_RESTORED),
}

MEANINGS: Final[Mapping[tuple[int, int], Meaning]] = MappingProxyType(
    {
        **{(EVENT, minor): meaning for minor, meaning in _EVENTS.items()},
        **{(ALARM, minor): meaning for minor, meaning in _ALARMS.items()},
    }
)

OF_NO_INTEREST: Final[frozenset[tuple[int, int]]] = frozenset(
    (EVENT, minor) for minor in (0x12, 0x13, 0x18, 0x1D, 0x1E, 0x1F, 0x20, 0x24, 0x25, 0x33, 0x400)
)
"""Known, and nothing to report: held open and shut, button released, doorbell, calls, opened by command."""
