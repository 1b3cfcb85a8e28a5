"""Plans of the site, where devices stand on them, and what areas are called. Changes are in the audit."""

from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import HTTPConnection
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import At
from hub.api.routes.session import client_of
from hub.api.work_orders import NO_NUL
from hub.plans.book import Plans
from hub.plans.records import Placement
from hub.plans.view import AreaView, PlacementView, PlanList, PlanView, Removed

router: Final = APIRouter(prefix=BASE, tags=["plans"])

ANSWERS: Final = (AreaView, PlacementView, PlanList, PlanView, Removed)
"""What the OpenAPI document must describe."""

PICTURE_TYPES: Final = ("image/svg+xml", "image/png", "image/jpeg", "image/webp")
HEADERS: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""Opened by itself, nothing in it runs and nothing is fetched. Its address changes with its content."""

Looker = Annotated[Principal, needs(Permission.DEVICES)]
Planner = Annotated[Principal, needs(Permission.PLANS)]
PlanId = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$", description="a plan's id; `site` is the first one")]
AreaId = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$", description="an area's id")]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=NO_NUL)]
PICTURE: Final[dict[str, Any]] = {
    "requestBody": {"content": {each: {} for each in PICTURE_TYPES}, "required": True}
}


class Body(BaseModel):
    """What all bodies here have in common."""

    model_config = ConfigDict(extra="forbid")


class Title(Body):
    """A name in one language at least; pages show the other one where theirs is missing."""

    zh: Name | None = Field(default=None, alias="zh-CN")
    en: Name | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if not self.words:
            raise ValueError("give a name in zh-CN or en")
        return self

    @property
    def words(self) -> dict[str, str]:
        """The name in each language."""
        return self.model_dump(by_alias=True, exclude_none=True)


class PlanChange(Body):
    """What of a plan becomes different. `building` null: outdoors; `floor` as lifts show it: B1, 3F."""

    title: Title | None = None
    building: Title | None = None
    floor: Annotated[str, Field(min_length=1, max_length=16, pattern=NO_NUL)] | None = None

    def values(self) -> dict[str, Any]:
        """Return what was said."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        if said.get("title", ...) is None:
            raise HTTPException(422, "a plan has a title")
        return {name: each.words if isinstance(each, Title) else each for name, each in said.items()}


class Order(Body):
    """All plans, in the order that they shall have."""

    plans: Annotated[list[str], Field(max_length=200)]


class Place(Body):
    """Where a device stands on a plan, from 0 to 1 from its upper left corner."""

    plan: Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]
    x: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    y: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class AreaName(Body):
    """What an area is called."""

    title: Title


class NewPlan(Body):
    """What a new plan is called, and its id; without one it gets one."""

    title: Name
    id: Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")] | None = None


@router.get("/plans", summary="Plans, placements and areas", responses=answers(PlanList))
async def plans(request: Request, _: Looker) -> Response:
    """Show every plan, where people placed devices, which devices stand nowhere, and the areas."""
    book = plans_of(request)
    found = PlanList(
        plans=book.views(),
        placements=book.placements,
        unplaced=services_of(request).room.unplaced(),
        areas=book.area_views(),
    )
    return json_answer(found)


@router.post(
    "/plans",
    summary="Upload a plan",
    status_code=201,
    responses=answers(PlanView, 409, 413, 422, ok=201),
    openapi_extra=PICTURE,
)
async def add_plan(request: Request, who: Planner, wanted: Annotated[NewPlan, Query()]) -> Response:
    """Add a plan after all others: SVG, PNG, JPEG or WebP by its own first bytes, at most 8 MiB."""
    words = {"zh-CN": wanted.title}
    made = await plans_of(request).add(wanted.id, words, request.stream(), actor(request, who))
    return json_answer(made, 201, {"Location": f"{BASE}/plans/{made.id}"})


@router.put("/plans/order", summary="Order the plans", responses=answers(PlanList, 409, 422))
async def order_plans(request: Request, who: Planner, body: Order) -> Response:
    """Put all plans into an order. 409 `plans-changed`: these are not all that there are now."""
    await plans_of(request).order(body.plans, actor(request, who))
    return await plans(request, who)


