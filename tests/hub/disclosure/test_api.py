"""The police desk over HTTP: roles, problems, files, and what of it is in the audit."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from hub.access.roles import Role
from hub.disclosure.bases import LegalBasis
from hub.disclosure.request import Made
from hub.disclosure.scope import DataKind, Scope
from hub.disclosure.view import KeyView, PreviewView
from tests.hub.api.house import House, house
from tests.hub.disclosure.made import TO_MS

API = "/api/v1/exports"
DAY_MS = 86_400_000
PICTURE = "ab" * 32
PEOPLE = {"zhao": Role.LIAISON, "chen": Role.SUPERVISOR, "he": Role.SUPERVISOR, "li": Role.GUARD}

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Shown:
    """Shows what would leave, and signs, where the test is not about either."""

    async def preview(self, basis: LegalBasis, scope: Scope) -> PreviewView:
        counts = dict.fromkeys(scope.kinds, len(basis.key))
        return PreviewView(counts=counts, pictures=0, clips=0, tables=[], withheld=[], samples=[])

    async def picture(self, basis: LegalBasis, sha256: str) -> bytes | None:
        return basis.key.encode() if sha256 == PICTURE else None

    def public_key(self) -> KeyView:
        return KeyView(pem="PEM", fingerprint="ab:cd")


class Hub:
    """A hub with four people signed in."""

    def __init__(self, running: House, cookies: dict[str, dict[str, str]]) -> None:
        self.running = running
        self.cookies = cookies

    async def get(self, path: str = "", who: str = "zhao", **more: Any) -> httpx.Response:
        headers = self.cookies[who] | more.pop("headers", {})
        return await self.running.http.get(API + path, headers=headers, **more)

    async def post(self, path: str, body: dict[str, Any], who: str = "zhao") -> httpx.Response:
        return await self.running.http.post(API + path, json=body, headers=self.cookies[who])

    async def request(self, who: str = "zhao", **fields: Any) -> dict[str, Any]:
        answer = await self.post("", body(**fields), who)
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def press(self, view: dict[str, Any], step: str, who: str = "chen", **more: Any) -> httpx.Response:
        return await self.post(f"/{view['id']}/{step}", {"version": view["version"]} | more, who)

    async def audit(self, **wanted: Any) -> list[dict[str, Any]]:
        answer = await self.running.http.get("/api/v1/audit", params=wanted, headers=self.cookies["chen"])
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries


def body(**fields: Any) -> dict[str, Any]:
    """Write a request."""
    usual = {
        "basis": "criminal",
        "document_number": "调证字17号",
        "case_number": "A3302-17",
        "unit": "鄞州分局",
        "officers": [{"name": "周正", "number": "031177"}],
        "purpose": "查找涉案车辆",
        "scope": asked(),
    }
    return usual | fields


def asked(**fields: Any) -> dict[str, Any]:
    """Write a scope."""
    return {"from_ms": TO_MS - DAY_MS, "to_ms": TO_MS, "kinds": ["passes"]} | fields


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    async with house(tmp_path_factory.mktemp("desk")) as running:
        cookies = {}
        for name, role in PEOPLE.items():
            await running.access.create_user(name, role)
            link = await running.access.create_link(role, name)
            signed_in = await running.access.redeem(link, "192.0.2.1")
            cookies[name] = {
                "Cookie": f"hemei-session={signed_in.cookie}",
                "Origin": running.server.address,
            }
        desk = running.room.police.disclosures
        desk.previewer = desk.signer = Shown()
        yield Hub(running, cookies)


async def test_a_liaison_asks_and_a_supervisor_releases(hub: Hub) -> None:
    view = await hub.request(scope=asked(plate="浙B12345", devices=["gate/*", "gate/*"]), reason="见通知书")
    assert (view["state"], view["version"]) == ("requested", 1)
    assert view["can"] == ["approve", "reject", "withdraw"]
    assert view["requested_by"] == "user:zhao"
    assert view["scope"]["devices"] == ["gate/*"]
    assert view["basis_title"]["zh"].startswith("刑事侦查")
    answer = await hub.press(view, "approve", reason="已核对")
    assert answer.status_code == 200, answer.text
    detail = (await hub.get(f"/{view['id']}", "chen")).json()
    assert [step["what"] for step in detail["steps"]] == ["requested", "approved"]
    assert (detail["decided_by"], detail["decision_reason"]) == ("user:chen", "已核对")
    again = await hub.post("", body(scope=detail["scope"]))
    assert again.status_code == 201, again.text  # what is shown may be asked for as it is


async def test_ones_own_request_is_refused_with_its_reason(hub: Hub) -> None:
    view = await hub.request("chen")
    answer = await hub.press(view, "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "own-request")
    assert answer.headers["content-type"] == "application/problem+json"
    (entry, *_) = await hub.audit(what="disclosure.refused", about=view["id"])
    assert (entry["who"], entry["details"]["code"]) == ("user:chen", "own-request")
    assert (await hub.press((await hub.get(f"/{view['id']}")).json(), "approve", "he")).status_code == 200


async def test_a_guard_opens_nothing_and_that_is_on_record(hub: Hub) -> None:
    view = await hub.request()
    for answer in (
        await hub.get("", "li"),
        await hub.get(f"/{view['id']}", "li"),
        await hub.get(".csv", "li"),
        await hub.get(f"/{view['id']}/bundle", "li"),
        await hub.get(f"/{view['id']}/record", "li"),
        await hub.post("", body(), "li"),
        await hub.press(view, "approve", "li"),
        await hub.press(view, "approve", "zhao"),
    ):
        assert answer.status_code == 403, answer.url
    refused = {entry["about"] for entry in await hub.audit(what="access.refused", who="user:li")}
    assert {"GET /api/v1/exports", "POST /api/v1/exports"} <= refused


async def test_a_token_releases_nothing(hub: Hub) -> None:
    view = await hub.request()
    token = hub.running.bearer(Role.SUPERVISOR)
    path = f"{API}/{view['id']}/approve"
    answer = await hub.running.http.post(path, json={"version": 1}, headers=token)
    assert (answer.status_code, answer.json()["code"]) == (409, "unnamed")


async def test_too_much_is_refused_and_named(hub: Hub) -> None:
    wide = asked(from_ms=TO_MS - 5 * DAY_MS, kinds=["passes", "events"])
    for path, wanted in (
        ("", body(basis="missing-person", scope=wide)),
        ("/preview", {"basis": "missing-person", "scope": wide}),
    ):
        answer = await hub.post(path, wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "too-wide")
        for part in ("kind events", "5 days", "nobody is named"):
            assert part in answer.json()["detail"]
    refused = await hub.audit(what="disclosure.refused", about="missing-person")
    assert len(refused) == 2


async def test_what_has_changed_is_shown_as_it_is_now(hub: Hub) -> None:
    view = await hub.request()
    assert (await hub.press(view, "reject", reason="文书不全")).status_code == 200
    answer = await hub.press(view, "approve", "he")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale-version")
    assert answer.json()["now"]["state"] == "rejected"
    assert (await hub.press(answer.json()["now"], "approve", "he")).json()["code"] == "not-now"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": asked(to_ms=TO_MS - DAY_MS)},
        {"scope": asked(kinds=[])},
        {"scope": asked(devices=["gate"])},
        {"scope": asked(extra=1)},
        {"officers": []},
        {"recipients": ["age1x"]},
        {"case_number": ""},
        {"purpose": "a\x00b"},
    ],
)
async def test_nonsense_is_refused_in_words(hub: Hub, wrong: dict[str, Any]) -> None:
    answer = await hub.post("", body(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_what_there_is_not_is_not_found(hub: Hub) -> None:
    nobody = "0" * 32
    for path in (
        f"/{nobody}",
        f"/{nobody}/bundle",
        f"/{nobody}/record",
        f"/preview/pictures/{PICTURE}?basis=none",
        f"/preview/pictures/{nobody * 2}?basis=criminal",
    ):
        assert (await hub.get(path)).status_code == 404
    answer = await hub.post("", body(basis="none"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-basis")
    view = await hub.request()
    for what in ("bundle", "record"):
        answer = await hub.get(f"/{view['id']}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-bundle")


async def test_a_preview_is_a_look_on_record(hub: Hub) -> None:
    wanted = {"basis": "criminal", "scope": asked(kinds=["passes", "events"])}
    answer = await hub.post("/preview", wanted)
    assert answer.json()["counts"] == {"passes": 8, "events": 8}
    (entry, *_) = await hub.audit(what="disclosure.previewed", who="user:zhao")
    assert entry["details"]["kinds"] == [DataKind.EVENTS, DataKind.PASSES]
    picture = await hub.get(f"/preview/pictures/{PICTURE}", params={"basis": "criminal"})
    assert (picture.content, picture.headers["content-type"]) == (b"criminal", "image/jpeg")
    assert (await hub.audit(what="disclosure.picture-previewed"))[0]["about"] == PICTURE
    assert (await hub.get("/key")).json() == {"pem": "PEM", "fingerprint": "ab:cd"}


async def test_the_bundle_is_fetched_in_ranges_and_handed_over(hub: Hub) -> None:
    desk = hub.running.room.police.disclosures
    view = await hub.request()
    released = (await hub.press(view, "approve")).json()
    found = await desk.desk.begin(released["id"])
    folder = desk.folder_of(found)
    folder.mkdir(parents=True)
    (folder / f"{found.number}.zip").write_bytes(b"0123456789")
    (folder / f"{found.number}.zip.sha256").write_text("digest")
    made = Made(
        name=f"{found.number}.zip", bytes=10, sha256="cd" * 32, files=3, encrypted=False, made_ms=TO_MS
    )
    await desk.desk.made(found.id, made)
    path = f"/{found.id}/bundle"
    whole = await hub.get(path)
    assert (whole.content, whole.headers["cache-control"]) == (b"0123456789", "private, no-store")
    assert f"{found.number}.zip" in whole.headers["content-disposition"]
    part = await hub.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert (await hub.get(f"{path}.sha256")).text == "digest"
    assert (await hub.get(f"{path}.sha256.sig")).status_code == 404
    now = (await hub.get(f"/{found.id}")).json()
    assert now["bundle"] == {
        "name": made.name,
        "bytes": 10,
        "sha256": made.sha256,
        "files": 3,
        "encrypted": False,
        "made": now["bundle"]["made"],
        "signer": None,
    }
    record = await hub.get(f"/{found.id}/record")
    assert (record.content[:5], record.headers["content-type"]) == (b"%PDF-", "application/pdf")
    assert f'inline; filename="{found.number}-record.pdf"' in record.headers["content-disposition"]
    assert record.headers["cache-control"] == "private, no-store"
    (look, *_) = await hub.audit(what="disclosure.record-viewed", about=found.id)
    assert look["who"] == "user:zhao"
    handed = (await hub.press(now, "handed", "zhao", to="周正 031177")).json()
    assert (handed["state"], handed["handed"]["to"]) == ("handed-over", "周正 031177")
    steps = [step["what"] for step in (await hub.get(f"/{found.id}")).json()["steps"]]
    assert steps == ["requested", "approved", "begun", "made", "taken", "taken", "taken", "handed-over"]


async def test_a_persons_disclosures_are_a_look_on_record_and_so_is_the_sheet(hub: Hub) -> None:
    view = await hub.request(scope=asked(person="p-77"))
    found = (await hub.get("", params={"person": "p-77"})).json()["exports"]
    assert [each["id"] for each in found] == [view["id"]]
    assert await hub.audit(what="disclosure.viewed", about="person p-77")
    sheet = await hub.get(".csv", params={"person": "p-77", "state": ["requested", "approved"]})
    assert view["number"] in sheet.text
    (entry, *_) = await hub.audit(what="disclosure.register-exported")
    assert entry["about"] == "person p-77"


async def test_the_bases_say_what_each_lets_leave(hub: Hub) -> None:
    bases = {each["key"]: each for each in (await hub.get("/bases")).json()["bases"]}
    urgent = bases["missing-person"]
    assert (urgent["kinds"], urgent["longest_days"], urgent["subject"]) == (["passes"], 3, True)
    assert "name" not in urgent["fields"]["passes"]
    assert urgent["document"]["en"].startswith("Statement")


async def test_a_liaison_takes_no_sheets_of_passes_and_every_look_is_on_record(hub: Hub) -> None:
    http, zhao = hub.running.http, hub.cookies["zhao"]
    assert (await http.get("/api/v1/passes.csv", headers=zhao)).status_code == 403
    assert (await http.get("/api/v1/passes", headers=zhao)).status_code == 200
    assert (await http.get("/api/v1/alarms", headers=zhao)).status_code == 200
    (entry, *_) = await hub.audit(what="passes.viewed", who="user:zhao")
    assert entry["about"] == "all"
