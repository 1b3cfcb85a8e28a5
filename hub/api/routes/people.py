"""Who may sign in, and as what. Links are shown once; every look and every change is in the audit."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import rfc3339_ms
from contract.errors import Refused
from hub.access.accounts import LINK_LIFETIME_S, NAME
from hub.access.roles import Permission, Principal, Role
from hub.access.store import User
from hub.api.answers import answers, json_answer
from hub.api.handing import hand
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.audit.requests import (
    LINK_MADE,
    PASSWORD_SET,
    PEOPLE_VIEWED,
    PERSON_ADDED,
    PERSON_CHANGED,
    SESSIONS_ENDED,
    looked,
    written,
)

router: Final = APIRouter(prefix=f"{BASE}/people", tags=["people"])

Admin = Annotated[Principal, needs(Permission.PEOPLE)]
Name = Annotated[str, Path(pattern=NAME, description="the name with which they sign in")]


class UserView(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in. `password`: whether they have one, else they come by link alone.

    `seen` is when they were last known to do something; null: never.
    """

    name: str
    role: Role
    enabled: bool
    password: bool
    created: str
    seen: str | None


class UserList(Struct, frozen=True):
    """Everybody with an account, by name."""

    people: Sequence[UserView]


class OneTimeLink(Struct, frozen=True, kw_only=True):
    """A link that signs somebody in once, until it `expires`; shown this once. `qr`: the same as SVG."""

    link: str
    qr: str
    expires: str


ANSWERS: Final = (UserList, UserView, OneTimeLink)
"""What the OpenAPI document must describe."""


class NewUser(BaseModel):
    """Somebody new."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    role: Role


class UserChange(BaseModel):
    """What of an account becomes different."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    enabled: bool | None = None


class LinkWanted(BaseModel):
    """What a link is for. `forget_password`: they no longer know it, and set another after signing in."""

    model_config = ConfigDict(extra="forbid")

    forget_password: bool = False


@router.get("", summary="Who may sign in", responses=answers(UserList))
async def users(request: Request, who: Admin) -> Response:
    """List everybody with an account."""
    await looked(request, who, PEOPLE_VIEWED, "everybody")
    return json_answer(UserList(await _views(request, await services_of(request).access.users())))


@router.post("", summary="Add somebody", status_code=201, responses=answers(UserView, 422, ok=201))
async def add_user(request: Request, who: Admin, body: NewUser) -> Response:
    """Open an account without a password: a one-time link is their first way in. 422 `name-taken`."""
    within = written(request, who, PERSON_ADDED, f"user:{body.name}", role=body.role.value)
    await services_of(request).access.create_user(body.name, body.role, within=within)
    return json_answer(await _view(request, body.name), 201)


@router.patch("/{name}", summary="Change an account", responses=answers(UserView, 404, 409, 422))
async def change_user(request: Request, who: Admin, name: Name, body: UserChange) -> Response:
    """Give another role, close or reopen; their sessions and links end at once. 409 `last-admin`."""
    values = body.model_dump(mode="json", exclude_none=True)
    if values:
        within = written(request, who, PERSON_CHANGED, f"user:{name}", **values)
        await services_of(request).access.change(name, within, **values)
    return json_answer(await _view(request, name))


@router.post(
    "/{name}/link", summary="Make a link", status_code=201, responses=answers(OneTimeLink, 404, 409, ok=201)
)
async def make_sign_in_link(
    request: Request, who: Admin, name: Name, body: LinkWanted | None = None
) -> Response:
    """Make a link that signs them in once, shown this once. 409 `account-closed`."""
    access = services_of(request).access
    user = await access.user(name)
    if not user.enabled:
        raise Refused(f"the account {name} is closed; reopen it first", code="account-closed")
    if body is not None and body.forget_password:
        forgotten = written(request, who, PASSWORD_SET, f"user:{name}", forgotten=True)
        await access.forget_password(name, forgotten)
    within = written(request, who, LINK_MADE, f"user:{name}")
    handed = hand(request, f"/signin?token={await access.create_link(user.role, name, within=within)}")
    expires = rfc3339_ms(services_of(request).clock.now_ms() + LINK_LIFETIME_S * 1000)
    return json_answer(OneTimeLink(link=handed.link, qr=handed.qr, expires=expires), 201)


@router.delete(
    "/{name}/sessions",
    status_code=204,
    summary="Sign somebody out everywhere",
    responses=answers(None, 404, ok=204),
)
async def end_sessions(request: Request, who: Admin, name: Name) -> Response:
    """End all sessions and links of somebody, at once."""
    within = written(request, who, SESSIONS_ENDED, f"user:{name}")
    await services_of(request).access.end_sessions(name, within)
    return Response(status_code=204)


async def _view(request: Request, name: str) -> UserView:
    return (await _views(request, [await services_of(request).access.user(name)]))[0]


async def _views(request: Request, users: Sequence[User]) -> list[UserView]:
    services = services_of(request)
    signed_in = await services.access.seen()
    did = await services.room.auditor.last_of([f"user:{user.name}" for user in users])
    return [
        UserView(
            name=user.name,
            role=user.role,
            enabled=user.enabled,
            password=user.password is not None,
            created=rfc3339_ms(user.created_ms),
            seen=_text(max(signed_in.get(user.name, 0), did.get(f"user:{user.name}", 0))),
        )
        for user in users
    ]


def _text(ms: int) -> str | None:
    return rfc3339_ms(ms) if ms else None
