"""How the JSON of Zhenshi (臻识) cameras is built, as far as we read it; any part may be missing.

Parts that are not named here are skipped unread, so that a message costs no more memory than its bytes.
"""

from typing import Final, TypeVar

import msgspec
from msgspec import Struct, field

from contract.errors import InvalidMessage
from drivers.plates.lenient import Leaf

T = TypeVar("T")

LARGEST: Final = 12 * 1024 * 1024
"""Bytes of a message: two pictures of 4 MiB in base64 are shorter."""


class Timeval(Struct, frozen=True):
    """`sec` since 1970, `usec` of it."""

    sec: Leaf = None
    usec: Leaf = None


class TimeStamp(Struct, frozen=True):
    """`timeStamp` of a result."""

    timeval: Timeval | None = field(default=None, name="Timeval")


class PlateResult(Struct, frozen=True, kw_only=True):
    """One reading. Over HTTP the pictures are `imageFile…`, over MQTT `…_image_content`."""

    license: Leaf = None
    colour: Leaf = field(default=None, name="colorType")
    confidence: Leaf = None
    direction: Leaf = None
    trigger: Leaf = field(default=None, name="triggerType")
    type: Leaf = None
    plate_id: Leaf = field(default=None, name="plateid")
    unique_id: Leaf = None
    offline: Leaf = field(default=None, name="isoffline")
    fake: Leaf = field(default=None, name="is_fake_plate")
    time_stamp: TimeStamp | None = field(default=None, name="timeStamp")
    image: Leaf = field(default=None, name="imageFile")
    fragment: Leaf = field(default=None, name="imageFragmentFile")
    full_image: Leaf = field(default=None, name="full_image_content")
    small_image: Leaf = field(default=None, name="small_image_content")


class TriggerResult(Struct, frozen=True):
    """An input that changed: `source` from 0."""

    source: Leaf = None
    value: Leaf = None


class Result(Struct, frozen=True):
    """`result` of any alarm."""

    plate: PlateResult | None = field(default=None, name="PlateResult")
    trigger: TriggerResult | None = field(default=None, name="TriggerResult")


class Alarm(Struct, frozen=True):
    """`AlarmInfoPlate` or `AlarmGioIn`; some firmware leaves `result` out around the trigger's."""

    serial: Leaf = field(default=None, name="serialno")
    channel: Leaf = None
    result: Result | None = None
    trigger: TriggerResult | None = field(default=None, name="TriggerResult")


class Body(Struct, frozen=True):
    """What a push holds."""

    info_plate: Alarm | None = field(default=None, name="AlarmInfoPlate")
    gio_in: Alarm | None = field(default=None, name="AlarmGioIn")


class Payload(Struct, frozen=True):
    """`payload` of the MQTT envelope: some firmware leaves `body` out around what it holds."""

    body: Body | None = None
    info_plate: Alarm | None = field(default=None, name="AlarmInfoPlate")
    gio_in: Alarm | None = field(default=None, name="AlarmGioIn")


class Head(Struct, frozen=True):
    """The MQTT envelope without what is in it; `code` is that of a reply."""

    id: Leaf = None
    sn: Leaf = None
    code: Leaf = None
    timestamp: Leaf = None


class Envelope(Head, frozen=True):
    """The MQTT envelope."""

    payload: Payload | None = None


_bodies: Final = msgspec.json.Decoder(Body)
_envelopes: Final = msgspec.json.Decoder(Envelope)
_heads: Final = msgspec.json.Decoder(Head)


def read_body(data: bytes) -> Body:
    """Read a push; InvalidMessage if it is no such JSON."""
    return _decoded(_bodies, data)


def read_envelope(data: bytes) -> Envelope:
    """Read an MQTT message; InvalidMessage if it is no such JSON."""
    return _decoded(_envelopes, data)


def read_head(data: bytes) -> Head:
    """Read who says an MQTT message, and of a reply what about; InvalidMessage if it is no such JSON."""
    return _decoded(_heads, data)


def _decoded(decoder: msgspec.json.Decoder[T], data: bytes) -> T:
    if len(data) > LARGEST:
        raise InvalidMessage(f"a message of {len(data)} bytes", code="too-large")
    try:
        return decoder.decode(_as_utf_8(data))
    except msgspec.ValidationError as wrong:
        raise InvalidMessage(f"not what a camera says: {wrong}", code="bad-fields") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise InvalidMessage(f"not JSON ({type(wrong).__name__})", code="bad-json") from None


def _as_utf_8(data: bytes) -> bytes:
    """Older firmware writes GBK, which GB 18030 contains."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace").encode()
    return data
