"""For whoever watches over the hub: liveness, readiness, Prometheus."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import Alive, Readiness, answers, json_answer
from hub.api.permissions import PUBLIC, needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import of_tenant
from hub.health.view import HealthView

router: Final = APIRouter(tags=["health"])

ANSWERS: Final = (HealthView,)
"""What the OpenAPI document must describe."""


@router.get("/healthz", dependencies=[PUBLIC], summary="Liveness", responses=answers(Alive))
async def healthz() -> Response:
    """Say that the process answers; whoever gets no answer should restart it."""
    return json_answer(Alive())


@router.get(
    "/readyz",
    dependencies=[PUBLIC],
    summary="Readiness",
    responses=answers(Readiness) | answers(Readiness, ok=503),
)
async def readyz(request: Request) -> Response:
    """Say what works; 503 as long as something does not."""
    checks = services_of(request).health.ready()
    ready = all(checks.values())
    return json_answer(Readiness(ready, checks), 200 if ready else 503)


@router.get(f"{BASE}/health/parts", summary="How every part does", responses=answers(HealthView))
async def health_parts(request: Request, who: Annotated[Principal, needs(Permission.HEALTH)]) -> Response:
    """Show every part with its state, why it is so, and its figures; what is not known is never normal."""
    services = services_of(request)
    of_tenant(services, who)
    return json_answer(await services.room.health.view())


@router.get(
    "/metrics",
    summary="Prometheus",
    responses={200: {"description": "Prometheus text format.", "content": {"text/plain": {}}}},
)
async def metrics(
    request: Request,
    who: Annotated[Principal | None, needs(Permission.METRICS, loopback_is_enough=True)],
) -> Response:
    """Figures for Prometheus: with a bearer token, or from this machine."""
    return Response(generate_latest(services_of(request).metrics), media_type=CONTENT_TYPE_LATEST)
