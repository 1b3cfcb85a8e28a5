"""Tokens that let screens and machines in. A secret is shown once; looks and changes are in the audit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import rfc3339_ms
from contract.errors import InvalidMessage
from hub.access.accounts import NAME
from hub.access.roles import Permission, Principal, Role
from hub.access.store import Token
from hub.api.answers import answers, json_answer
from hub.api.handing import Handed, hand
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.audit.requests import TOKEN_MADE, TOKEN_REVOKED, TOKENS_VIEWED, looked, written

router: Final = APIRouter(prefix=f"{BASE}/tokens", tags=["tokens"])

LONGEST_DAYS: Final = 3650
Admin = Annotated[Principal, needs(Permission.TOKENS)]
Name = Annotated[str, Path(pattern=NAME)]


class TokenView(Struct, frozen=True, kw_only=True):
    """A token without its secret. One of role `wall` opens a screen. `expires` null: holds until revoked.

    `seen` is when it was last used, to the minute; null: never.
    """

    name: str
    role: Role
    created: str
    expires: str | None
    seen: str | None


class TokenList(Struct, frozen=True):
    """All tokens, by name."""

    tokens: Sequence[TokenView]


class NewToken(Struct, frozen=True, kw_only=True):
    """A token with its secret, which cannot be shown again. `screen`: what a screen opens; null: none."""

    name: str
    role: Role
    token: str
    expires: str | None
    screen: Handed | None


ANSWERS: Final = (NewToken, TokenList, TokenView)
"""What the OpenAPI document must describe."""


class TokenWanted(BaseModel):
    """A token for a screen (role `wall`) or a machine; without `days` it holds until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    role: Role
    days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)


@router.get("", summary="Screens and machines", responses=answers(TokenList))
async def tokens(request: Request, who: Admin) -> Response:
    """List the tokens, without their secrets."""
    await looked(request, who, TOKENS_VIEWED, "all")
    return json_answer(TokenList([_view(each) for each in await services_of(request).access.tokens()]))


@router.post("", summary="Make a token", status_code=201, responses=answers(NewToken, 422, ok=201))
async def make_token(request: Request, who: Admin, body: TokenWanted) -> Response:
    """Make a token; its secret is shown this once. 422 `name-taken`."""
    services = services_of(request)
    lifetime_s = None if body.days is None else timedelta(days=body.days).total_seconds()
    within = written(request, who, TOKEN_MADE, f"token:{body.name}", role=body.role.value, days=body.days)
    secret = await services.access.create_token(body.name, body.role, lifetime_s, within)
    ends = None if lifetime_s is None else rfc3339_ms(services.clock.now_ms() + round(lifetime_s * 1000))
    screen = hand(request, f"/wall?kiosk={secret}") if body.role is Role.WALL else None
    made = NewToken(name=body.name, role=body.role, token=secret, expires=ends, screen=screen)
    return json_answer(made, 201)


@router.delete("/{name}", status_code=204, summary="Revoke a token", responses=answers(None, 404, ok=204))
async def revoke_token(request: Request, who: Admin, name: Name) -> Response:
    """Shut a screen or a machine out at once; what it looks at ends."""
    within = written(request, who, TOKEN_REVOKED, f"token:{name}")
    if not await services_of(request).access.revoke_token(name, within):
        raise InvalidMessage(f"there is no token {name}", code="unknown-token")
    return Response(status_code=204)


def _view(token: Token) -> TokenView:
    return TokenView(
        name=token.name,
        role=token.role,
        created=rfc3339_ms(token.created_ms),
        expires=_text(token.expires_ms),
        seen=_text(token.seen_ms),
    )


def _text(ms: int | None) -> str | None:
    return None if ms is None else rfc3339_ms(ms)
