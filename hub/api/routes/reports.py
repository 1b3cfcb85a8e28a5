"""Figures about alarms, and whether the site meets what tenders ask: as JSON, and as CSV to take away."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from msgspec import Struct, field
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import epoch_ms, rfc3339_ms
from contract.errors import InvalidMessage
from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.reports.load import Figure, TopRow
from hub.reports.sheet import load_sheet, tender_sheet
from hub.reports.tender import TenderRow

router: Final = APIRouter(prefix=f"{BASE}/reports", tags=["reports"])

LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=7)
USUAL_TENDER: Final = timedelta(days=30)
CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "A table.", "content": {"text/csv": {}}}}


class AlarmReport(Struct, frozen=True, kw_only=True):
    """The alarm load of a stretch. `per_ten_minutes`: how many alarms in each slot, the first from `from`."""

    start: str = field(name="from")
    end: str = field(name="to")
    figures: Sequence[Figure]
    per_ten_minutes: Sequence[int]
    top: Sequence[TopRow]


class TenderReport(Struct, frozen=True, kw_only=True):
    """What tenders ask, each with what this site's own data show; `measured` null: not measured yet."""

    start: str = field(name="from")
    end: str = field(name="to")
    rows: Sequence[TenderRow]


class Stretch(BaseModel):
    """Which time."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime | None = Field(default=None, alias="from", description="default: 7 (tender: 30) d")
    end: AwareDatetime | None = Field(default=None, alias="to", description="not included; default: now")
    language: Literal["zh-CN", "en"] = Field(default="zh-CN", description="of a CSV")

    def span(self, now: datetime, usual: timedelta) -> tuple[int, int]:
        """Return begin and end in ms since 1970; InvalidMessage if that is no stretch of time."""
        end = self.end or now
        start = self.start or end - usual
        if not timedelta(0) < end - start <= LONGEST:
            raise InvalidMessage("`from` must be before `to`, by at most 366 days", code="bad-stretch")
        return epoch_ms(start), epoch_ms(end)


class LoadWanted(Stretch):
    """Which time, and at which post."""

    post: str | None = Field(default=None, max_length=64, description="default: everywhere")


Reader = Annotated[Principal, needs(Permission.REPORTS)]


@router.get("/alarms", summary="Alarm load (EEMUA 191)", responses=answers(AlarmReport, 404, 422))
async def alarm_report(request: Request, who: Reader, wanted: Annotated[LoadWanted, Query()]) -> Response:
    """Return how many alarms people got, how they came, and how soon they were acknowledged."""
    services = services_of(request)
    start_ms, end_ms = wanted.span(services.clock.now(), USUAL)
    found = await services.room.past.reports.load(start_ms, end_ms, wanted.post)
    report = AlarmReport(
        start=rfc3339_ms(start_ms),
        end=rfc3339_ms(end_ms),
        figures=found.figures,
        per_ten_minutes=found.per_ten_minutes,
        top=found.top,
    )
    return json_answer(report)


@router.get("/alarms.csv", summary="Alarm load as CSV", responses=answers(None, 404, 422) | CSV)
async def alarm_report_csv(request: Request, who: Reader, wanted: Annotated[LoadWanted, Query()]) -> Response:
    """Return the figures and the top ten as a table."""
    services = services_of(request)
    span = wanted.span(services.clock.now(), USUAL)
    found = await services.room.past.reports.load(*span, wanted.post)
    return _csv(load_sheet(found, wanted.language), "alarms.csv")


@router.get("/tender", summary="What tenders ask", responses=answers(TenderReport, 422))
async def tender_report(request: Request, who: Reader, wanted: Annotated[Stretch, Query()]) -> Response:
    """Return each demand of the standards with what was measured here."""
    services = services_of(request)
    start_ms, end_ms = wanted.span(services.clock.now(), USUAL_TENDER)
    rows = await services.room.past.reports.tender(start_ms, end_ms)
    return json_answer(TenderReport(start=rfc3339_ms(start_ms), end=rfc3339_ms(end_ms), rows=rows))


@router.get("/tender.csv", summary="What tenders ask, as CSV", responses=answers(None, 422) | CSV)
async def tender_report_csv(request: Request, who: Reader, wanted: Annotated[Stretch, Query()]) -> Response:
    """Return the same as a table."""
    services = services_of(request)
    rows = await services.room.past.reports.tender(*wanted.span(services.clock.now(), USUAL_TENDER))
    return _csv(tender_sheet(rows, wanted.language), "tender.csv")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
