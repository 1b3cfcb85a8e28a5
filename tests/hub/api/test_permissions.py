"""Every route says what it needs, and gets it: all routes, all roles, cookies and tokens."""

import re
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import Mount
from websockets.exceptions import ConnectionClosed

from hub.access.roles import PERMISSIONS, Permission, Role
from hub.api.app import _bare_app
from hub.api.openapi import needs_of
from hub.api.permissions import Needs
from tests.hub.api.house import House, frame_of

ROUTES: Final = [route for route in _bare_app().routes if not isinstance(route, Mount)]
OPERATIONS: Final = [
    (method, route)
    for route in ROUTES
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
EXAMPLES: Final = {
    "site": "hemei",
    "kind": "gate",
    "device": "east-in",
    "action": "open",
    "action_id": "0" * 32,
    "sha256": "0" * 64,
    "alarm_id": "0" * 32,
    "referral": "0" * 32,
    "post": "centre",
    "contact": "li",
    "order_id": "0" * 32,
    "step": "accept",
    "code": "0" * 20,
    "key": "0" * 32,
    "number": "0" * 16,
    "account": "a-00000000",
    "visit": "g-000000000000",
    "plate": "B12345",
    "ident": "i-000000000000",
    "inside_id": "1",
    "plan": "site",
    "area": "garage",
    "name": "nobody",
    "test_id": "0" * 32,
    "trial": "0" * 32,
    "month": "2026-01",
    "link": "0" * 16,
    "export_id": "0" * 32,
    "aside_id": "1",
    "subscription": "1",
}
QUERIES: Final = {"/api/v1/history": {"device": "hemei/gate/east-in", "property": "position"}}

EXPECTED: Final = {
    "GET /": "public",
    "GET /api/openapi.json": "public",
    "GET /api/v1/actions/{action_id}": "operate",
    "GET /api/v1/alarms": "alarms",
    "GET /api/v1/alarms/{alarm_id}": "alarms",
    "GET /api/v1/alarms/{alarm_id}/case.html": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/acknowledge": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/assign": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/close": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/comment": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/hold": "manage",
    "POST /api/v1/alarms/{alarm_id}/release": "manage",
    "POST /api/v1/alarms/{alarm_id}/in-service": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/out-of-service": "manage",
    "GET /api/v1/alarms/{alarm_id}/referrals": "alarms",
    "POST /api/v1/alarms/{alarm_id}/referrals": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/referrals/{referral}/revoke": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/reset": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/review": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/shelve": "handle-alarms",
    "POST /api/v1/alarms/{alarm_id}/unshelve": "handle-alarms",
    "GET /api/v1/audit": "audit",
    "GET /api/v1/charging/accounts": "manage",
    "GET /api/v1/charging/accounts/by-key/{key}": "public",
    "POST /api/v1/charging/accounts": "manage",
    "POST /api/v1/charging/accounts/{account}/close": "manage",
    "POST /api/v1/charging/accounts/{account}/key": "manage",
    "POST /api/v1/charging/accounts/{account}/top-up": "manage",
    "GET /api/v1/charging/codes": "manage",
    "GET /api/v1/charging/codes/{code}": "public",
    "GET /api/v1/charging/codes/{code}/qr.svg": "manage",
    "POST /api/v1/charging/codes": "manage",
    "POST /api/v1/charging/codes/{code}/orders": "public",
    "DELETE /api/v1/charging/codes/{code}": "manage",
    "GET /api/v1/charging/figures": "charging-figures",
    "GET /api/v1/charging/orders": "charging",
    "GET /api/v1/charging/orders.csv": "charging",
    "GET /api/v1/charging/orders/by-key/{key}": "public",
    "GET /api/v1/charging/orders/{number}": "charging",
    "POST /api/v1/charging/orders/by-key/{key}/stop": "public",
    "POST /api/v1/charging/orders/{number}/stop": "charging",
    "GET /api/v1/contacts": "manage",
    "POST /api/v1/contacts/{contact}/test": "manage",
    "POST /api/v1/register/blocked-plates": "register-write",
    "GET /api/v1/register/export.csv": "register",
    "GET /api/v1/register/households": "register",
    "POST /api/v1/register/households": "register-write",
    "DELETE /api/v1/register/households/{key}": "register-write",
    "GET /api/v1/register/households/{key}": "register",
    "PATCH /api/v1/register/households/{key}": "register-write",
    "DELETE /api/v1/register/households/{key}/link": "register-write",
    "POST /api/v1/register/households/{key}/link": "register-write",
    "GET /api/v1/register/imports": "register",
    "POST /api/v1/register/imports": "register-write",
    "GET /api/v1/register/imports/template": "register",
    "GET /api/v1/register/imports/{ident}": "register",
    "POST /api/v1/register/imports/{ident}/apply": "register-write",
    "GET /api/v1/register/imports/{ident}/bad.csv": "register",
    "POST /api/v1/register/imports/{ident}/cancel": "register-write",
    "GET /api/v1/register/imports/{ident}/rows": "register",
    "GET /api/v1/register/levels": "visits",
    "DELETE /api/v1/register/levels/{key}": "register-write",
    "PUT /api/v1/register/levels/{key}": "register-write",
    "GET /api/v1/register/people": "register",
    "POST /api/v1/register/people": "register-write",
    "GET /api/v1/register/people/{key}": "register",
    "PATCH /api/v1/register/people/{key}": "register-write",
    "POST /api/v1/register/people/{key}/consent": "register-write",
    "POST /api/v1/register/people/{key}/leave": "register-write",
    "GET /api/v1/register/plates/{plate}": "visits",
    "GET /api/v1/register/vehicles": "register",
    "POST /api/v1/register/vehicles": "register-write",
    "GET /api/v1/register/vehicles/{key}": "register",
    "PATCH /api/v1/register/vehicles/{key}": "register-write",
    "POST /api/v1/register/vehicles/{key}/remove": "register-write",
    "POST /api/v1/register/vehicles/{key}/unblock": "register-write",
    "GET /api/v1/register/who": "visits",
    "GET /api/v1/register/who/{key}": "visits",
    "GET /api/v1/register/withdrawals": "register",
    "GET /api/v1/register/withdrawals/{number}": "register",
    "GET /api/v1/register/withdrawals/{number}/proof.html": "register",
    "POST /api/v1/register/withdrawals/{number}/waive": "register-write",
    "GET /api/v1/viid": "feed",
    "GET /api/v1/viid/receipts": "feed",
    "GET /api/v1/viid/set-aside": "feed",
    "POST /api/v1/viid/set-aside/{aside_id}/retry": "feed",
    "POST /api/v1/viid/subscriptions/{subscription}/end": "subscriptions",
    "POST /api/v1/viid/subscriptions/{subscription}/lift": "subscriptions",
    "DELETE /VIID/Subscribes": "public",
    "GET /VIID/Subscribes": "public",
    "POST /VIID/Subscribes": "public",
    "PUT /VIID/Subscribes": "public",
    "GET /api/v1/visit/by-key/{key}": "public",
    "POST /api/v1/visit/by-key/{key}/visits": "public",
    "POST /api/v1/visit/by-key/{key}/visits/{visit}/revoke": "public",
    "GET /api/v1/visits": "visits",
    "POST /api/v1/visits": "visits",
    "GET /api/v1/visits/rooms": "visits",
    "GET /api/v1/visits/{visit}": "visits",
    "POST /api/v1/visits/{visit}/revoke": "visits",
    "GET /visit": "public",
    "GET /police": "public",
    "GET /api/v1/police/by-key/{key}": "public",
    "POST /api/v1/police/by-key/{key}/receipt": "public",
    "POST /api/v1/police/by-key/{key}/answers": "public",
    "GET /api/v1/reports/alarms": "reports",
    "GET /api/v1/reports/alarms.csv": "reports",
    "GET /api/v1/reports/monthly/{month}": "reports",
    "GET /api/v1/reports/monthly/{month}.html": "reports",
    "GET /api/v1/reports/monthly/{month}.pdf": "reports",
    "GET /api/v1/community-links": "tokens",
    "POST /api/v1/community-links": "tokens",
    "DELETE /api/v1/community-links/{link}": "tokens",
    "GET /community/{key}": "public",
    "GET /api/v1/reports/tender": "reports",
    "GET /api/v1/reports/tender.csv": "reports",
    "GET /api/v1/work-orders": "orders",
    "GET /api/v1/work-orders.csv": "orders",
    "GET /api/v1/work-orders/figures": "orders",
    "GET /api/v1/work-orders/figures.csv": "orders",
    "GET /api/v1/work-orders/{order_id}": "orders",
    "POST /api/v1/work-orders": "orders",
    "POST /api/v1/work-orders/{order_id}/comment": "orders",
    "POST /api/v1/work-orders/{order_id}/pictures": "orders",
    "POST /api/v1/work-orders/{order_id}/{step}": "orders",
    "GET /api/v1/posts": "duty",
    "POST /api/v1/posts/{post}/sign-on": "duty",
    "POST /api/v1/posts/{post}/sign-off": "duty",
    "GET /api/v1/posts/{post}/handover": "duty",
    "POST /api/v1/posts/{post}/handover": "duty",
    "POST /api/v1/posts/{post}/handover/accept": "duty",
    "POST /api/v1/posts/{post}/presence": "duty",
    "DELETE /api/v1/definitions/trials/{trial}": "definitions",
    "GET /api/v1/definitions": "definitions",
    "GET /api/v1/definitions/trials/{trial}": "definitions",
    "POST /api/v1/definitions/trials": "definitions",
    "GET /api/v1/devices": "devices",
    "GET /api/v1/devices/{site}/{kind}/{device}": "devices",
    "GET /api/v1/devices/{site}/{kind}/{device}/actions": "operate",
    "GET /api/v1/devices/{site}/{kind}/{device}/description": "devices",
    "GET /api/v1/events": "events",
    "GET /api/v1/exports": "disclosures",
    "POST /api/v1/exports": "disclose",
    "GET /api/v1/exports.csv": "disclosures",
    "GET /api/v1/exports/bases": "disclosures",
    "GET /api/v1/exports/key": "disclosures",
    "POST /api/v1/exports/preview": "disclose",
    "GET /api/v1/exports/preview/pictures/{sha256}": "disclose",
    "GET /api/v1/exports/{export_id}": "disclosures",
    "POST /api/v1/exports/{export_id}/approve": "release",
    "GET /api/v1/exports/{export_id}/bundle": "disclose",
    "GET /api/v1/exports/{export_id}/bundle.sha256": "disclose",
    "GET /api/v1/exports/{export_id}/bundle.sha256.sig": "disclose",
    "POST /api/v1/exports/{export_id}/cancel": "disclose",
    "POST /api/v1/exports/{export_id}/handed": "disclose",
    "GET /api/v1/exports/{export_id}/record": "disclose",
    "POST /api/v1/exports/{export_id}/reject": "release",
    "POST /api/v1/exports/{export_id}/resume": "disclose",
    "POST /api/v1/exports/{export_id}/withdraw": "disclose",
    "GET /api/v1/figures/wall": "devices",
    "GET /api/v1/commissioning": "commission",
    "GET /api/v1/commissioning/devices/{site}/{kind}/{device}": "commission",
    "POST /api/v1/commissioning/devices/{site}/{kind}/{device}/tests": "commission",
    "GET /api/v1/commissioning/tests/{test_id}": "commission",
    "POST /api/v1/commissioning/tests/{test_id}/end": "commission",
    "GET /api/v1/commissioning/record.csv": "commission",
    "GET /api/v1/commissioning/record.html": "commission",
    "GET /api/v1/health/parts": "health",
    "GET /api/v1/history": "history",
    "GET /api/v1/durations": "history",
    "GET /api/v1/trend": "history",
    "GET /api/v1/trend.csv": "history",
    "GET /api/v1/trend.parquet": "history",
    "GET /api/v1/trend.xlsx": "history",
    "GET /api/v1/questions/availability": "history",
    "GET /api/v1/questions/charging": "charging-figures",
    "GET /api/v1/questions/doors": "pass-figures",
    "GET /api/v1/questions/falls": "alarms",
    "GET /api/v1/questions/passes": "pass-figures",
    "GET /api/v1/questions/water": "history",
    "GET /api/v1/lists": "devices",
    "GET /api/v1/media/{sha256}": "media",
    "GET /api/v1/passes": "passes",
    "GET /api/v1/passes.csv": "pass-sheets",
    "GET /api/v1/passes/figures": "pass-figures",
    "GET /api/v1/passes/inside": "passes",
    "POST /api/v1/passes/inside/{inside_id}/left": "pass-count",
    "GET /api/v1/devices/{site}/{kind}/{device}/picture": "preview",
    "GET /api/v1/devices/{site}/{kind}/{device}/preview": "preview",
    "GET /api/v1/plans": "devices",
    "POST /api/v1/plans": "plans",
    "PUT /api/v1/plans/order": "plans",
    "DELETE /api/v1/plans/{plan}": "plans",
    "PATCH /api/v1/plans/{plan}": "plans",
    "GET /api/v1/plans/{plan}/picture": "devices",
    "PUT /api/v1/plans/{plan}/picture": "plans",
    "DELETE /api/v1/placements/{site}/{kind}/{device}": "plans",
    "PUT /api/v1/placements/{site}/{kind}/{device}": "plans",
    "DELETE /api/v1/areas/{area}": "plans",
    "PUT /api/v1/areas/{area}": "plans",
    "GET /api/v1/people": "people",
    "POST /api/v1/people": "people",
    "PATCH /api/v1/people/{name}": "people",
    "POST /api/v1/people/{name}/link": "people",
    "DELETE /api/v1/people/{name}/sessions": "people",
    "GET /api/v1/tokens": "tokens",
    "POST /api/v1/tokens": "tokens",
    "DELETE /api/v1/tokens/{name}": "tokens",
    "GET /api/v1/session": "signed in",
    "GET /api/v1/session/password": "signed in",
    "PUT /api/v1/session/password": "signed in",
    "DELETE /api/v1/session": "signed in",
    "POST /api/v1/session": "public",
    "POST /api/v1/devices/{site}/{kind}/{device}/actions/{action}": "operate",
    "GET /c/account/{key}": "public",
    "GET /c/order/{key}": "public",
    "GET /c/{code}": "public",
    "GET /admin": "public",
    "GET /console": "public",
    "GET /desk": "public",
    "GET /console-worker.js": "public",
    "GET /console.webmanifest": "public",
    "GET /favicon.ico": "public",
    "GET /healthz": "public",
    "GET /metrics": "metrics",
    "GET /readyz": "public",
    "GET /signin": "public",
    "POST /signin": "public",
    "GET /wall": "public",
    "WS /api/v1/live": "devices",
}
"""Written down a second time, so that nobody opens a route by mistake."""


def declared(needs: Needs) -> str:
    if needs.public:
        return "public"
    return needs.permission.value if needs.permission else "signed in"


def needs_of_any(route: object) -> Needs:
    assert isinstance(route, APIRoute | APIWebSocketRoute)
    return needs_of(route)


def test_every_route_declares_what_it_needs() -> None:
    found = {f"{method} {route.path}": declared(needs_of(route)) for method, route in OPERATIONS}
    for route in ROUTES:
        if isinstance(route, APIWebSocketRoute):
            found[f"WS {route.path}"] = declared(needs_of_any(route))
    assert len(found) == len(OPERATIONS) + 1
    assert found == EXPECTED


def test_a_route_that_declares_nothing_is_found_out() -> None:
    app = _bare_app()

    @app.get("/open")
    async def forgotten() -> None:
        return None

    with pytest.raises(LookupError, match="/open must declare once what it needs"):
        needs_of_any(app.routes[-1])


def test_roles_may_what_the_site_decided() -> None:
    reads = {Permission.DEVICES, Permission.EVENTS, Permission.HISTORY, Permission.MEDIA}
    desk = {Permission.ALARMS, Permission.HANDLE, Permission.DUTY, Permission.ORDERS}
    above = {Permission.MANAGE, Permission.REPORTS, Permission.AUDIT, Permission.METRICS}
    charging = {Permission.CHARGING, Permission.CHARGING_FIGURES}
    passes = {Permission.PASSES, Permission.PASS_FIGURES, Permission.PASS_COUNT, Permission.PASS_SHEETS}
    disclosing = {Permission.DISCLOSE, Permission.DISCLOSURES, Permission.FEED}
    wall = {Permission.PREVIEW, Permission.ALARMS, Permission.CHARGING_FIGURES, Permission.METRICS}
    assert PERMISSIONS[Role.WALL] == reads | wall | {Permission.PASS_FIGURES}
    guard = {Permission.PREVIEW, Permission.OPERATE, Permission.VISITS}
    assert PERMISSIONS[Role.GUARD] == reads | desk | charging | passes | guard
    register = {Permission.REGISTER, Permission.REGISTER_WRITE, Permission.VISITS}
    set_up = {Permission.HEALTH, Permission.PLANS, Permission.COMMISSION, Permission.DEFINITIONS}
    releasing = disclosing | {Permission.RELEASE, Permission.SUBSCRIPTIONS}
    assert PERMISSIONS[Role.SUPERVISOR] == PERMISSIONS[Role.GUARD] | above | register | set_up | releasing
    assert register <= PERMISSIONS[Role.ADMIN]
    assert not register & (PERMISSIONS[Role.WALL] | PERMISSIONS[Role.LIAISON])
    assert all(Permission.PREVIEW not in PERMISSIONS[role] for role in (Role.LIAISON, Role.ADMIN))
    looks = {Permission.ALARMS, Permission.PASSES, Permission.PASS_FIGURES}
    assert PERMISSIONS[Role.LIAISON] == reads | looks | disclosing
    assert [role for role in Role if Permission.RELEASE in PERMISSIONS[role]] == [Role.SUPERVISOR]
    assert Permission.SUBSCRIPTIONS in PERMISSIONS[Role.ADMIN]
    assert Permission.OPERATE not in PERMISSIONS[Role.ADMIN]
    assert {Permission.PEOPLE, Permission.TOKENS} | set_up <= PERMISSIONS[Role.ADMIN]
    for alone in (Permission.PEOPLE, Permission.TOKENS):
        assert [role for role in Role if alone in PERMISSIONS[role]] == [Role.ADMIN]


def address_of(route: APIRoute) -> str:
    return re.sub(r"{(\w+)}", lambda match: EXAMPLES[match[1]], route.path)


@pytest_asyncio.fixture
async def quick(hub: House) -> AsyncIterator[ClientSession]:
    """Give a client that costs a third: thousands of questions are asked here. It keeps no cookie."""
    async with ClientSession(hub.server.address, cookie_jar=DummyCookieJar()) as client:
        yield client


async def status_of(client: ClientSession, method: str, route: APIRoute, headers: dict[str, str]) -> int:
    # Not from this machine, as far as /metrics can know.
    elsewhere = headers | {"X-Forwarded-For": "192.0.2.9"}
    asked = client.request(
        method, address_of(route), headers=elsewhere, params=QUERIES.get(route.path), allow_redirects=False
    )
    async with asked as answer:
        await answer.read()
        return answer.status


async def test_each_route_lets_in_exactly_the_roles_that_may(hub: House, quick: ClientSession) -> None:
    wrong = []
    for role in Role:
        cookie = await hub.cookie(role)
        for method, route in OPERATIONS:
            needs = needs_of(route)
            if needs.public:
                continue
            allowed = needs.permission is None or needs.permission in PERMISSIONS[role]
            for headers in (hub.bearer(role), cookie):
                status = await status_of(quick, method, route, headers)
                if (status not in (401, 403)) != allowed:
                    wrong.append((method, route.path, role.value, status))
            if (method, route.path) == ("DELETE", "/api/v1/session"):
                cookie = await hub.cookie(role)
    assert not wrong


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer hemei_wrong"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
        {"Cookie": "hemei-session=wrong"},
        {"Cookie": "hemei-session="},
    ],
)
async def test_strangers_get_401_everywhere_but_where_all_may(
    quick: ClientSession, headers: dict[str, str]
) -> None:
    for method, route in OPERATIONS:
        status = await status_of(quick, method, route, headers)
        assert (status == 401) == (
            not needs_of(route).public or (route.path == "/api/v1/session" and False)
        ), (
            method,
            route.path,
            status,
        )


