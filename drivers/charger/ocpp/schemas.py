"""Whether a payload is what OCPP's own JSON schemas say. The only file that knows the library `ocpp`.

Of that library its schemas and actions are used, not its `ChargePoint`: there one odd frame ends the reader,
answers that nobody asked for pile up, and a request from within a handler waits for itself.
"""

from typing import Any, Final

from jsonschema.exceptions import ValidationError as SchemaError
from ocpp import messages
from ocpp.exceptions import OCPPError
from ocpp.v16.enums import Action as Action16
from ocpp.v201.enums import Action as Action201

from drivers.charger.ocpp.frames import FORMAT, Payload, Version

ACTIONS: Final[dict[Version, frozenset[str]]] = {
    "1.6": frozenset(map(str, Action16)),
    "2.0.1": frozenset(map(str, Action201)),
}


class Violation(Exception):
    """A payload that its schema forbids; `code` is OCPP's word for it, the message names the place."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(what)
        self.code = code


async def check_request(version: Version, action: str, payload: Payload) -> None:
    """Raise Violation unless `payload` is a request for `action`."""
    await _check(version, action, messages.Call("", action, payload))


async def check_answer(version: Version, action: str, payload: Payload) -> None:
    """Raise Violation unless `payload` is an answer to `action`."""
    await _check(version, action, messages.CallResult("", payload, action))


async def _check(version: Version, action: str, message: Any) -> None:
    try:
        await messages.validate_payload(message, version)
    except OCPPError as wrong:
        code = FORMAT[version] if wrong.code == "FormatViolation" else wrong.code
        raise Violation(f"{action}: {_place(wrong.__context__)}", code) from None
    except RecursionError:
        raise Violation(f"{action}: nested too deeply", FORMAT[version]) from None


def _place(cause: BaseException | None) -> str:
    """Say where a schema is broken and by which of its rules, without the value: it may be personal."""
    if not isinstance(cause, SchemaError):
        return "not as the schema says"
    return f"{cause.json_path} breaks the schema's {cause.validator!r}"
