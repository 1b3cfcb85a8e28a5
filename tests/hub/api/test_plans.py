"""Plans over the API: who may look and who may change, what is refused, and who sees it at once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from hub.access.roles import Role
from hub.ledger.transactions import Transactions
from hub.plans.book import Plans, PlanSite
from hub.plans.picture import MAX_PICTURE_BYTES
from tests.hub.api.house import GATE, House, clock, frame_of, house
from tests.hub.plans.test_pictures import SVG, bomb, drawn

KEY = str(GATE)
PLACE = f"/api/v1/placements/{KEY}"
AT = {"plan": "site", "x": 0.25, "y": 0.5}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a hub that is only ever refused something."""
    async with house(tmp_path_factory.mktemp("hub")) as running:
        yield running


async def ask(hub: House, method: str, path: str, role: Role = Role.ADMIN, **sent: Any) -> httpx.Response:
    """Ask as a machine with `role`."""
    return await hub.http.request(method, path, headers=hub.bearer(role), **sent)


async def upload(hub: House, ident: str, content: bytes = SVG) -> dict[str, Any]:
    """Add a plan."""
    answer = await ask(hub, "POST", "/api/v1/plans", params={"title": "车库", "id": ident}, content=content)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(hub: House) -> dict[str, Any]:
    """Look at everything."""
    found: dict[str, Any] = (await hub.get("/api/v1/plans", Role.WALL)).json()
    return found


async def site_of(socket: Any) -> dict[str, Any]:
    """Return the next news of the site."""
    while True:
        frame = await frame_of(socket, "changes")
        if "site" in frame:
            site: dict[str, Any] = frame["site"]
            return site


async def entries(hub: House) -> list[tuple[str, str, str]]:
    """Return what the audit says of plans: who, what, about."""
    found = (await hub.get("/api/v1/audit", Role.SUPERVISOR)).json()["entries"]
    kinds = ("plan.", "device.", "area.")
    return [(each["who"], each["what"], each["about"]) for each in found if each["what"].startswith(kinds)]


async def test_the_first_plan_is_that_of_the_site_file_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "plan.svg"
    file.write_bytes(SVG)
    async with house(tmp_path, plan_file=file) as hub:
        async with hub.viewer(hub.bearer(Role.WALL)) as wall:
            (plan,) = (await frame_of(wall))["site"]["plans"]
        assert (plan["id"], plan["width"], plan["height"]) == ("site", 16, 9)
        answer = await hub.get(plan["picture"], Role.WALL)
        assert (answer.status_code, answer.content) == (200, SVG)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "sandbox"} <= set(policy)
        assert not any(each.startswith("script-src") for each in policy)
        assert "immutable" in answer.headers["cache-control"]
        bare = await hub.get("/api/v1/plans/site/picture", Role.WALL)
        assert bare.headers["cache-control"] == "no-cache"
        assert (await hub.get("/api/v1/plans/site/picture?v=another", Role.WALL)).status_code == 404
        assert (await hub.get(plan["picture"], Role.LIAISON)).status_code == 200
        assert (await hub.http.get(plan["picture"])).status_code == 401
        await ask(hub, "PUT", "/api/v1/plans/site/picture", content=drawn(".png"))
        assert (await hub.get("/api/v1/plans/site/picture", Role.WALL)).content == drawn(".png")
        assert (await ask(hub, "DELETE", "/api/v1/plans/site")).json() == {"unplaced": 0}
        assert (await listed(hub))["plans"] == [plan]


async def test_a_site_without_a_plan_has_one_without_a_picture(hub: House) -> None:
    (plan,) = (await listed(hub))["plans"]
    assert (plan["id"], plan["picture"]) == ("site", None)
    assert (await hub.get("/api/v1/plans/site/picture")).status_code == 404


async def test_every_change_reaches_every_screen_and_is_in_the_audit(any_hub: House) -> None:
    hub = any_hub
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        made = await upload(hub, "b1", drawn(".webp"))
        assert (await site_of(wall))["plans"][1] == made
        words = {
            "title": {"zh-CN": "地下一层", "en": "Level B1"},
            "building": {"en": "Garage"},
            "floor": "B1",
        }
        renamed = (await ask(hub, "PATCH", "/api/v1/plans/b1", json=words)).json()
        assert renamed == made | words
        assert (await site_of(wall))["plans"][1] == renamed
        ordered = await ask(hub, "PUT", "/api/v1/plans/order", json={"plans": ["b1", "site"]})
        assert [each["id"] for each in ordered.json()["plans"]] == ["b1", "site"]
        assert [each["id"] for each in (await site_of(wall))["plans"]] == ["b1", "site"]
        assert (await listed(hub))["unplaced"] == [KEY]
        placed = await ask(hub, "PUT", PLACE, json={"plan": "b1", "x": 0.123456789, "y": 1})
        assert placed.json() == {"device": KEY, "plan": "b1", "x": 0.12346, "y": 1.0}
        assert (await site_of(wall))["placements"] == {KEY: ["b1", 0.12346, 1.0]}
        assert (await listed(hub))["unplaced"] == []
        named = await ask(hub, "PUT", "/api/v1/areas/garage", json={"title": {"zh-CN": "车库"}})
        assert named.json()["by_people"] is True
        assert (await site_of(wall))["areas"]["garage"] == {"zh-CN": "车库"}
        replaced = (await ask(hub, "PUT", "/api/v1/plans/b1/picture", content=SVG)).json()
        assert replaced["picture"] != renamed["picture"]
        assert (await site_of(wall))["placements"] != {}
        assert (await ask(hub, "DELETE", "/api/v1/plans/b1")).json() == {"unplaced": 1}
        site = await site_of(wall)
        assert ([each["id"] for each in site["plans"]], site["placements"]) == (["site"], {})
        await ask(hub, "PUT", PLACE, json=AT)
        assert (await site_of(wall))["placements"] == {KEY: ["site", 0.25, 0.5]}
        assert (await ask(hub, "DELETE", PLACE)).status_code == 204
        assert (await site_of(wall))["placements"] == {}
        assert (await ask(hub, "DELETE", "/api/v1/areas/garage")).status_code == 204
        assert "garage" not in (await site_of(wall))["areas"]
    assert [each[1:] for each in reversed(await entries(hub))] == [
        ("plan.added", "b1"),
        ("plan.changed", "b1"),
        ("plan.ordered", "default"),
        ("device.placed", KEY),
        ("area.named", "garage"),
        ("plan.picture-replaced", "b1"),
        ("plan.removed", "b1"),
        ("device.placed", KEY),
        ("device.unplaced", KEY),
        ("area.forgotten", "garage"),
    ]
    assert {who for who, *_ in await entries(hub)} == {"token:admin"}


