"""Imports of people, vehicles and blocked plates: upload, look at what would happen, confirm exactly that."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from hub.api.answers import answers, json_answer
from hub.api.register_desk import Body, actor, register_of, shown
from hub.api.routes import BASE
from hub.api.routes.register import Reader, Writer
from hub.audit.requests import IMPORT_VIEWED
from hub.register.importing.export import exported
from hub.register.importing.template import MEDIA_TYPES, template
from hub.register.importing.view import ImportList, ImportRows, ImportView, ImportWhat, RowState

router: Final = APIRouter(prefix=f"{BASE}/register", tags=["register import"])

ANSWERS: Final = (ImportList, ImportRows, ImportView)
"""What the OpenAPI document must describe."""

MOST_ROWS: Final = 500
"""In one answer."""

ImportId = Annotated[str, Path(pattern="^i-[a-z0-9]{1,62}$", description="an import's id")]
What = Annotated[ImportWhat, Query(description="what the rows are")]
FileName = Annotated[
    str, Query(max_length=200, pattern="^[^\x00-\x1f]*$", description="for people to know it")
]
Language = Literal["zh-CN", "en"]
CSV: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "CSV, for a spreadsheet.", "content": {"text/csv": {}}}
}


class Confirmation(Body):
    """`plan` of the preview that was looked at: exactly that is done, or nothing."""

    plan: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RowsWanted(Body):
    """Which rows of an import, by their number in the file."""

    state: RowState | None = None
    after: int = Field(default=0, ge=0, lt=2**31)
    limit: int = Field(default=100, ge=1, le=MOST_ROWS)


@router.get("/imports/template", summary="An empty table to fill in", responses=CSV)
async def import_template(
    _: Reader,
    what: What,
    form: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
    language: Annotated[Language, Query()] = "zh-CN",
) -> Response:
    """Give a table with the right headers and an example row, as CSV or for Excel and WPS."""
    headers = {"Content-Disposition": f'attachment; filename="{what}.{form}"'}
    return Response(template(what, form, language), headers=headers, media_type=MEDIA_TYPES[form])


@router.get("/imports", summary="Imports", responses=answers(ImportList))
async def imports(request: Request, _: Reader) -> Response:
    """List imports, the newest first."""
    return json_answer(ImportList(await register_of(request).imports.all()))


@router.post(
    "/imports",
    summary="Upload a table",
    status_code=202,
    responses=answers(ImportView, 409, 413, 422, ok=202),
    openapi_extra={
        "requestBody": {
            "content": {"text/csv": {}, "application/octet-stream": {}, MEDIA_TYPES["xlsx"]: {}},
            "required": True,
        }
    },
)
async def upload(request: Request, who: Writer, what: What, name: FileName = "") -> Response:
    """Take a CSV or XLSX in (at most 10 MiB, 50,000 rows) and read it; look at `GET …/{id}` for the preview.

    Nothing changes before it is confirmed. 409 `too-many-imports`.
    """
    made = await register_of(request).imports.upload(request.stream(), what, name, actor(request, who))
    return json_answer(made, 202, {"Location": f"{BASE}/register/imports/{made.id}"})


@router.get("/imports/{ident}", summary="One import", responses=answers(ImportView, 404))
async def one_import(request: Request, ident: ImportId, _: Reader) -> Response:
    """Show how far an import is: what it would do, and how much of it is done."""
    return json_answer(await register_of(request).imports.get(ident))


@router.get("/imports/{ident}/rows", summary="Rows of an import", responses=answers(ImportRows, 404))
async def import_rows(
    request: Request, ident: ImportId, who: Reader, wanted: Annotated[RowsWanted, Query()]
) -> Response:
    """Show rows, in the order of the file: what becomes of each, and what is wrong with it."""
    rows = await register_of(request).imports.rows(ident, wanted.state, wanted.after, wanted.limit)
    await shown(request, who, IMPORT_VIEWED, ident, after=wanted.after, rows=len(rows.rows))
    return json_answer(rows)


@router.get(
    "/imports/{ident}/bad.csv", summary="What was left out", responses=CSV | answers(None, 404, ok=304)
)
async def bad_rows(
    request: Request, ident: ImportId, who: Reader, language: Annotated[Language, Query()] = "zh-CN"
) -> Response:
    """Give the rows that were left out, as they were, with what to do: to be mended and uploaded again."""
    text = await register_of(request).imports.bad_csv(ident, language)
    await shown(request, who, IMPORT_VIEWED, ident, file="bad.csv")
    return _csv(f"{ident}-bad", text)


@router.post(
    "/imports/{ident}/apply",
    summary="Confirm an import",
    status_code=202,
    responses=answers(ImportView, 404, 409, 422, ok=202),
)
async def apply_import(request: Request, ident: ImportId, who: Writer, body: Confirmation) -> Response:
    """Do what was previewed.

    409 `register-changed`: it would do something else now; look at the new preview. 409 `not-previewed`.
    """
    return json_answer(await register_of(request).imports.apply(ident, body.plan, actor(request, who)), 202)


@router.post("/imports/{ident}/cancel", summary="Cancel an import", responses=answers(ImportView, 404, 409))
async def cancel_import(request: Request, ident: ImportId, who: Writer) -> Response:
    """Forget an import that was not confirmed, with its rows. 409 `already-confirmed`."""
    return json_answer(await register_of(request).imports.cancel(ident, actor(request, who)))


@router.get("/export.csv", summary="The register as a sheet", responses=CSV)
async def export(
    request: Request, who: Reader, what: What, language: Annotated[Language, Query()] = "zh-CN"
) -> Response:
    """Give all people, vehicles or blocked plates, in the columns of an import."""
    by = actor(request, who)
    return _csv(what, await register_of(request).imports.export(exported, what, language, by))


def _csv(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")
