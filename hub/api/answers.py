"""What the routes answer with; the OpenAPI document is generated from these and from the hub's own views."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from starlette.responses import Response

from contract.clock import rfc3339
from contract.messages import Problem, Scalar
from hub.access.roles import PERMISSIONS, Permission, Principal, Role
from hub.actions.records import ActionRecord, Status
from hub.alarms.view import AlarmView
from hub.api.problems import MEDIA_TYPE
from hub.history.store import Aggregate
from hub.ledger.queries import EventView
from hub.shadows.view import DeviceView


class DeviceList(Struct, frozen=True):
    """Every device."""

    devices: Sequence[DeviceView]


class ActionView(Struct, frozen=True, kw_only=True):
    """An action: `status` and, if it did not succeed, the reason in `error`."""

    id: str
    site: str
    kind: str
    device: str
    action: str
    input: dict[str, Any]
    issuer: str
    reason: str
    requested: str
    expires: str
    status: Status
    ended: str | None
    error: Problem | None


class ActionPage(Struct, frozen=True):
    """What a device was last asked to do, the newest first."""

    actions: Sequence[ActionView]


class EventPage(Struct, frozen=True):
    """Events by `seq`. `next`: what to give as `after` (newest first: `before`) for those that follow."""

    events: Sequence[EventView]
    next: int | None


class AlarmPage(Struct, frozen=True):
    """Alarms, newest raise first. `next`: what to give as `before` for those that follow; null: none do."""

    alarms: Sequence[AlarmView]
    next: str | None


class PointView(Struct, frozen=True):
    """One value; `ts` is the device's time, or the start of the step."""

    ts: str
    value: Scalar


class SeriesView(Struct, frozen=True, kw_only=True):
    """A stretch of history, oldest first. `truncated`: there are more points than fit; ask for less."""

    device: str
    property: str
    aggregate: Aggregate
    step: float | None
    points: Sequence[PointView]
    truncated: bool


class WhoAmI(Struct, frozen=True, kw_only=True):
    """Who is signed in, and what they may do."""

    name: str
    role: Role
    tenant: str
    permissions: Sequence[Permission]


class Alive(Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Struct, frozen=True):
    """Whether everything that must work does."""

    ready: bool
    checks: Mapping[str, bool]


def action_view(record: ActionRecord) -> ActionView:
    """Show an action with its times as text."""
    return ActionView(
        id=record.id,
        site=record.site,
        kind=record.kind,
        device=record.device,
        action=record.action,
        input=record.input,
        issuer=record.issuer,
        reason=record.reason,
        requested=rfc3339(record.requested),
        expires=rfc3339(record.expires),
        status=record.status,
        ended=None if record.ended is None else rfc3339(record.ended),
        error=record.error,
    )


def who_am_i(principal: Principal) -> WhoAmI:
    """Show a principal to themselves."""
    return WhoAmI(
        name=principal.name,
        role=principal.role,
        tenant=principal.tenant,
        permissions=sorted(PERMISSIONS[principal.role]),
    )


_encode: Final = msgspec.json.Encoder().encode


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON, written by msgspec."""
    return Response(_encode(body), status, headers, "application/json")


def answers(answer: type[Struct] | None, *statuses: int, ok: int = 200) -> dict[int | str, dict[str, Any]]:
    """Describe a route's answers for OpenAPI: the good one, and problems with these statuses."""
    described: dict[int | str, dict[str, Any]] = dict.fromkeys(statuses, PROBLEM)
    described[ok] = {"description": (answer.__doc__ or "") if answer else "Done."}
    if answer is not None:
        described[ok]["content"] = {"application/json": {"schema": reference(answer)}}
    return described


def reference(struct: type[Struct]) -> dict[str, str]:
    """Point to a schema among the document's components."""
    return {"$ref": f"#/components/schemas/{struct.__name__}"}


PROBLEM: Final = {
    "description": "RFC 9457 problem details",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
}