async def test_the_live_stream_lets_in_exactly_the_roles_that_may(hub: House) -> None:
    for role in Role:
        for headers in (hub.bearer(role), await hub.cookie(role)):
            async with hub.viewer(headers) as socket:
                if Permission.DEVICES in PERMISSIONS[role]:
                    assert (await frame_of(socket))["type"] == "snapshot"
                    continue
                with pytest.raises(ConnectionClosed) as closed:
                    await socket.recv()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 4403


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Cookie": "hemei-session=x"}])
async def test_the_live_stream_says_that_nobody_is_signed_in(hub: House, headers: dict[str, str]) -> None:
    async with hub.viewer(headers) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_what_a_cookie_changes_must_come_from_our_own_page(hub: House) -> None:
    ours = await hub.cookie(Role.GUARD)
    path = "/api/v1/devices/hemei/gate/east-in/actions/open"
    assert (await hub.http.post(path, headers=ours)).status_code == 409
    for origin in ("https://evil.example", "null", hub.server.address + "1", None):
        headers = {"Cookie": ours["Cookie"]} | ({"Origin": origin} if origin else {})
        answer = await hub.http.post(path, headers=headers)
        assert answer.status_code == 403, origin
        assert (await hub.http.delete("/api/v1/session", headers=headers)).status_code == 403
        async with hub.viewer(headers) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
    assert (await hub.http.get("/api/v1/session", headers={"Cookie": ours["Cookie"]})).status_code == 200


async def test_a_machine_needs_no_origin(hub: House) -> None:
    headers = hub.bearer(Role.GUARD) | {"Origin": "https://elsewhere.example"}
    answer = await hub.http.post("/api/v1/devices/hemei/gate/east-in/actions/open", headers=headers)
    assert answer.status_code == 409


async def test_metrics_are_open_to_this_machine_alone(hub: House) -> None:
    assert (await hub.http.get("/metrics")).status_code == 200
    for header in ({"X-Forwarded-For": "192.0.2.9"}, {"Forwarded": "for=192.0.2.9"}):
        assert (await hub.http.get("/metrics", headers=header)).status_code == 401
        answer = await hub.http.get("/metrics", headers=header | hub.bearer(Role.WALL))
        assert answer.status_code == 200
        assert "hemei_events_committed_total" in answer.text
