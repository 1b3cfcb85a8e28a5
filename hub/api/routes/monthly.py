"""The monthly report of the community: as JSON, as a page to print, as PDF. Each look is in the audit."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.inline import policy_for
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.audit.requests import REPORT_VIEWED, looked
from hub.monthly.page import STYLE
from hub.monthly.view import ANSWERS, MonthlyReport
from hub.monthly.wording import Language
from hub.months import PATTERN

__all__ = ["ANSWERS", "router"]

router: Final = APIRouter(prefix=f"{BASE}/reports/monthly", tags=["reports"])

PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A4, to print and to file.", "content": {"application/pdf": {}}}
}
HTML: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A page to read and to print.", "content": {"text/html": {}}}
}
HEADERS: Final = {"Content-Security-Policy": policy_for(script="", style=STYLE)}

Reader = Annotated[Principal, needs(Permission.REPORTS)]
Month = Annotated[str, Path(pattern=PATTERN, description="a month of the site's time zone: 2026-11")]
Spoken = Annotated[Language, Query(description="of the texts")]


@router.get("/{month}.html", summary="Monthly report as a page", responses=answers(None, 422) | HTML)
async def monthly_page(request: Request, who: Reader, month: Month, language: Spoken = "zh-CN") -> Response:
    """Show a month, against the one before, as one page that needs nothing else. 422 `bad-month`."""
    await looked(request, who, REPORT_VIEWED, month, form="html")
    page = await services_of(request).room.past.monthly.page(month, language, who.name)
    return HTMLResponse(page, headers=HEADERS)


@router.get("/{month}.pdf", summary="Monthly report as PDF", responses=answers(None, 422) | PDF)
async def monthly_pdf(request: Request, who: Reader, month: Month, language: Spoken = "zh-CN") -> Response:
    """Return the same as PDF with the letters that it needs in it. 422 `bad-month`."""
    await looked(request, who, REPORT_VIEWED, month, form="pdf")
    written = await services_of(request).room.past.monthly.pdf(month, language, who.name)
    headers = {"Content-Disposition": f'attachment; filename="hemei-{month}.pdf"'}
    return Response(written, media_type="application/pdf", headers=headers)


@router.get("/{month}", summary="Monthly report", responses=answers(MonthlyReport, 422))
async def monthly(request: Request, who: Reader, month: Month) -> Response:
    """Return what a month shows, against the one before; one that goes on, so far. 422 `bad-month`."""
    await looked(request, who, REPORT_VIEWED, month, form="json")
    return json_answer(await services_of(request).room.past.monthly.make(month))
