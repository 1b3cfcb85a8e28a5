"""The register for staff: people, households, vehicles, access levels. Who sees names is in the audit.

Whoever changes something quotes the `version` of what they saw. If it is no longer so, the answer is 409
`stale-version` with what it is `now`, and nothing has happened.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs
from hub.api.problems import MEDIA_TYPE
from hub.api.register_desk import (
    Block,
    Explained,
    HouseholdChange,
    HouseholdPageWanted,
    Leaving,
    LevelBody,
    NewHousehold,
    NewPerson,
    NewVehicle,
    PersonChange,
    PersonPageWanted,
    VehicleChange,
    VehiclePageWanted,
    Version,
    actor,
    register_of,
    shown,
)
from hub.api.routes import BASE
from hub.audit.requests import PERSON_VIEWED, REGISTER_SEARCHED
from hub.register.view import (
    HouseholdDetail,
    HouseholdPage,
    HouseholdView,
    LevelList,
    LevelView,
    PersonDetail,
    PersonPage,
    PersonView,
    VehiclePage,
    VehicleView,
)
from hub.register.visit_view import NewLink

router: Final = APIRouter(prefix=f"{BASE}/register", tags=["register"])

ANSWERS: Final = (
    HouseholdDetail,
    HouseholdPage,
    HouseholdView,
    LevelList,
    LevelView,
    NewLink,
    PersonDetail,
    PersonPage,
    PersonView,
    VehiclePage,
    VehicleView,
)
"""What the OpenAPI document must describe."""

Reader = Annotated[Principal, needs(Permission.REGISTER)]
Writer = Annotated[Principal, needs(Permission.REGISTER_WRITE)]
Visitors = Annotated[Principal, needs(Permission.VISITS)]
Key = Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,64}$", description="a pseudonym: `r-…`, `v-…`")]
Seen = Annotated[Version, Query(description="the version that was seen")]
STALE: Final[dict[int | str, dict[str, Any]]] = {
    409: {
        "description": "It cannot be done; with code `stale-version`, `now` is what it is now.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
}


def changed(answer: type[Any], *, ok: int = 200) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of a route that changes something."""
    return answers(answer, 404, 422, ok=ok) | STALE


@router.get("/levels", summary="Access levels", responses=answers(LevelList))
async def levels(request: Request, _: Visitors) -> Response:
    """List the access levels: where and when."""
    return json_answer(await register_of(request).levels.all())


@router.put("/levels/{key}", summary="Make or change an access level", responses=changed(LevelView))
async def put_level(request: Request, key: Key, who: Writer, body: LevelBody) -> Response:
    """Make a level, or change the one that was seen at `version`. Gates and doors follow at once."""
    by = actor(request, who)
    return json_answer(await register_of(request).levels.put(key, body.fields(), body.version, by))


@router.delete("/levels/{key}", summary="Remove an access level", responses=changed(LevelList))
async def remove_level(request: Request, key: Key, who: Writer, version: Seen) -> Response:
    """Remove a level that nobody has. 409 `level-in-use`."""
    return json_answer(await register_of(request).levels.remove(key, version, actor(request, who)))


@router.get("/households", summary="Households", responses=answers(HouseholdPage))
async def households(
    request: Request, _: Reader, wanted: Annotated[HouseholdPageWanted, Query()]
) -> Response:
    """List households by building, unit and number; no names."""
    return json_answer(await register_of(request).households.find(wanted.wanted(), wanted.window()))


@router.post(
    "/households", summary="Add a household", status_code=201, responses=changed(HouseholdView, ok=201)
)
async def add_household(request: Request, who: Writer, body: NewHousehold) -> Response:
    """Add a household. 409 `household-known`: there is one with this building, unit and number."""
    made = await register_of(request).households.add(body.model_dump(), actor(request, who))
    return json_answer(made, 201)


@router.get("/households/{key}", summary="One household", responses=answers(HouseholdDetail, 404))
async def household(request: Request, key: Key, who: Reader) -> Response:
    """Show a household with its people and vehicles."""
    found = await register_of(request).households.get(key)
    await shown(request, who, PERSON_VIEWED, key, people=[each.key for each in found.people])
    return json_answer(found)


@router.patch("/households/{key}", summary="Change a household", responses=changed(HouseholdView))
async def change_household(request: Request, key: Key, who: Writer, body: HouseholdChange) -> Response:
    """Change a household."""
    by = actor(request, who)
    return json_answer(await register_of(request).households.change(key, body.said(), body.version, by))


@router.delete(
    "/households/{key}",
    summary="Remove a household",
    status_code=204,
    responses=answers(None, 404, ok=204) | STALE,
)
async def remove_household(request: Request, key: Key, who: Writer, version: Seen) -> Response:
    """Remove a household without people and vehicles. 409 `household-in-use`."""
    await register_of(request).households.remove(key, version, actor(request, who))
    return Response(status_code=204)


@router.post(
    "/households/{key}/link",
    summary="Make a visitor link",
    status_code=201,
    responses=changed(NewLink, ok=201),
)
async def make_link(request: Request, key: Key, who: Writer) -> Response:
    """Give a household a link by which it lets visitors in, shown this once; the one before is dead."""
    return json_answer(await register_of(request).households.new_link(key, actor(request, who)), 201)


