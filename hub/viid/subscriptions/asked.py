"""What a library writes into `/VIID/Subscribes`, and how it is written back. Pure."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct, field

from contract.errors import InvalidMessage

MOST_AT_ONCE: Final = 20
SUBSCRIBE, CANCEL = 0, 1

Ident = Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,33}(?![\s\S])")]
Time14 = Annotated[str, Meta(pattern=r"^[0-9]{14}(?![\s\S])")]
Line = Annotated[str, Meta(max_length=256)]
List = Annotated[str, Meta(max_length=4096)]


class Asked(Struct, frozen=True, kw_only=True):
    """A SubscribeObject, as far as it is understood here. `declared`: which pictures, `-1` for none."""

    ident: Ident = field(name="SubscribeID")
    title: Line = field(name="Title", default="")
    detail: Line = field(name="SubscribeDetail", default="")
    resource_class: int = field(name="ResourceClass", default=4)
    resources: List = field(name="ResourceURI", default="")
    applicant: Line = field(name="ApplicantName", default="")
    organisation: Line = field(name="ApplicantOrg", default="")
    begin: Time14 | None = field(name="BeginTime", default=None)
    end: Time14 | None = field(name="EndTime", default=None)
    receiver: Line = field(name="ReceiveAddr", default="")
    interval_s: Annotated[int, Meta(ge=0, le=86_400)] = field(name="ReportInterval", default=3)
    reason: Line = field(name="Reason", default="")
    operation: int = field(name="OperateType", default=SUBSCRIBE)
    declared: int | Line = field(name="ResultImageDeclare", default="")


class _Listed(Struct):
    items: list[msgspec.Raw] = field(name="SubscribeObject")


class _Body(Struct):
    listed: _Listed = field(name="SubscribeListObject")


_WHOLE: Final = msgspec.json.Decoder(_Body)
_ONE: Final = msgspec.json.Decoder(Asked, strict=False)
_ID: Final = msgspec.json.Decoder(dict[str, Any])


def items_of(body: bytes) -> list[bytes]:
    """Return the objects of a request, each to be read by itself; InvalidMessage if it is no such request."""
    try:
        found = _WHOLE.decode(body).listed.items
    except msgspec.MsgspecError as wrong:
        raise InvalidMessage("expected {SubscribeListObject: {SubscribeObject: [...]}}") from wrong
    if not 1 <= len(found) <= MOST_AT_ONCE:
        raise InvalidMessage(f"expected 1 to {MOST_AT_ONCE} subscriptions at once")
    return [bytes(each) for each in found]


def asked_of(item: bytes) -> Asked:
    """Read one object, numbers written as numbers or as texts; InvalidMessage says which field is wrong."""
    try:
        return _ONE.decode(item)
    except msgspec.MsgspecError as wrong:
        raise InvalidMessage(str(wrong)) from wrong


def ident_of(item: bytes) -> str:
    """Return what an object calls itself, even if all else of it is wrong; empty if it does not."""
    try:
        return str(_ID.decode(item).get("SubscribeID", ""))[:33]
    except msgspec.MsgspecError:
        return ""
