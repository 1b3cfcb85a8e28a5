"""The audit, for whoever has to see who did what. Each reading is itself in it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.alarms import Seen
from hub.audit.queries import AuditView, Wanted
from hub.audit.requests import AUDIT_READ, holds, lets_go, looked

router: Final = APIRouter(prefix=BASE, tags=["audit"])

MAX_ENTRIES: Final = 1000
Number = Annotated[int | None, Field(ge=0, lt=2**63)]
Filter = Annotated[str | None, Field(max_length=256)]


class AuditPage(Struct, frozen=True):
    """Entries, newest first, or after `after` oldest first. `next`: give it as `before` or `after`."""

    entries: list[AuditView]
    next: int | None


class AuditWanted(BaseModel):
    """Which entries, and how many."""

    model_config = ConfigDict(extra="forbid")

    after: Number = None
    before: Number = None
    who: Filter = None
    what: Annotated[str | None, Field(max_length=64, description="with a dot at its end: a beginning")] = None
    about: Filter = None
    limit: int = Field(default=100, ge=1, le=MAX_ENTRIES)


class Why(BaseModel):
    """Why something is done."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=2000)


Manager = Annotated[Principal, needs(Permission.MANAGE)]


@router.post(
    "/alarms/{alarm_id}/hold", status_code=204, summary="Legal hold", responses=answers(None, 404, ok=204)
)
async def hold(request: Request, who: Manager, alarm: Seen, body: Why) -> Response:
    """Keep whatever belongs to an alarm, whatever its age, until `release`."""
    await holds(request, who, alarm.id, body.reason)
    return Response(status_code=204)


@router.post(
    "/alarms/{alarm_id}/release",
    status_code=204,
    summary="End of a legal hold",
    responses=answers(None, 404, ok=204),
)
async def release(request: Request, who: Manager, alarm: Seen, body: Why) -> Response:
    """Let what belongs to an alarm go at the end of its retention, as without the hold."""
    await lets_go(request, who, alarm.id, body.reason)
    return Response(status_code=204)


@router.get("/audit", summary="Who did what", responses=answers(AuditPage))
async def audit(
    request: Request,
    who: Annotated[Principal, needs(Permission.AUDIT)],
    wanted: Annotated[AuditWanted, Query()],
) -> Response:
    """List entries of the audit. Who reads it for what is written before the answer."""
    auditor = services_of(request).room.auditor
    filters = {name: value for name in ("who", "what", "about") if (value := getattr(wanted, name))}
    about = " ".join(f"{name}={value}" for name, value in filters.items())
    await looked(request, who, AUDIT_READ, about or "everything")
    found = list(await auditor.find(Wanted(**wanted.model_dump())))
    return json_answer(AuditPage(found, found[-1].n if len(found) == wanted.limit else None))
