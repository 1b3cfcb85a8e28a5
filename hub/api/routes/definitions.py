"""The definitions of alarms in force, and a changed one tried on what has been.

Definitions are configuration: nothing here changes one. A trial ends with the TOML for the site file.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException, Path, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import rfc3339_ms
from contract.errors import InvalidMessage, Refused
from hub.access.roles import Permission, Principal
from hub.alarms.definition import Definition
from hub.alarms.drafts import Draft, Drafting, Origin
from hub.alarms.past.service import DAY_MS, Run, Standing
from hub.alarms.past.tally import Mark
from hub.alarms.past.trial import Meant, Outcome
from hub.alarms.rules.scope import applies
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE

router: Final = APIRouter(prefix=f"{BASE}/definitions", tags=["definitions"])

DAYS_COUNTED: Final = 30
MAX_TOML: Final = 20_000
Sees = Annotated[Principal, needs(Permission.DEFINITIONS)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class DefinitionView(Struct, frozen=True, kw_only=True):
    """A definition in force. `origin`: where it is written; null: the hub makes it by itself.

    `devices`: how many known devices it is about; `raised`: how often in the last 30 days.
    """

    definition: Definition
    origin: Origin | None
    devices: int
    raised: int


class DefinitionList(Struct, frozen=True, kw_only=True):
    """Every definition, also those that are switched off. `can_try`: whether the hub knows its site file."""

    definitions: Sequence[DefinitionView]
    days: int
    can_try: bool


class MarkView(Struct, frozen=True, kw_only=True):
    """One alarm that would have been; `until` null: it lasts, or a person ends it. `count`: with repeats."""

    device: str
    at: str
    until: str | None
    count: int


class OutcomeView(Struct, frozen=True, kw_only=True):
    """What a definition would have raised: how many, in each of equal parts of the stretch, at which devices.

    `marks`: the newest 500. `unanswered`: what it asks for and no history is kept of.
    """

    alarms: int
    bins: Sequence[int]
    devices: dict[str, int]
    marks: Sequence[MarkView]
    unanswered: Sequence[str]


class TrialView(Struct, frozen=True, kw_only=True):
    """A trial. `done` of `devices` were looked at; what follows is null until it is done.

    `toml` puts the definition into the site file. `in_force`: what the one that it would replace does.
    `silent`: of how many devices nothing is kept. Before `raw_from` there is one value a minute. `complete`:
    everything was looked at.
    """

    id: str
    key: str
    standing: Standing
    start: str
    end: str
    raw_from: str
    toml: str
    devices: int
    done: int
    looked: int
    tried: OutcomeView | None
    in_force: OutcomeView | None
    silent: int | None
    complete: bool | None


class TrialWanted(BaseModel):
    """What to try: `toml`, one `[[alarm]]` or `[alarm_change.KEY]`; or new `fields` of definition `key`."""

    model_config = ConfigDict(extra="forbid")

    toml: Annotated[str | None, Field(max_length=MAX_TOML)] = None
    key: Annotated[str | None, Field(max_length=64)] = None
    fields: dict[str, Any] = Field(default_factory=dict)
    days: Literal[1, 7, 30] = 1

    def draft(self, drafting: Drafting) -> Draft:
        """Read it; InvalidMessage names keys and what is allowed."""
        if (self.toml is None) == (self.key is None):
            raise InvalidMessage("allowed: either toml, or key with fields", code="bad-definition")
        if self.toml is not None:
            return drafting.read(self.toml)
        return drafting.change(self.key or "", self.fields)


ANSWERS: Final = (DefinitionList, TrialView)


@router.get("", summary="Definitions in force", responses=answers(DefinitionList))
async def definitions(request: Request, _who: Sees) -> Response:
    """Show every definition: what raises it, who is told, what is linked, where it is written."""
    services = services_of(request)
    room = services.room
    raised = await room.desk.raised_since(services.clock.now_ms() - DAYS_COUNTED * DAY_MS)
    devices = await asyncio.to_thread(_watched, tuple(room.definitions.values()), room.past.trials.known())
    drafting = room.drafting
    views = [
        DefinitionView(
            definition=each,
            origin=None if drafting is None else drafting.origin(each.key),
            devices=devices[each.key],
            raised=raised.get(each.key, 0),
        )
        for each in room.definitions.values()
    ]
    return json_answer(DefinitionList(definitions=views, days=DAYS_COUNTED, can_try=drafting is not None))


@router.post(
    "/trials",
    status_code=202,
    summary="Try a definition on the past",
    responses=answers(TrialView, 409, 422, ok=202),
)
async def begin(request: Request, who: Sees, wanted: TrialWanted) -> Response:
    """Begin to count the alarms that it would have raised; ask for the trial until it is done."""
    room = services_of(request).room
    if room.drafting is None:
        raise Refused("this hub was started without a site file", code="no-site-file")
    draft = wanted.draft(room.drafting)
    run = room.past.trials.begin(who.name, draft, room.definitions.get(draft.definition.key), wanted.days)
    return json_answer(_view(run), status=202)


@router.get("/trials/{trial}", summary="How far a trial is", responses=answers(TrialView, 404))
async def trial(request: Request, trial: Id, _who: Sees) -> Response:
    """Show how far it is, and what was found."""
    return json_answer(_view(_found(request, trial)))


@router.delete("/trials/{trial}", summary="Cancel a trial", responses=answers(TrialView, 404))
async def cancel(request: Request, trial: Id, _who: Sees) -> Response:
    """Stop it; what was counted so far is not shown."""
    run = _found(request, trial)
    services_of(request).room.past.trials.cancel(run)
    return json_answer(_view(run))


def _found(request: Request, ident: str) -> Run:
    run = services_of(request).room.past.trials.get(ident)
    if run is None:
        raise HTTPException(404, "there is no such trial; the hub keeps the last few, until it stops")
    return run


def _watched(definitions: Sequence[Definition], known: Sequence[Meant]) -> dict[str, int]:
    """Count the devices that each definition is about."""
    return {
        each.key: sum(applies(each.on, address, description) for address, description in known)
        for each in definitions
    }


def _view(run: Run) -> TrialView:
    found = run.findings
    return TrialView(
        id=run.id,
        key=run.draft.definition.key,
        standing=run.standing,
        start=rfc3339_ms(run.stretch.start_ms),
        end=rfc3339_ms(run.stretch.end_ms),
        raw_from=rfc3339_ms(run.stretch.raw_from_ms),
        toml=run.draft.toml,
        devices=run.progress.devices,
        done=run.progress.done,
        looked=run.progress.looked,
        tried=_outcome(found.tried) if found else None,
        in_force=_outcome(found.in_force) if found and found.in_force else None,
        silent=found.silent if found else None,
        complete=found.complete if found else None,
    )


def _outcome(found: Outcome) -> OutcomeView:
    return OutcomeView(
        alarms=found.alarms,
        bins=found.bins,
        devices=found.devices,
        marks=[_mark(each) for each in found.marks],
        unanswered=found.unanswered,
    )


def _mark(mark: Mark) -> MarkView:
    return MarkView(
        device=mark.device,
        at=rfc3339_ms(mark.at_ms),
        until=None if mark.until_ms is None else rfc3339_ms(mark.until_ms),
        count=mark.count,
    )
