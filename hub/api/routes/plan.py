"""The site plan, a picture."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE

router: Final = APIRouter(prefix=BASE, tags=["devices"])

HEADERS: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""Opened by itself, nothing in it runs and nothing is fetched. Its address changes with its content."""


@router.get(
    "/plan",
    summary="The site plan",
    responses=answers(None, 404) | {200: {"description": "A drawing.", "content": {"image/svg+xml": {}}}},
)
async def plan(
    request: Request, who: Annotated[Principal, needs(Permission.DEVICES)], v: str | None = None
) -> Response:
    """Return the drawing on which devices stand at their `location`: `x` and `y` from 0 to 1."""
    found = services_of(request).plan
    if found is None or (v is not None and v != found.digest):
        raise HTTPException(404, "there is no such plan")
    headers = HEADERS if v is not None else HEADERS | {"Cache-Control": "no-cache"}
    return Response(found.svg, headers=headers, media_type="image/svg+xml")