async def test_plans_are_there_after_a_start_and_letters_call_areas_as_people_do(tmp_path: Path) -> None:
    areas = {"east-gate": {"zh-CN": "东门"}, "west-gate": {"zh-CN": "西门"}}
    async with house(tmp_path, areas=areas) as hub:
        await upload(hub, "b1")
        await ask(hub, "PUT", PLACE, json=AT)
        await ask(hub, "PUT", "/api/v1/areas/east-gate", json={"title": {"en": "East"}})
        called = hub.room.casework._titles.areas
        assert called["east-gate"] == {"en": "East"}
        ledger = Transactions(hub.core.engine, hub.core.committer.thread)
        site = PlanSite(tenant="default", areas=areas)
        again, book = Plans(ledger, clock, site, lambda: None), hub.room.plans
        await again.begin()
        assert (again.views(), again.placements, again.areas) == (book.views(), book.placements, called)
        await ask(hub, "DELETE", "/api/v1/areas/east-gate")
        assert called == areas


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "told"),
    [
        ("POST", "plans?title=x", {"content": b"plan"}, 422, "allowed: SVG, PNG, JPEG, WebP"),
        ("POST", "plans?title=x", {"content": bomb(20_000, 20_000)}, 422, "million pixels"),
        ("POST", "plans?title=x&id=site", {"content": SVG}, 409, "already"),
        ("POST", "plans?title=", {"content": SVG}, 422, "title"),
        ("PUT", "plans/none/picture", {"content": SVG}, 404, "no plan 'none'"),
        ("PATCH", "plans/none", {"json": {"floor": "3F"}}, 404, "no plan 'none'"),
        ("PATCH", "plans/site", {"json": {"title": {}}}, 422, "zh-CN or en"),
        ("PATCH", "plans/site", {"json": {"title": None}}, 422, "title"),
        ("PUT", "plans/order", {"json": {"plans": ["site", "site"]}}, 409, "not all plans"),
        ("DELETE", "plans/none", {}, 404, "no plan 'none'"),
        ("PUT", f"placements/{KEY}", {"json": AT | {"plan": "none"}}, 404, "no plan 'none'"),
        ("PUT", f"placements/{KEY}", {"json": AT | {"x": 1.01}}, 422, "less than or equal to 1"),
        ("PUT", "placements/hemei/gate/none", {"json": AT}, 404, "no device"),
        ("DELETE", f"placements/{KEY}", {}, 404, "nobody has placed"),
        ("DELETE", "areas/none", {}, 404, "nobody has named"),
        ("PUT", "areas/none", {"json": {"title": {"zh-CN": "x" * 61}}}, 422, "60 characters"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_refused_says_what_to_do_and_changes_nothing(
    refusing: House, method: str, path: str, sent: dict[str, Any], status: int, told: str
) -> None:
    before = await listed(refusing)
    answer = await ask(refusing, method, f"/api/v1/{path}", **sent)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    assert await listed(refusing) == before


@pytest.mark.asyncio(loop_scope="module")
async def test_a_picture_may_have_8_mib_whether_it_says_so_before_or_not(refusing: House) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield SVG
        for _ in range(MAX_PICTURE_BYTES // 4096):
            yield b" " * 4096

    answer = await ask(refusing, "POST", "/api/v1/plans?title=x", content=parts())
    assert (answer.status_code, str(MAX_PICTURE_BYTES) in answer.json()["detail"]) == (413, True)
    largest = SVG + b" " * (MAX_PICTURE_BYTES - len(SVG))
    assert (await ask(refusing, "PUT", "/api/v1/plans/none/picture", content=largest)).status_code == 404
    assert (await ask(refusing, "PUT", "/api/v1/plans/site/picture", content=largest)).status_code == 200


@pytest.mark.parametrize("role", [Role.WALL, Role.GUARD, Role.LIAISON])
@pytest.mark.asyncio(loop_scope="module")
async def test_who_may_look_may_not_change(refusing: House, role: Role) -> None:
    answer = await ask(refusing, "PUT", PLACE, role, json=AT)
    assert answer.status_code == 403
    assert (await ask(refusing, "POST", "/api/v1/plans?title=x", role, content=SVG)).status_code == 403