@router.patch("/plans/{plan}", summary="Rename a plan", responses=answers(PlanView, 404, 422))
async def change_plan(request: Request, plan: PlanId, who: Planner, body: PlanChange) -> Response:
    """Change a plan's title, building or floor."""
    return json_answer(await plans_of(request).change(plan, body.values(), actor(request, who)))


@router.get(
    "/plans/{plan}/picture",
    summary="A plan's picture",
    responses=answers(None, 404)
    | {200: {"description": "A picture.", "content": {each: {} for each in PICTURE_TYPES}}},
)
async def plan_picture(request: Request, plan: PlanId, _: Looker, v: str | None = None) -> Response:
    """Return the picture on which devices stand; `v` as in the plan's `picture`."""
    found = await plans_of(request).picture(plan)
    if found is None or (v is not None and v != found.digest[: len(v)]):
        raise HTTPException(404, "there is no such picture; look at the plan again")
    headers = HEADERS if v else HEADERS | {"Cache-Control": "no-cache"}
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.put(
    "/plans/{plan}/picture",
    summary="Replace a plan's picture",
    responses=answers(PlanView, 404, 413, 422),
    openapi_extra=PICTURE,
)
async def replace_picture(request: Request, plan: PlanId, who: Planner) -> Response:
    """Put another picture in the place of a plan's; devices stand where they stood."""
    return json_answer(await plans_of(request).show(plan, request.stream(), actor(request, who)))


@router.delete("/plans/{plan}", summary="Remove a plan", responses=answers(Removed, 404))
async def remove_plan(request: Request, plan: PlanId, who: Planner) -> Response:
    """Remove a plan; what stood on it is unplaced. `site` becomes what the site file says again."""
    return json_answer(await plans_of(request).remove(plan, actor(request, who)))


@router.put(
    "/placements/{site}/{kind}/{device}",
    summary="Place a device",
    responses=answers(PlacementView, 404, 422),
)
async def place(request: Request, at: At, who: Planner, body: Place) -> Response:
    """Say where a device stands: there it is from now on, on every screen."""
    if services_of(request).devices.one(at) is None:
        raise HTTPException(404, f"there is no device {at}")
    wanted = Placement(body.plan, body.x, body.y)
    placed = await plans_of(request).place(str(at), wanted, actor(request, who))
    return json_answer(PlacementView(device=str(at), plan=placed.plan, x=placed.x, y=placed.y))


@router.delete(
    "/placements/{site}/{kind}/{device}",
    summary="Take a device off the plans",
    status_code=204,
    responses=answers(None, 404, ok=204),
)
async def unplace(request: Request, at: At, who: Planner) -> Response:
    """Forget where people placed a device: it stands where its own description says, if that says so."""
    await plans_of(request).unplace(str(at), actor(request, who))
    return Response(status_code=204)


@router.put("/areas/{area}", summary="Name an area", responses=answers(AreaView, 409, 422))
async def name_area(request: Request, area: AreaId, who: Planner, body: AreaName) -> Response:
    """Add an area, or say what one is called: on every screen, and in messages from now on."""
    return json_answer(await plans_of(request).name_area(area, body.title.words, actor(request, who)))


@router.delete(
    "/areas/{area}", summary="Forget an area's name", status_code=204, responses=answers(None, 404, ok=204)
)
async def forget_area(request: Request, area: AreaId, who: Planner) -> Response:
    """Forget the name that people gave an area; what the site file calls it counts again."""
    await plans_of(request).forget_area(area, actor(request, who))
    return Response(status_code=204)


def plans_of(connection: HTTPConnection) -> Plans:
    """Return the book of plans behind the API."""
    book: Plans = services_of(connection).room.plans
    return book


def actor(connection: HTTPConnection, who: Principal) -> Actor:
    """Say who does something, from where."""
    return services_of(connection).room.actor(who, client_of(connection))
