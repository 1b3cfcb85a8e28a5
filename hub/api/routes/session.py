"""Signing in and out, by password or one-time link."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection
from starlette.responses import Response

from contract.errors import Refused
from hub.access.access import SignedIn
from hub.access.roles import SESSION_LIMITS, Principal
from hub.api.answers import WhoAmI, answers, json_answer, who_am_i
from hub.api.permissions import (
    COOKIE,
    PUBLIC,
    SECURE_COOKIE,
    SIGNED_IN,
    check_origin,
    is_secure,
    services_of,
)
from hub.api.routes import BASE
from hub.audit import requests

router: Final = APIRouter(prefix=BASE, tags=["session"])


class PasswordState(Struct, frozen=True, kw_only=True):
    """Whether whoever is signed in has an account of their `own`, and whether a password is `set` for it."""

    own: bool
    set: bool


class SignIn(BaseModel):
    """A person's name and password."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(max_length=256)
    password: str = Field(max_length=1024)


class NewPassword(BaseModel):
    """The password that somebody wants, and the one they have; empty where there is none."""

    model_config = ConfigDict(extra="forbid")

    current: str = Field(default="", max_length=1024)
    password: str = Field(max_length=1024)


@router.post("/session", dependencies=[PUBLIC], summary="Sign in", responses=answers(WhoAmI, 401, 429))
async def sign_in(request: Request, body: SignIn) -> Response:
    """Begin a session; the answer sets its cookie. After too many failures: 429 with `Retry-After`."""
    check_origin(request, required=False)
    access = services_of(request).access
    signed_in = await access.sign_in(body.username, body.password, client_of(request))
    await requests.signed_in(request, signed_in.principal, "password")
    answer = json_answer(who_am_i(signed_in.principal))
    set_cookie(request, answer, signed_in)
    return answer


@router.get("/session", summary="Who am I", responses=answers(WhoAmI))
async def whoami(who: Annotated[Principal, SIGNED_IN]) -> Response:
    """Who is signed in, and what they may do."""
    return json_answer(who_am_i(who))


@router.get("/session/password", summary="Have I a password", responses=answers(PasswordState))
async def password_state(request: Request, who: Annotated[Principal, SIGNED_IN]) -> Response:
    """Whether whoever is signed in has a password; a desk, a screen or a machine has none of its own."""
    kind, _, name = who.name.partition(":")
    if kind != "user":
        return json_answer(PasswordState(own=False, set=False))
    user = await services_of(request).access.user(name)
    return json_answer(PasswordState(own=True, set=user.password is not None))


@router.put(
    "/session/password",
    status_code=204,
    summary="Set my password",
    responses=answers(None, 409, 422, 429, ok=204),
)
async def set_password(request: Request, who: Annotated[Principal, SIGNED_IN], body: NewPassword) -> Response:
    """Set one's own password, 10 to 128 characters; one's other sessions and links end.

    422 `bad-password` or `wrong-password`; 409 `no-account`: this sign-in is nobody's.
    """
    within = requests.written(request, who, requests.PASSWORD_SET, who.name)
    access, address = services_of(request).access, client_of(request)
    await access.change_password(who, body.current, body.password, address, within)
    return Response(status_code=204)


@router.delete("/session", status_code=204, summary="Sign out", responses=answers(None, 409, ok=204))
async def sign_out(request: Request, who: Annotated[Principal, SIGNED_IN]) -> Response:
    """End the session."""
    if not who.by_cookie:
        raise Refused("a machine token does not sign out; revoke it", code="machine-token")
    await services_of(request).access.sign_out(who)
    await requests.signed_out(request, who)
    answer = Response(status_code=204)
    name = SECURE_COOKIE if is_secure(request) else COOKIE
    answer.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="strict")
    return answer


def set_cookie(request: HTTPConnection, answer: Response, signed_in: SignedIn) -> None:
    """Give the browser its session, out of reach of scripts and of other sites."""
    secure = is_secure(request)
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        signed_in.cookie,
        max_age=SESSION_LIMITS[signed_in.principal.role].longest_s,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def client_of(request: HTTPConnection) -> str:
    """Return the caller's address, for throttling."""
    return request.client.host if request.client else "unknown"