@router.delete("/households/{key}/link", summary="Revoke a visitor link", responses=changed(HouseholdView))
async def revoke_link(request: Request, key: Key, who: Writer) -> Response:
    """Have a household's link open nothing; passes made by it stay. Again is no error."""
    return json_answer(await register_of(request).households.revoke_link(key, actor(request, who)))


@router.get("/people", summary="People", responses=answers(PersonPage))
async def people(request: Request, who: Reader, wanted: Annotated[PersonPageWanted, Query()]) -> Response:
    """List people by room and name. The audit keeps whom the answer names."""
    page = await register_of(request).people.find(wanted.wanted(), wanted.window())
    await shown(request, who, REGISTER_SEARCHED, "people", keys=[each.key for each in page.people])
    return json_answer(page)


@router.post("/people", summary="Add a person", status_code=201, responses=changed(PersonView, ok=201))
async def add_person(request: Request, who: Writer, body: NewPerson) -> Response:
    """Add a person. 409 `card-taken`; 422 `unknown-household`, `unknown-level`, `bad-card`."""
    return json_answer(await register_of(request).people.add(body.said(), actor(request, who)), 201)


@router.get("/people/{key}", summary="One person", responses=answers(PersonDetail, 404))
async def person(request: Request, key: Key, who: Reader) -> Response:
    """Show a person with consents, vehicles and withdrawals."""
    found = await register_of(request).people.get(key)
    await shown(request, who, PERSON_VIEWED, key)
    return json_answer(found)


@router.patch("/people/{key}", summary="Change a person", responses=changed(PersonView))
async def change_person(request: Request, key: Key, who: Writer, body: PersonChange) -> Response:
    """Change a person. 409 `card-taken`, `has-left`."""
    by = actor(request, who)
    return json_answer(await register_of(request).people.change(key, body.said(), body.version, by))


@router.post("/people/{key}/leave", summary="Somebody leaves", responses=changed(PersonView))
async def leave(request: Request, key: Key, who: Writer, body: Leaving) -> Response:
    """Let nothing open for them any more. Lists forget them once every terminal proved the face gone."""
    by, keep = actor(request, who), body.vehicles == "keep"
    people = register_of(request).people
    return json_answer(await people.leave(key, body.version, by, keep_vehicles=keep, note=body.note))


@router.get("/vehicles", summary="Vehicles", responses=answers(VehiclePage))
async def vehicles(request: Request, who: Reader, wanted: Annotated[VehiclePageWanted, Query()]) -> Response:
    """List vehicles by plate, blocked ones among them. The audit keeps which."""
    page = await register_of(request).vehicles.find(wanted.wanted(), wanted.window())
    await shown(request, who, REGISTER_SEARCHED, "vehicles", keys=[each.key for each in page.vehicles])
    return json_answer(page)


@router.post("/vehicles", summary="Add a vehicle", status_code=201, responses=changed(VehicleView, ok=201))
async def add_vehicle(request: Request, who: Writer, body: NewVehicle) -> Response:
    """Add a vehicle. 409 `plate-taken`; 422 `bad-plate`, `unknown-person`, `unknown-household`."""
    return json_answer(await register_of(request).vehicles.add(body.said(), actor(request, who)), 201)


@router.get("/vehicles/{key}", summary="One vehicle", responses=answers(VehicleView, 404))
async def vehicle(request: Request, key: Key, who: Reader) -> Response:
    """Show a vehicle."""
    found = await register_of(request).vehicles.get(key)
    await shown(request, who, PERSON_VIEWED, found.person or key, vehicle=key)
    return json_answer(found)


@router.patch("/vehicles/{key}", summary="Change a vehicle", responses=changed(VehicleView))
async def change_vehicle(request: Request, key: Key, who: Writer, body: VehicleChange) -> Response:
    """Change a vehicle."""
    by = actor(request, who)
    return json_answer(await register_of(request).vehicles.change(key, body.said(), body.version, by))


@router.post("/vehicles/{key}/remove", summary="Remove a vehicle", responses=changed(VehicleView))
async def remove_vehicle(request: Request, key: Key, who: Writer, body: Explained) -> Response:
    """Take a vehicle off the register and off every gate's list."""
    by = actor(request, who)
    return json_answer(await register_of(request).vehicles.remove(key, body.version, by, body.reason))


@router.post(
    "/blocked-plates", summary="Block a plate", status_code=201, responses=changed(VehicleView, ok=201)
)
async def block_plate(request: Request, who: Writer, body: Block) -> Response:
    """Have no gate open for a plate; visitors' passes with it are revoked. 409 `already-blocked`."""
    made = await register_of(request).vehicles.block(body.plate, body.reason, actor(request, who))
    return json_answer(made, 201)


@router.post("/vehicles/{key}/unblock", summary="Unblock a plate", responses=changed(VehicleView))
async def unblock_plate(request: Request, key: Key, who: Writer, body: Explained) -> Response:
    """Lift a block; a plate that was registered for nothing else is removed with it. 409 `not-blocked`."""
    by = actor(request, who)
    return json_answer(await register_of(request).vehicles.unblock(key, body.version, by, body.reason))
