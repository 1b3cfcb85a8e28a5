"""What a device answers to a request, and how it says no: `ResponseStatus`, in XML or JSON."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from contract.errors import DeviceError, InvalidMessage
from drivers.isapi.document import Node, read_document, shown

LONGEST_STATUS: Final = 8 * 1024

_DONE: Final = frozenset({"", "0", "1", "7"})
"""`statusCode`: 1 OK, 7 OK after a restart of the device."""


class Rejected(DeviceError):
    """The device says that it did not do it.

    `status` is HTTP's; `reason` the device's own `subStatusCode` in lower case, empty if it gives none.
    """

    default_code = "device-refused"

    def __init__(self, message: str, *, code: str | None = None, status: int = 0, reason: str = "") -> None:
        super().__init__(message, code=code)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: its status, media type in lower case, and body."""

    status: int
    kind: str
    body: bytes

    def document(self) -> Node:
        """Read the body as a tree, XML or JSON; DeviceError if it is neither."""
        try:
            return read_document(self.body)
        except InvalidMessage as error:
            raise DeviceError(f"an answer that makes no sense: {error}", code="bad-protocol") from None

    def json(self) -> dict[str, Any]:
        """Read the body as a JSON object; DeviceError if it is none."""
        try:
            said = msgspec.json.decode(self.body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise DeviceError("an answer that is no JSON object", code="bad-protocol")
        return said


def accepted(answer: Answer) -> Answer:
    """Return the answer if the device did what it was asked; Rejected if it says that it did not."""
    said = _status(answer)
    code = said.word("statusCode") if said else ""
    if 200 <= answer.status < 300 and code in _DONE:
        return answer
    words = [said.word(each) for each in ("statusString", "subStatusCode", "errorMsg")] if said else []
    why = ", ".join(shown(each) for each in words if each) or "it does not say why"
    reason = said.word("subStatusCode").lower() if said else ""
    raise Rejected(
        f"the device refuses: {why} (HTTP {answer.status})", status=answer.status, reason=shown(reason)
    )


def _status(answer: Answer) -> Node | None:
    """Return the `ResponseStatus` that an answer is, None if it is none."""
    if len(answer.body) > LONGEST_STATUS:
        return None
    try:
        said = read_document(answer.body)
    except InvalidMessage:
        return None
    if said.name == "responsestatus":
        return said
    within = said.at("ResponseStatus")
    return within or (said if not said.name and said.at("statusCode") else None)
