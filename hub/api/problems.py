"""Every error as RFC 9457 problem details: `code` for machines, `detail` for people, never a stack trace."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from msgspec import Struct, field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from contract.errors import HemeiError, InvalidMessage, LinkError, Refused
from hub.access.access import SignInRefused
from hub.access.throttle import Throttled
from hub.alarms.journal import Stale
from hub.api.permissions import services_of
from hub.audit import requests
from hub.charging.refusals import ChargingRefused
from hub.disclosure.refusals import DisclosureRefused
from hub.disclosure.refusals import Stale as StaleDisclosure
from hub.history.influx.answers import HistoryUnavailable
from hub.plans.records import PlanRefused
from hub.posts.refusals import NotYourPost
from hub.preview.service import RETRY_AFTER_S, TooManyLooking
from hub.preview.watch import NoPicture
from hub.questions.sheets.formats import NotInstalled
from hub.referrals.refusals import ReferralRefused
from hub.register.refusals import RegisterRefused
from hub.register.refusals import Stale as StaleEntry
from hub.viid.refusals import StaleSubscription

MEDIA_TYPE: Final = "application/problem+json"
UNKNOWN: Final = frozenset(
    {
        "unknown-device",
        "unknown-action",
        "unknown-alarm",
        "unknown-post",
        "unknown-handover",
        "unknown-user",
        "unknown-token",
        "unknown-link",
    }
)
CLOSE_CODE: Final = 4000
"""A WebSocket is closed with this plus the HTTP status: 4401 not signed in, 4403 not allowed."""


class WrongField(Struct, frozen=True):
    """Where in the request something is wrong (`body.input`), and what."""

    where: str
    message: str


class ProblemDetails(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. `type` is always about:blank, so that `title` is the status in words."""

    type: str = field(default="about:blank")
    title: str
    status: int
    detail: str
    code: str
    errors: Sequence[WrongField] = ()
    alarm: Any = None
    """With code `stale-version`: the alarm as it is now."""
    now: Any = None
    """With code `stale-version`: what somebody wanted to change, as it is now."""


def problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    errors: Sequence[WrongField] = (),
    headers: Mapping[str, str] | None = None,
    **extension: Any,
) -> Response:
    """Answer with a problem; `code` is the status in words if nothing says it better."""
    title = HTTPStatus(status).phrase
    body = ProblemDetails(
        title=title,
        status=status,
        detail=detail,
        code=code or title.lower().replace(" ", "-").replace("'", ""),
        errors=errors,
        **extension,
    )
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)


def of_error(error: HemeiError) -> Response:
    """Answer with what one of our own errors means to the caller."""
    headers: dict[str, str] = {}
    if isinstance(error, Throttled):
        status = 429
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    elif isinstance(error, TooManyLooking):
        status = 503
        headers["Retry-After"] = str(RETRY_AFTER_S)
    elif isinstance(error, SignInRefused):
        status = 401
    elif isinstance(error, InvalidMessage):
        status = 404 if error.code in UNKNOWN else 422
    elif isinstance(error, NotYourPost):
        status = 403
    elif isinstance(
        error, ChargingRefused | DisclosureRefused | PlanRefused | ReferralRefused | RegisterRefused
    ):
        status = error.status
    elif isinstance(error, NotInstalled):
        status = 501
    elif isinstance(error, Refused):
        status = 409
    elif isinstance(error, LinkError | NoPicture | HistoryUnavailable):
        status = 503
    else:
        raise error
    return problem(status, str(error), code=error.code, headers=headers)


async def _on_hemei_error(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HemeiError)  # noqa: S101 - as registered below
    if isinstance(error, NotYourPost):
        await requests.refused(connection, str(error))
    return of_error(error)


async def _on_stale(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, Stale)  # noqa: S101 - as registered below
    view = services_of(connection).room.view(error.alarm)
    return problem(409, str(error), code=error.code, alarm=view)


async def _on_stale_entry(_: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, StaleEntry)  # noqa: S101 - as registered below
    return problem(409, str(error), code=error.code, now=error.now)


async def _on_stale_disclosure(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, StaleDisclosure)  # noqa: S101 - as registered below
    view = services_of(connection).room.police.disclosures.view(error.now)
    return problem(409, str(error), code=error.code, now=view)


async def _on_stale_subscription(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, StaleSubscription)  # noqa: S101 - as registered below
    view = services_of(connection).room.police.feed_desk.subscription(error.now)
    return problem(409, str(error), code=error.code, now=view)


async def _on_http_exception(connection: HTTPConnection, error: Exception) -> Response | None:
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered below
    if isinstance(connection, WebSocket):
        # Refused before it is accepted, a browser would see 1006 and not know why.
        await connection.accept()
        await connection.close(CLOSE_CODE + error.status_code, str(error.detail))
        return None
    if error.status_code == HTTPStatus.FORBIDDEN:
        await requests.refused(connection, str(error.detail))
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _on_invalid_request(_: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as registered below
    errors = [WrongField(_where(each["loc"]), each["msg"]) for each in error.errors()]
    detail = "; ".join(f"{each.where}: {each.message}" for each in errors)
    return problem(422, detail, code="invalid-request", errors=errors)


def _where(location: Sequence[Any]) -> str:
    return ".".join(map(str, location))


def handle_problems(app: FastAPI) -> None:
    """Have every foreseen error answered as a problem; `hub.api.shield` answers the unforeseen."""
    app.add_exception_handler(HemeiError, _on_hemei_error)
    app.add_exception_handler(Stale, _on_stale)
    app.add_exception_handler(StaleEntry, _on_stale_entry)
    app.add_exception_handler(StaleDisclosure, _on_stale_disclosure)
    app.add_exception_handler(StaleSubscription, _on_stale_subscription)
    app.add_exception_handler(HTTPException, _on_http_exception)  # type: ignore[arg-type]  # for WebSockets too
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
