"""The alarm list, one alarm with its timeline, and what people do to it.

Whoever acts quotes the `version` of what they saw. If it is no longer so, the answer is 409 with the alarm as
it is now, and nothing has happened.
"""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import epoch_ms
from contract.errors import Refused
from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor, Alarm, Press
from hub.alarms.definition import Priority
from hub.alarms.view import AlarmView, CaseView
from hub.api.answers import AlarmPage, answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.session import client_of
from hub.audit.requests import CASE_VIEWED, looked
from hub.casework import Wanted
from hub.room import ControlRoom

router: Final = APIRouter(prefix=BASE, tags=["alarms"])

MAX_ALARMS: Final = 500
MIN_REASON: Final = 3
Note = Annotated[str, Field(max_length=2000)]
Reason = Annotated[str, Field(min_length=MIN_REASON, max_length=2000)]


class AlarmsWanted(BaseModel):
    """Which alarms, and how many; newest raise first."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["active", "closed", "all"] = "active"
    kind: Annotated[str | None, Field(max_length=64, description="of the device")] = None
    device: Annotated[str | None, Field(max_length=64)] = None
    key: Annotated[str | None, Field(max_length=64)] = None
    area: Annotated[str | None, Field(max_length=64)] = None
    priority: Priority | None = None
    before: AwareDatetime | None = Field(default=None, description="raised before; give `next` here")
    limit: int = Field(default=100, ge=1, le=MAX_ALARMS)

    def equal(self) -> dict[str, str]:
        """Return the columns that must be equal."""
        given = {
            "device_kind": self.kind,
            "device": self.device,
            "key": self.key,
            "area": self.area,
            "priority": self.priority.value if self.priority else None,
        }
        return {name: value for name, value in given.items() if value is not None}


class Deed(BaseModel):
    """What somebody does to the alarm that they saw at `version`."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    note: Note = ""


class Explained(BaseModel):
    """What somebody does to the alarm that they saw at `version`, and why."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    reason: Reason


class Shelved(Explained):
    """Hide an alarm until then."""

    until: AwareDatetime


class Assigned(BaseModel):
    """Say who deals with it."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    to: str = Field(min_length=1, max_length=256)


class Sent(BaseModel):
    """What may have been pressed while the hub could not be reached, and is sent once it answers again.

    `request` names the press: sent again, it is known and not done again. `pressed`: when that was. `by`: who
    pressed; nobody else may send it.
    """

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    request: Annotated[str | None, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] = None
    pressed: AwareDatetime | None = None
    by: Annotated[str | None, Field(max_length=256)] = None

    def press(self, by: Actor) -> Press:
        """Return which press it is; Refused if it is somebody else's."""
        if self.by not in (None, by.who):
            raise Refused(f"{self.by} pressed that; only they may send it", code="another-person")
        pressed_ms = epoch_ms(self.pressed) if self.pressed is not None else None
        return Press(request=self.request, pressed_ms=pressed_ms)


class Acknowledged(Sent):
    """Say that one knows."""

    note: Note = ""


class Commented(Sent):
    """Say something."""

    text: str = Field(min_length=1, max_length=2000)


class Closed(Deed):
    """End it. `forced`, which a supervisor may: although what raised it seems to last."""

    forced: bool = False


AlarmId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Reader = Annotated[Principal, needs(Permission.ALARMS)]
Handler = Annotated[Principal, needs(Permission.HANDLE)]


async def seen(request: Request, alarm_id: AlarmId, who: Reader) -> Alarm:
    """Return the alarm that the path names, if whoever asks may see it."""
    room = services_of(request).room
    alarm = await room.desk.get(alarm_id)
    if alarm is None or alarm.tenant != who.tenant or not room.reach(who).sees(alarm.area):
        raise HTTPException(404, "there is no such alarm within your reach")
    return alarm


async def acting(request: Request, alarm_id: AlarmId, who: Handler) -> Actor:
    """Return who acts on the alarm that the path names; 403 says why they may not."""
    room = services_of(request).room
    alarm = await room.desk.get(alarm_id)
    if alarm is None or alarm.tenant != who.tenant:
        raise HTTPException(404, "there is no such alarm within your reach")
    room.reach(who).check(alarm.area)
    return room.actor(who, client_of(request))


Seen = Annotated[Alarm, Depends(seen)]
By = Annotated[Actor, Depends(acting)]


@router.get("/alarms", summary="The alarm list", responses=answers(AlarmPage))
async def alarms(request: Request, who: Reader, wanted: Annotated[AlarmsWanted, Query()]) -> Response:
    """List alarms within one's reach: those that are open, those that are closed, or all."""
    room = services_of(request).room
    opened = {"active": True, "closed": False, "all": None}[wanted.state]
    found = await room.casework.find(
        Wanted(
            opened=opened,
            equal=wanted.equal(),
            areas=room.reach(who).areas,
            before_ms=epoch_ms(wanted.before) if wanted.before else None,
            limit=wanted.limit,
        )
    )
    views = [room.view(each) for each in found]
    return json_answer(AlarmPage(views, views[-1].raised if len(views) == wanted.limit else None))


