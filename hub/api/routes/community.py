"""The residents' public page, for whoever has its link; and the links, for administrators. None, at first.

Only months that are over are shown: of one that goes on, two looks would tell what happened between them.
"""

import math
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from contract.clock import rfc3339_ms
from contract.errors import InvalidMessage
from hub.access.roles import Permission, Principal
from hub.access.throttle import Throttled
from hub.api.answers import answers, json_answer
from hub.api.handing import Handed, hand, qr_code
from hub.api.inline import policy_for
from hub.api.permissions import PUBLIC, needs, services_of
from hub.api.routes import BASE
from hub.api.strangers import strangers_of
from hub.audit.requests import (
    COMMUNITY_LINK_MADE,
    COMMUNITY_LINK_REVOKED,
    COMMUNITY_LINKS_VIEWED,
    looked,
    written,
)
from hub.community.links import CommunityLink, PageGone, PageUnknown
from hub.community.page import STYLE, Around, community_page, sorry_page
from hub.monthly.view import Words
from hub.monthly.wording import Language
from hub.months import Month, month_at

router: Final = APIRouter()

MONTHS: Final = 12
"""So far back the page goes."""

LONGEST_DAYS: Final = 1830
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
HEADERS: Final = {"Content-Security-Policy": policy_for(script="", style=STYLE)}
UNKNOWN: Final[Words] = {
    "zh-CN": "这个网址不对。请向物业要正确的网址，或重新扫码。",
    "en": "This address is not right. Ask the property office for it, or scan the code again.",
}
GONE: Final[Words] = {
    "zh-CN": "这个网址已经停用。请向物业要新的。",
    "en": "This address was withdrawn. Ask the property office for the new one.",
}
TOO_OFTEN: Final[Words] = {
    "zh-CN": "访问太频繁，请过一会儿再试。",
    "en": "Too many requests came from this network; wait a while.",
}


class CommunityLinkView(Struct, frozen=True, kw_only=True):
    """A link to the public page, without its secret. `expires` null: holds until it is revoked."""

    id: str
    name: str
    made: str
    made_by: str
    expires: str | None


class CommunityLinkList(Struct, frozen=True):
    """All links that open the public page, the newest first; none: there is no such page."""

    links: Sequence[CommunityLinkView]


class NewCommunityLink(CommunityLinkView, frozen=True, kw_only=True):
    """A link with its address, which cannot be shown again."""

    page: Handed


ANSWERS: Final = (CommunityLinkList, CommunityLinkView, NewCommunityLink)
"""What the OpenAPI document must describe."""


class CommunityLinkWanted(BaseModel):
    """A link to the public page; `name` says where it hangs. Without `days` it holds until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)


Admin = Annotated[Principal, needs(Permission.TOKENS)]
LinkId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get(
    f"{BASE}/community-links",
    tags=["community"],
    summary="Links to the public page",
    responses=answers(CommunityLinkList),
)
async def community_links(request: Request, who: Admin) -> Response:
    """List the links, without their secrets."""
    await looked(request, who, COMMUNITY_LINKS_VIEWED, "all")
    found = await services_of(request).room.community.all()
    return json_answer(CommunityLinkList([CommunityLinkView(**_fields(each)) for each in found]))


@router.post(
    f"{BASE}/community-links",
    tags=["community"],
    summary="Open the public page",
    status_code=201,
    responses=answers(NewCommunityLink, 422, ok=201),
)
async def make_community_link(request: Request, who: Admin, body: CommunityLinkWanted) -> Response:
    """Make a link; its address is shown this once, as text and as a QR code."""
    link, secret = await services_of(request).room.community.make(
        body.name,
        body.days,
        who.name,
        lambda ident: written(request, who, COMMUNITY_LINK_MADE, ident, name=body.name, days=body.days),
    )
    page = hand(request, f"/community/{secret.text}")
    return json_answer(NewCommunityLink(**_fields(link), page=page), 201)


@router.delete(
    f"{BASE}/community-links/{{link}}",
    tags=["community"],
    status_code=204,
    summary="Revoke a link to the public page",
    responses=answers(None, 404, ok=204),
)
async def revoke_community_link(request: Request, who: Admin, link: LinkId) -> Response:
    """Have a link open nothing any more, at once."""
    within = written(request, who, COMMUNITY_LINK_REVOKED, link)
    if not await services_of(request).room.community.revoke(link, who.name, within):
        raise InvalidMessage(f"there is no link {link}", code="unknown-link")
    return Response(status_code=204)


@router.get("/community/{key}", include_in_schema=False, dependencies=[PUBLIC])
async def community(
    request: Request, key: str, month: str | None = None, language: str = "zh-CN"
) -> Response:
    """Show the totals of a month that is over, by default of the last one."""
    spoken: Language = "en" if language == "en" else "zh-CN"
    strangers, address = strangers_of(request)
    try:
        with strangers.look(address):
            await services_of(request).room.community.check(_key(key))
    except PageUnknown:
        return _sorry(UNKNOWN, spoken, HTTPStatus.NOT_FOUND)
    except PageGone:
        return _sorry(GONE, spoken, HTTPStatus.GONE)
    except Throttled as throttled:
        wait = {"Retry-After": str(math.ceil(throttled.retry_after_s))}
        return _sorry(TOO_OFTEN, spoken, HTTPStatus.TOO_MANY_REQUESTS, wait)
    return await _shown(request, month, spoken)


async def _shown(request: Request, wanted: str | None, language: Language) -> Response:
    services = services_of(request)
    reports = services.room.past.monthly
    last = month_at(services.clock.now_ms(), reports.zone).moved(-1)
    months = {str(each): each for each in (last.moved(-back) for back in range(MONTHS))}
    month: Month = months.get(wanted or "", last)
    report = await reports.make(str(month))
    earlier, later = (str(month.moved(step)) for step in (-1, 1))
    began = report.begun is None or report.begun >= report.start
    around = Around(
        earlier=earlier if earlier in months and not began else None,
        later=later if later in months else None,
        qr=qr_code(str(request.url.replace(query=""))),
    )
    return HTMLResponse(community_page(report, language, around), headers=HEADERS)


def _key(given: str) -> str:
    """Return what can be a key; anything else need not be looked up."""
    if not _SECRET.fullmatch(given):
        raise PageUnknown("there is no such page")
    return given


def _sorry(
    reason: Words, language: Language, status: HTTPStatus, headers: dict[str, str] | None = None
) -> Response:
    return HTMLResponse(sorry_page(reason, language), status, HEADERS | (headers or {}))


def _fields(link: CommunityLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "name": link.name,
        "made": rfc3339_ms(link.made_ms),
        "made_by": link.made_by,
        "expires": None if link.expires_ms is None else rfc3339_ms(link.expires_ms),
    }
