"""Series to take away: CSV, XLSX and Parquet. Each time is in the audit."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from contract.clock import from_epoch_ms
from hub.access.roles import Permission, Principal
from hub.api.answers import answers
from hub.api.permissions import needs, services_of
from hub.api.questions_wanted import SheetWanted
from hub.api.routes import BASE
from hub.audit.requests import exported
from hub.months import Stretch
from hub.questions.named import Named
from hub.questions.sheets import text, workbook
from hub.questions.sheets.formats import PARQUET, PARQUET_TYPE, parquet_writer
from hub.questions.sheets.rows import Row

router: Final = APIRouter(prefix=BASE, tags=["history"])

Reader = Annotated[Principal, needs(Permission.HISTORY)]
Wanted = Annotated[SheetWanted, Query()]


def file_of(description: str, media_type: str) -> dict[int | str, dict[str, Any]]:
    """Describe for OpenAPI what is taken away."""
    return {200: {"description": description, "content": {media_type.partition(";")[0]: {}}}}


@router.get(
    "/trend.csv",
    summary="Series as CSV",
    responses=answers(None, 422) | file_of("A row for each value or step.", text.MEDIA_TYPE),
)
async def trend_csv(request: Request, who: Reader, wanted: Wanted) -> Response:
    """Take up to 8 properties away: UTF-8 with a mark, so that Excel and WPS show Chinese."""
    rows, name = await _rows(request, who, wanted, "csv")
    return StreamingResponse(
        _streamed(text.csv_pieces(rows)), media_type=text.MEDIA_TYPE, headers=_named(name)
    )


@router.get(
    "/trend.xlsx",
    summary="Series as XLSX",
    responses=answers(None, 422) | file_of("The same as a workbook.", workbook.MEDIA_TYPE),
)
async def trend_xlsx(request: Request, who: Reader, wanted: Wanted) -> Response:
    """Take up to 8 properties away as a workbook of at most a million rows (`too-many-rows`)."""
    rows, name = await _rows(request, who, wanted, "xlsx")
    write = partial(services_of(request).room.past.questions.workbook, rows)
    return await _written(write, name, workbook.MEDIA_TYPE)


@router.get(
    "/trend.parquet",
    summary="Series as Parquet",
    responses=answers(None, 422, 501) | file_of("The same for analysis.", PARQUET_TYPE),
)
async def trend_parquet(request: Request, who: Reader, wanted: Wanted) -> Response:
    """Take up to 8 properties away as Apache Parquet; `not-installed` (501) where the hub lacks pyarrow."""
    questions = services_of(request).room.past.questions
    await asyncio.to_thread(parquet_writer)
    rows, name = await _rows(request, who, wanted, PARQUET)
    about = {"series": series_told(questions.named(wanted.of)), "time_zone": str(questions.site.zone)}
    return await _written(partial(questions.parquet, rows, about), name, PARQUET_TYPE)


async def _written(write: Callable[[Path], Awaitable[None]], name: str, media_type: str) -> Response:
    """Have a file written, and gone once it is sent."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="hemei-export-")
    file = Path(folder.name) / name
    try:
        await write(file)
    except BaseException:
        folder.cleanup()
        raise
    gone = BackgroundTask(folder.cleanup)
    return FileResponse(file, media_type=media_type, headers=_named(name), background=gone)


async def _rows(
    request: Request, who: Principal, wanted: SheetWanted, ending: str
) -> tuple[Iterator[Row], str]:
    """Write into the audit who takes what away, then have it read as it is sent."""
    services = services_of(request)
    questions = services.room.past.questions
    properties, stretch = questions.named(wanted.of), wanted.stretch(services.clock.now())
    asked = wanted.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"of"})
    await exported(request, who, " ".join(wanted.of), format=ending, **asked)
    step_ms = None if wanted.step is None else wanted.step * 1000
    rows = questions.rows(properties, stretch, step_ms, wanted.language)
    return rows, file_name(properties, stretch, questions.site.zone, ending)


def file_name(properties: list[Named], stretch: Stretch, zone: Any, ending: str) -> str:
    """Name a file by what is in it: `east-in-position-20261124-20261130.csv`."""
    first = properties[0].series
    what = f"{first.address.device}-{first.property}" if len(properties) == 1 else f"{len(properties)}-series"
    days = [from_epoch_ms(each).astimezone(zone).strftime("%Y%m%d") for each in stretch]
    plain = "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in what)
    return f"{plain}-{days[0]}-{days[1]}.{ending}"


def series_told(properties: list[Named]) -> list[dict[str, Any]]:
    """Say of which properties a file is, in every language."""
    return [
        {
            "device": each.device,
            "device_title": each.device_title,
            "property": each.series.property,
            "title": each.title,
            "unit": each.unit,
            "type": each.type,
        }
        for each in properties
    ]


async def _streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
