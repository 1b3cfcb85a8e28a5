"""The OpenAPI 3.1 document: FastAPI's, with the schemas of our structs and what each route needs."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, get_origin

import msgspec
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute

from contract.things import Description
from hub.access.roles import PERMISSIONS
from hub.alarms.view import AlarmView, CaseView
from hub.api.answers import (
    ActionPage,
    ActionView,
    AlarmPage,
    Alive,
    DeviceList,
    EventPage,
    Readiness,
    SeriesView,
    WhoAmI,
)
from hub.api.permissions import COOKIE, Needs
from hub.api.problems import ProblemDetails
from hub.api.routes import (
    charging,
    charging_desk,
    commissioning,
    community,
    definitions,
    exports,
    figures,
    health,
    lists,
    monthly,
    orders,
    passes,
    people,
    plans,
    questions,
    questions_ready,
    register,
    register_consents,
    register_import,
    session,
    tokens,
    viid,
    visit,
    visits,
)
from hub.api.routes.audit import AuditPage
from hub.api.routes.contacts import ContactList, TestOutcome
from hub.api.routes.posts import HandoverProblem, Present
from hub.api.routes.reports import AlarmReport, TenderReport
from hub.posts.view import HandoverList, HandoverView, PostList, ShiftView

VERSION: Final = "1.0.0"

ANSWERS: Final = (
    *charging.ANSWERS,
    *charging_desk.ANSWERS,
    *commissioning.ANSWERS,
    *community.ANSWERS,
    *definitions.ANSWERS,
    *exports.ANSWERS,
    *figures.ANSWERS,
    *health.ANSWERS,
    *lists.ANSWERS,
    *monthly.ANSWERS,
    *orders.ANSWERS,
    *passes.ANSWERS,
    *people.ANSWERS,
    *plans.ANSWERS,
    *questions.ANSWERS,
    *questions_ready.ANSWERS,
    *register.ANSWERS,
    *register_consents.ANSWERS,
    *register_import.ANSWERS,
    *tokens.ANSWERS,
    *viid.ANSWERS,
    *visit.ANSWERS,
    *visits.ANSWERS,
    ActionPage,
    ActionView,
    AlarmPage,
    AlarmReport,
    AlarmView,
    Alive,
    AuditPage,
    CaseView,
    ContactList,
    Description,
    DeviceList,
    EventPage,
    HandoverList,
    HandoverProblem,
    HandoverView,
    PostList,
    Present,
    ProblemDetails,
    Readiness,
    SeriesView,
    ShiftView,
    TenderReport,
    TestOutcome,
    WhoAmI,
    session.PasswordState,
)

DESCRIPTION: Final = """\
The hub of a residential community (和美小区): its devices as they are now, what they are asked to do, and the
ledger of what happened.

People sign in and get a cookie; requests with it that change something must come from a page of the hub
(`Origin`). Machines send `Authorization: Bearer …`. Every error is an RFC 9457 problem. The live stream
(WebSocket `GET /api/v1/live`) is described in `docs/live-stream.md`.
"""

SECURITY_SCHEMES: Final = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "set by `POST /api/v1/session`; over TLS its name begins with `__Host-`",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "a machine's token"},
}


def needs_of(route: APIRoute | APIWebSocketRoute) -> Needs:
    """Return what a route declares that it needs; LookupError unless it does so exactly once.

    What its own signature does not say, its dependencies may.
    """
    declared = [each.call for each in route.dependant.dependencies if isinstance(each.call, Needs)]
    declared = declared or list(set(_inner_needs(route.dependant)))
    if len(declared) != 1:
        raise LookupError(f"{route.path} must declare once what it needs, not {len(declared)} times")
    return declared[0]


def _inner_needs(dependant: Dependant) -> Iterator[Needs]:
    for each in dependant.dependencies:
        if isinstance(each.call, Needs):
            yield each.call
        yield from _inner_needs(each)


def describe(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Build the document of an app's routes."""
    shown = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    document = get_openapi(
        title="Hemei Hub", version=VERSION, description=DESCRIPTION, routes=shown, summary="和美小区"
    )
    _, schemas = msgspec.json.schema_components(
        ANSWERS, schema_hook=_schema_of_iterable, ref_template="#/components/schemas/{name}"
    )
    components = document.setdefault("components", {})
    ours = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        ours.pop(unused, None)
    components["schemas"] = dict(sorted((ours | schemas).items()))
    components["securitySchemes"] = SECURITY_SCHEMES
    for route in shown:
        for method in route.methods or ():
            operation = document["paths"][route.path][method.lower()]
            operation["operationId"] = route.name
            _declare_needs(operation, needs_of(route))
    return document


def _declare_needs(operation: dict[str, Any], needs: Needs) -> None:
    responses = operation["responses"]
    problem = {"$ref": "#/components/schemas/ProblemDetails"}
    described = {"content": {"application/problem+json": {"schema": problem}}}
    if "422" in responses:  # FastAPI's own form of it, which we do not use
        responses["422"] = {"description": "The request is not understood."} | described
    if needs.public:
        operation["security"] = []
        return
    operation["security"] = [{"cookie": []}, {"bearer": []}]
    responses["401"] = {"description": "Not signed in."} | described
    if needs.permission is not None:
        roles = sorted(role.value for role in PERMISSIONS if needs.permission in PERMISSIONS[role])
        operation["x-permission"] = needs.permission.value
        operation["x-roles"] = roles
        responses["403"] = {"description": f"Only for {', '.join(roles)}."} | described
    operation["responses"] = dict(sorted(responses.items()))


def _schema_of_iterable(kind: type) -> dict[str, Any]:
    """Describe `Iterable[str]`, which msgspec writes as an array but cannot describe."""
    if get_origin(kind) is Iterable or kind is Iterable:
        return {"type": "array", "items": {"type": "string"}}
    raise NotImplementedError(kind)