@router.get("/alarms/{alarm_id}", summary="One alarm", responses=answers(CaseView, 404))
async def alarm(request: Request, alarm: Seen) -> Response:
    """Show an alarm with its timeline, its evidence, its trace and its work orders."""
    return json_answer(await services_of(request).room.casework.case(alarm))


@router.get(
    "/alarms/{alarm_id}/case.html",
    summary="One alarm as a page to print",
    responses={200: {"description": "The page.", "content": {"text/html": {}}}, **answers(None, 404, ok=304)},
)
async def case_page(
    request: Request,
    who: Handler,
    alarm: Seen,
    language: Annotated[Literal["zh-CN", "en"], Query()] = "zh-CN",
) -> Response:
    """Show everything about an alarm as one page that needs nothing else: to print, to hand over."""
    await looked(request, who, CASE_VIEWED, alarm.id)
    page = await services_of(request).room.casework.page(alarm, language, who.name)
    headers = {"Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'"}
    return Response(page, 200, headers, "text/html; charset=utf-8")


CHANGED: Final = answers(AlarmView, 404, 409, 422)


@router.post("/alarms/{alarm_id}/acknowledge", summary="Acknowledge", responses=CHANGED)
async def acknowledge(request: Request, alarm_id: AlarmId, by: By, body: Acknowledged) -> Response:
    """Say that somebody knows of it. Every screen shows who, at once."""
    room = services_of(request).room
    return _shown(room, await room.desk.acknowledge(alarm_id, body.version, by, body.note, body.press(by)))


@router.post("/alarms/{alarm_id}/shelve", summary="Shelve", responses=CHANGED)
async def shelve(request: Request, alarm_id: AlarmId, by: By, who: Handler, body: Shelved) -> Response:
    """Hide it, and the next of its kind there, until then; a shift may do that so often only."""
    room = services_of(request).room
    until_ms = epoch_ms(body.until)
    also = room.shelf_rule(who, alarm_id, until_ms)
    return _shown(room, await room.desk.shelve(alarm_id, body.version, by, body.reason, until_ms, also=also))


@router.post("/alarms/{alarm_id}/unshelve", summary="Unshelve", responses=CHANGED)
async def unshelve(request: Request, alarm_id: AlarmId, by: By, body: Deed) -> Response:
    """Hide it no longer."""
    room = services_of(request).room
    return _shown(room, await room.desk.unshelve(alarm_id, body.version, by, body.note))


@router.post("/alarms/{alarm_id}/assign", summary="Assign", responses=CHANGED)
async def assign(request: Request, alarm_id: AlarmId, by: By, body: Assigned) -> Response:
    """Say who deals with it."""
    room = services_of(request).room
    return _shown(room, await room.desk.assign(alarm_id, body.version, by, body.to))


@router.post("/alarms/{alarm_id}/comment", summary="Comment", responses=CHANGED)
async def comment(request: Request, alarm_id: AlarmId, by: By, body: Commented) -> Response:
    """Say something that stays on its timeline."""
    room = services_of(request).room
    return _shown(room, await room.desk.comment(alarm_id, body.version, by, body.text, body.press(by)))


@router.post("/alarms/{alarm_id}/reset", summary="Reset a latching alarm", responses=CHANGED)
async def reset(request: Request, alarm_id: AlarmId, by: By, body: Deed) -> Response:
    """Let a latching alarm go, once what raised it is over and it is acknowledged."""
    room = services_of(request).room
    return _shown(room, await room.desk.reset(alarm_id, body.version, by, body.note))


@router.post("/alarms/{alarm_id}/close", summary="Close", responses=CHANGED)
async def close(request: Request, alarm_id: AlarmId, by: By, who: Handler, body: Closed) -> Response:
    """End an incident that is dealt with."""
    if body.forced and not (who.may(Permission.MANAGE) and len(body.note) >= MIN_REASON):
        raise HTTPException(403, "only a supervisor may close by force, and must say why in `note`")
    room = services_of(request).room
    return _shown(room, await room.desk.close(alarm_id, body.version, by, body.note, forced=body.forced))


@router.post("/alarms/{alarm_id}/review", summary="Review", responses=CHANGED)
async def review(request: Request, alarm_id: AlarmId, by: By, body: Deed) -> Response:
    """Agree, as a second person, that it is dealt with (复核)."""
    room = services_of(request).room
    return _shown(room, await room.desk.review(alarm_id, body.version, by, body.note))


@router.post("/alarms/{alarm_id}/out-of-service", summary="Take out of service", responses=CHANGED)
async def out_of_service(
    request: Request,
    _who: Annotated[Principal, needs(Permission.MANAGE)],
    alarm_id: AlarmId,
    by: By,
    body: Explained,
) -> Response:
    """Hide it, and the next of its kind there, while the device is being mended."""
    room = services_of(request).room
    return _shown(room, await room.desk.take_out_of_service(alarm_id, body.version, by, body.reason))


@router.post("/alarms/{alarm_id}/in-service", summary="Return to service", responses=CHANGED)
async def in_service(request: Request, alarm_id: AlarmId, by: By, body: Deed) -> Response:
    """Hide it no longer: the device is mended."""
    room = services_of(request).room
    return _shown(room, await room.desk.return_to_service(alarm_id, body.version, by, body.note))


def _shown(room: ControlRoom, alarm: Alarm) -> Response:
    return json_answer(room.view(alarm))
