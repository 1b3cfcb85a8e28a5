"""Puts the API together: routes, problems, shield, pages."""

from pathlib import Path
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Mount

from hub.api.answers import json_answer
from hub.api.openapi import VERSION, describe
from hub.api.permissions import PUBLIC
from hub.api.problems import handle_problems
from hub.api.routes import (
    alarms,
    audit,
    charging,
    charging_desk,
    commissioning,
    community,
    contacts,
    definitions,
    devices,
    exports,
    figures,
    health,
    lists,
    live,
    monthly,
    orders,
    pages,
    passes,
    people,
    plans,
    police,
    posts,
    preview,
    questions,
    questions_ready,
    questions_sheets,
    records,
    referrals,
    register,
    register_consents,
    register_import,
    reports,
    session,
    tokens,
    viid,
    viid_subscribes,
    visit,
    visits,
)
from hub.api.services import Services
from hub.api.shield import Shield
from hub.api.strangers import Strangers

PARTS: Final = (
    alarms,
    commissioning,
    posts,
    orders,
    charging,
    charging_desk,
    passes,
    exports,
    register,
    register_consents,
    register_import,
    visits,
    visit,
    referrals,
    police,
    audit,
    contacts,
    definitions,
    devices,
    figures,
    lists,
    preview,
    questions,
    questions_ready,
    questions_sheets,
    plans,
    records,
    reports,
    monthly,
    session,
    people,
    tokens,
    viid,
    viid_subscribes,
    community,
    live,
    health,
    pages,
)
OPENAPI: Final = "/api/openapi.json"


def create_app(services: Services, *, pages: Path, timezone: str) -> FastAPI:
    """Make the ASGI app of one hub. `pages` is the folder of the built dashboards; `timezone` the site's."""
    app = _bare_app(timezone)
    app.state.services = services
    app.state.pages = pages
    app.state.strangers = Strangers(services.clock)
    app.router.routes.append(_assets(pages))
    return app


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document; no hub needs to run for it."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(describe(_bare_app().routes)))
    return document


def _bare_app(timezone: str | None = None) -> FastAPI:
    app = FastAPI(
        title="Hemei Hub",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.add_middleware(Shield, timezone=timezone)
    handle_problems(app)
    for part in PARTS:
        app.router.routes.extend(part.router.routes)

    @app.get(OPENAPI, include_in_schema=False, dependencies=[PUBLIC])
    async def openapi() -> Response:
        return json_answer(openapi_document(), headers={"Cache-Control": "no-cache"})

    return app


def _assets(folder: Path) -> Mount:
    return Mount("/assets", pages.Assets(folder / "assets"), name="assets")
