"""Devices as they are now, and what they are asked to do."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.responses import Response

from contract.things import Description
from contract.topics import Address
from hub.access.roles import Permission, Principal
from hub.actions.records import ActionRecord
from hub.api.answers import ActionPage, ActionView, DeviceList, action_view, answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.services import Services
from hub.shadows.view import DeviceView

router: Final = APIRouter(prefix=BASE, tags=["devices"])

LONGEST_WAIT_S: Final = 60.0
LONGEST_EXPIRY_S: Final = 60.0
MAX_ACTIONS: Final = 100

Id = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$")]


def _address(site: Id, kind: Id, device: Id) -> Address:
    return Address(site, kind, device)


At = Annotated[Address, Depends(_address)]
"""The device that the path names."""


class ActionRequest(BaseModel):
    """What to do, and why. It happens within `expires_in_s` seconds or not at all."""

    model_config = ConfigDict(extra="forbid")

    input: dict[str, JsonValue] = Field(default={}, description="as the device's description says")
    reason: str = Field(default="", max_length=1000)
    expires_in_s: float = Field(default=5.0, gt=0, le=LONGEST_EXPIRY_S, allow_inf_nan=False)


@router.get("/devices", summary="Every device", responses=answers(DeviceList))
async def devices(request: Request, who: Annotated[Principal, needs(Permission.DEVICES)]) -> Response:
    """Show every device with its availability and properties, as they are now."""
    services = services_of(request)
    of_tenant(services, who)
    return json_answer({"devices": await services.live.devices()})


@router.get("/devices/{site}/{kind}/{device}", summary="One device", responses=answers(DeviceView, 404))
async def device(request: Request, at: At, who: Annotated[Principal, needs(Permission.DEVICES)]) -> Response:
    """Show one device with its availability and properties, as they are now."""
    services = services_of(request)
    of_tenant(services, who)
    return json_answer(msgspec.Raw(_known(services, at)))


@router.get(
    "/devices/{site}/{kind}/{device}/description",
    summary="What a device says that it is",
    responses=answers(Description, 404),
)
async def description(
    request: Request, at: At, who: Annotated[Principal, needs(Permission.DEVICES)]
) -> Response:
    """Show the part of a device's Thing Description that the hub uses: units, limits, inputs of actions."""
    services = services_of(request)
    of_tenant(services, who)
    described = services.devices.description(at)
    if described is None:
        raise HTTPException(404, f"{at} has not described itself")
    return json_answer(described)


@router.get(
    "/devices/{site}/{kind}/{device}/actions",
    summary="What a device was asked to do",
    responses=answers(ActionPage, 404),
)
async def actions_of(
    request: Request,
    at: At,
    who: Annotated[Principal, needs(Permission.OPERATE)],
    limit: Annotated[int, Query(ge=1, le=MAX_ACTIONS)] = 10,
) -> Response:
    """List what people, programs and the hub itself last asked of a device, the newest first."""
    services = services_of(request)
    of_tenant(services, who)
    _known(services, at)
    return json_answer(ActionPage([action_view(each) for each in await services.actions.newest(at, limit)]))


@router.post(
    "/devices/{site}/{kind}/{device}/actions/{action}",
    summary="Make a device act",
    status_code=202,
    responses=answers(ActionView, 404, 409, 422, ok=202) | answers(ActionView),
)
async def act(
    request: Request,
    at: At,
    action: Annotated[str, Path(min_length=1, max_length=64)],
    who: Annotated[Principal, needs(Permission.OPERATE)],
    body: ActionRequest | None = None,
    wait: Annotated[float | None, Query(ge=0, allow_inf_nan=False, description="seconds, at most 60")] = None,
) -> Response:
    """Ask for an action. The answer is 202 and an id to ask after.

    With `wait` it is 200 and the outcome that the device itself shows, if that is known in time.
    """
    services = services_of(request)
    of_tenant(services, who)
    _known(services, at)
    asked = body or ActionRequest()
    record = await services.actions.request(
        at,
        action,
        asked.input,
        issuer=who.name,
        reason=asked.reason,
        expires_in_s=asked.expires_in_s,
    )
    if wait is not None:
        record = await services.actions.outcome(record.id, min(wait, LONGEST_WAIT_S)) or record
        if record.final:
            return json_answer(action_view(record))
    return _accepted(record)


@router.get("/actions/{action_id}", summary="What became of an action", responses=answers(ActionView, 404))
async def action_by_id(
    request: Request,
    action_id: Annotated[str, Path(max_length=64)],
    who: Annotated[Principal, needs(Permission.OPERATE)],
) -> Response:
    """Show an action as it stands."""
    record = await services_of(request).actions.outcome(action_id, 0.0)
    if record is None or record.tenant != who.tenant:
        raise HTTPException(404, "there is no such action")
    return json_answer(action_view(record))


def _accepted(record: ActionRecord) -> Response:
    view: Any = action_view(record)
    return json_answer(view, 202, {"Location": f"{BASE}/actions/{record.id}"})


def _known(services: Services, address: Address) -> bytes:
    encoded = services.devices.one(address)
    if encoded is None:
        raise HTTPException(404, f"there is no device {address}")
    return encoded


def of_tenant(services: Services, who: Principal) -> None:
    """All devices of a hub are of its one tenant; so is whoever it lets in, but look all the same."""
    if who.tenant != services.tenant:
        raise HTTPException(403, "these devices belong to another tenant")
