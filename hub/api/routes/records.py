"""What is kept: events, series, pictures and clips."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, Response

from contract.clock import epoch_ms, from_epoch_ms, rfc3339
from contract.errors import InvalidMessage
from contract.topics import address
from hub.access.roles import Permission, Principal
from hub.api.answers import EventPage, PointView, SeriesView, answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.services import MAX_EVENTS
from hub.audit.requests import MEDIA_VIEWED, looked
from hub.history.store import Aggregate, SeriesKey
from hub.history.store import Query as SeriesQuery
from hub.passes.veil import shown_to

router: Final = APIRouter(prefix=BASE)

MAX_POINTS: Final = 10_000
LAST_HOUR: Final = timedelta(hours=1)

Filter = Annotated[str | None, Field(max_length=256)]
Seq = Annotated[int | None, Field(ge=0, lt=2**63)]


class EventsWanted(BaseModel):
    """Which events, and how many."""

    model_config = ConfigDict(extra="forbid")

    site: Filter = None
    kind: Filter = None
    device: Filter = None
    type: Filter = None
    source: Filter = None
    after: Seq = None
    before: Seq = None
    limit: int = Field(default=100, ge=1, le=MAX_EVENTS)
    newest_first: bool = False

    def filters(self) -> dict[str, str]:
        """Return the columns that must be equal."""
        return self.model_dump(include={"site", "kind", "device", "type", "source"}, exclude_none=True)


class StretchWanted(BaseModel):
    """Which series, and which stretch of it."""

    model_config = ConfigDict(extra="forbid")

    device: str = Field(description="site/kind/device")
    property: str = Field(min_length=1, max_length=256)
    start: AwareDatetime | None = Field(default=None, alias="from", description="default: 1 h before `to`")
    end: AwareDatetime | None = Field(default=None, alias="to", description="not included; default: now")
    step: float | None = Field(default=None, gt=0, le=366 * 86400, allow_inf_nan=False, description="seconds")
    aggregate: Aggregate | None = Field(default=None, description="default: raw; with a step, mean")

    def query(self, tenant: str, now: datetime) -> SeriesQuery:
        """Ask the store for it; InvalidMessage says what does not fit together."""
        until = self.end or now
        since = self.start or until - LAST_HOUR
        aggregate = self.aggregate or (Aggregate.RAW if self.step is None else Aggregate.MEAN)
        if (aggregate is Aggregate.RAW) != (self.step is None):
            raise InvalidMessage("raw takes no step, every other aggregate needs one", code="bad-step")
        if since >= until:
            raise InvalidMessage("`from` must be before `to`", code="bad-stretch")
        if self.step is not None and (until - since).total_seconds() / self.step > MAX_POINTS:
            raise InvalidMessage(f"that is more than {MAX_POINTS} steps; take longer ones", code="bad-step")
        return SeriesQuery(
            series=SeriesKey(tenant, address(self.device), self.property),
            start_ms=epoch_ms(since),
            end_ms=epoch_ms(until),
            aggregate=aggregate,
            step_ms=None if self.step is None else max(1, round(self.step * 1000)),
            limit=MAX_POINTS,
        )


@router.get("/events", tags=["events"], summary="The ledger of events", responses=answers(EventPage))
async def events(
    request: Request,
    who: Annotated[Principal, needs(Permission.EVENTS)],
    wanted: Annotated[EventsWanted, Query()],
) -> Response:
    """List events in the order of their commit. Give `next` as `after`, again and again, to follow it.

    Newest first, give it as `before`; it is null when there is nothing older. Plates are left out for whoever
    may not take sheets of passes away.
    """
    found = await asyncio.to_thread(
        services_of(request).events.find,
        tenant=who.tenant,
        equal=wanted.filters(),
        after=wanted.after,
        before=wanted.before,
        limit=wanted.limit,
        newest_first=wanted.newest_first,
    )
    end = None if wanted.newest_first else wanted.after
    if found and (not wanted.newest_first or len(found) == wanted.limit):
        end = found[-1].seq
    return json_answer(EventPage(shown_to(who, found), end))


@router.get("/history", tags=["history"], summary="A series", responses=answers(SeriesView, 422))
async def history(
    request: Request,
    who: Annotated[Principal, needs(Permission.HISTORY)],
    wanted: Annotated[StretchWanted, Query()],
) -> Response:
    """Return one property over time: as it came, or summed up in steps, all of them whole."""
    services = services_of(request)
    query = wanted.query(who.tenant, services.clock.now())
    points = await asyncio.to_thread(services.history.read, query)
    view = SeriesView(
        device=wanted.device,
        property=wanted.property,
        aggregate=query.aggregate,
        step=wanted.step,
        points=[PointView(rfc3339(from_epoch_ms(point.ts_ms)), point.value) for point in points],
        truncated=len(points) >= MAX_POINTS,
    )
    return json_answer(view)


@router.get(
    "/media/{sha256}",
    tags=["events"],
    summary="A picture or clip",
    responses={200: {"description": "The bytes.", "content": {"*/*": {}}}, **answers(None, 404, ok=304)},
)
async def media(
    request: Request,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    who: Annotated[Principal, needs(Permission.MEDIA)],
) -> Response:
    """Return a picture or clip that an event names. What has this name can never change."""
    path = await asyncio.to_thread(services_of(request).media.path, sha256)
    if path is None:
        raise HTTPException(404, "there is no such picture or clip")
    await looked(request, who, MEDIA_VIEWED, sha256)
    kind = await asyncio.to_thread(media_type, path)
    headers = {
        # What is kept by a browser would be seen by the next person there without being on record.
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, media_type=kind, headers=headers)


_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
)


def media_type(path: FilePath) -> str:
    """Tell by its first bytes what a file is; what we do not know, no browser shall guess."""
    with path.open("rb") as file:
        head = file.read(16)
    for offset, signature, kind in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return kind
    return "application/octet-stream"
