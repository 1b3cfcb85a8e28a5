"""OCPP-J messages on the wire, without a socket: what a frame says, and what is said back.

OCPP-J 1.6 §4 and OCPP 2.0.1 part 4 §4: a JSON array of type, message id, and what the type needs.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

Version = Literal["1.6", "2.0.1"]
Payload = dict[str, Any]

UNREADABLE_ID: Final = "-1"
"""Stands for a message id that could not be read (OCPP 2.0.1 part 4 §4.2.3)."""

LONGEST_ID: Final = 255
"""Both versions say 36; some posts put more into it."""

CALL: Final = 2
RESULT: Final = 3
ERROR: Final = 4

FRAMEWORK: Final[Mapping[Version, str]] = {"1.6": "FormationViolation", "2.0.1": "RpcFrameworkError"}
FORMAT: Final[Mapping[Version, str]] = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}
"""The same fault by its name in each version."""


class Call(NamedTuple):
    """The post asks something."""

    id: str
    action: str
    payload: Payload


class Result(NamedTuple):
    """The post answers what we asked."""

    id: str
    payload: Payload


class Failure(NamedTuple):
    """The post says why it does not do what we asked."""

    id: str
    code: str
    description: str


class Nonsense(Exception):
    """A frame that is not OCPP-J. `code` None: the rules forbid an answer, or foresee none."""

    def __init__(self, what: str, code: str | None, id: str = UNREADABLE_ID) -> None:
        super().__init__(what)
        self.code = code
        self.id = id


def parse(raw: str | bytes, version: Version) -> Call | Result | Failure:
    """Read a frame; Nonsense says what is wrong, and never what is in it."""
    parts = _array(raw, version)
    kind, ident = (*parts[:2], None, None)[:2]
    if not (isinstance(ident, str) and 0 < len(ident) <= LONGEST_ID):
        answered = kind not in (RESULT, ERROR)
        raise Nonsense("no message id", FRAMEWORK[version] if answered else None)
    if kind == CALL:
        return _call(ident, parts, version)
    if kind == RESULT:
        if len(parts) == 3 and isinstance(parts[2], dict):
            return Result(ident, parts[2])
        raise Nonsense("a CALLRESULT without a payload", None, ident)
    if kind == ERROR:
        return _failure(ident, parts)
    # 1.6 §4.1.3 wants it ignored, 2.0.1 part 4 §4.1.3 answered.
    raise Nonsense("unknown message type", "MessageTypeNotSupported" if version == "2.0.1" else None, ident)


def call(ident: str, action: str, payload: Payload) -> str:
    """Write a request of ours."""
    return _text([CALL, ident, action, payload])


def result(ident: str, payload: Payload) -> str:
    """Write our answer."""
    return _text([RESULT, ident, payload])


def error(ident: str, code: str, description: str) -> str:
    """Write why we do not do what was asked; at most 255 characters (OCPP 2.0.1 part 4 §4.2.3)."""
    return _text([ERROR, ident, code, description[:255], {}])


def _array(raw: str | bytes, version: Version) -> list[Any]:
    if isinstance(raw, bytes):
        raise Nonsense("a binary frame", FRAMEWORK[version])
    try:
        said = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise Nonsense("not JSON", FRAMEWORK[version]) from None
    if not isinstance(said, list):
        raise Nonsense("not an array", FRAMEWORK[version])
    return said


def _call(ident: str, parts: list[Any], version: Version) -> Call:
    if len(parts) != 4:
        raise Nonsense("a CALL of other than four parts", FORMAT[version], ident)
    action, payload = parts[2:]
    if not isinstance(action, str):
        raise Nonsense("a CALL whose action is no text", FORMAT[version], ident)
    if not isinstance(payload, dict):
        raise Nonsense("a CALL whose payload is no object", FORMAT[version], ident)
    return Call(ident, action, payload)


def _failure(ident: str, parts: list[Any]) -> Failure:
    code, description = (*parts[2:4], "", "")[:2]
    if not (isinstance(code, str) and isinstance(description, str)):
        raise Nonsense("a CALLERROR without a code", None, ident)
    return Failure(ident, code, description)


def _text(parts: list[Any]) -> str:
    return msgspec.json.encode(parts).decode()
