"""Passes over real HTTP: search, sheet, figures, corrections, and who may see what."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest_asyncio
from sqlalchemy import select

from contract.clock import epoch_ms
from contract.messages import Event
from contract.passes import GATE_PASSED, PLATE_RECOGNISED
from hub.access.roles import Role
from hub.audit.schema import audit
from hub.ledger.commit import Arrival
from tests.hub.api.house import GATE, House, clock, frame_of

API = "/api/v1/passes"
PLATE = "浙B12345"


def tell(hub: House, of: str, ident: str, **data: Any) -> None:
    """Have the gate tell something."""
    now = clock.now()
    event = Event(specversion="1.0", id=ident, source=str(GATE), type=of, time=now, data=data)
    payload = msgspec.json.encode(event)
    arrival = Arrival(address=GATE, tenant="default", event=event, payload=payload, received_ms=epoch_ms(now))
    entries = hub.core.committer.writer.commit([arrival]).entries
    hub.room.committed(entries)


@pytest_asyncio.fixture
async def busy(hub: House) -> AsyncIterator[House]:
    tell(hub, GATE_PASSED, "1", plate=PLATE, direction="in", vehicle="v-1", person="p-1", category="resident")
    tell(hub, GATE_PASSED, "2", plate="沪A00001", direction="in", category="visitor")
    tell(hub, PLATE_RECOGNISED, "3", plate="京A66666", decision="refused", reason="blocked", direction="in")
    await hub.room.passes.look()
    return hub


def audited(hub: House, what: str) -> list[dict[str, Any]]:
    """Return the entries of the audit that tell this."""
    with hub.core.engine.connect() as connection:
        bodies = connection.execute(select(audit.c.body).where(audit.c.what == what).order_by(audit.c.n))
        return [msgspec.json.decode(body) for body in bodies.scalars()]


async def test_a_search_page_by_page(busy: House) -> None:
    page = (await busy.get(API, params={"limit": 2})).json()
    assert [each["plate"] for each in page["passes"]] == ["京A66666", "沪A00001"]
    rest = (await busy.get(API, params={"limit": 2, "before": page["next"]})).json()
    assert ([each["plate"] for each in rest["passes"]], rest["next"]) == ([PLATE], None)
    (record,) = rest["passes"]
    assert (record["kind"], record["device"], record["means"]) == ("gate", "east-in", "unknown")
    assert (record["vehicle"], record["person"], record["category"]) == ("v-1", "p-1", "resident")
    assert audited(busy, "passes.viewed") == [], "nobody in particular was looked for"


ASKED: Final[list[tuple[dict[str, Any], list[str]]]] = [
    ({"plate": "浙b·1234S"}, [PLATE]),
    ({"plate": "浙b·1234S", "exact": True}, []),
    ({"plate": "＊０１"}, ["沪A00001"]),
    ({"outcome": "refused"}, ["京A66666"]),
    ({"place": "gate/east-in", "category": "visitor"}, ["沪A00001"]),
    ({"place": ["gate/nowhere", "door/*"]}, []),
    ({"area": "nowhere"}, []),
    ({"vehicle": "v-1"}, [PLATE]),
    ({"person": "p-1", "direction": "out"}, []),
    ({"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}, []),
    ({"from": "2020-01-01T00:00:00Z", "category": "resident"}, [PLATE]),
]


async def test_what_can_be_asked(busy: House) -> None:
    for query, plates in ASKED:
        answer = await busy.get(API, params=query)
        assert answer.status_code == 200, answer.text
        assert [each["plate"] for each in answer.json()["passes"]] == plates, query


REFUSED: Final[list[dict[str, Any]]] = [
    {"plate": ""},
    {"plate": "9" * 33},
    {"plate": "浙\x00"},
    {"person": "李 伟"},
    {"place": "gate"},
    {"place": "camera/east"},
    {"before": "yesterday"},
    {"from": "2020-01-02T00:00:00Z", "to": "2020-01-01T00:00:00Z"},
    {"from": "2020-01-02"},
    {"limit": 501},
    {"means": "magic"},
    {"plates": PLATE},
]


async def test_what_cannot_be_asked(hub: House) -> None:
    for query in REFUSED:
        answer = await hub.get(API, params=query)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (
            query
        )


async def test_who_looks_for_somebody_is_in_the_audit(busy: House) -> None:
    for _ in range(2):
        await busy.get(API, params={"plate": "浙B*", "person": "p-1"})
    await busy.get(f"{API}/inside", params={"plate": "沪A?0001"})
    first, second = audited(busy, "passes.viewed")
    assert (first["who"], first["about"]) == ("token:guard", "plate 浙B* person p-1")
    assert second["about"] == "plate 沪A?0001"


async def test_a_sheet_is_taken_away_and_in_the_audit(busy: House) -> None:
    tell(busy, GATE_PASSED, "4", plate="=1+1", direction="out")
    await busy.room.passes.look()
    answer = await busy.get(f"{API}.csv", params={"direction": ["in"], "place": "gate/east-in"})
    assert answer.headers["content-disposition"] == 'attachment; filename="passes.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["plate"] for row in rows] == ["京A66666", "沪A00001", PLATE]
    assert (rows[0]["outcome"], rows[0]["reason"], rows[0]["passback"]) == ("refused", "blocked", "no")
    odd = await busy.get(f"{API}.csv", params={"direction": "out"})
    assert "'=1+1" in odd.text, "no spreadsheet computes it"
    first, second = audited(busy, "passes.exported")
    assert (first["who"], first["about"]) == ("token:guard", "")
    assert first["details"] == {"asked": {"direction": "in", "place": ["gate/east-in"]}, "rows": 3}
    assert second["details"]["rows"] == 1


async def test_figures_are_asked_again_and_again(busy: House) -> None:
    answer = await busy.get(f"{API}/figures", Role.WALL)
    figures = answer.json()
    assert figures["now"]["inside"] == {"resident": 1, "visitor": 1, "staff": 0, "service": 0, "unknown": 0}
    (hour,) = figures["hours"]
    assert (hour["in"], hour["out"], hour["refused"]) == (2, 0, 1)
    (place,) = figures["places"]
    assert (place["kind"], place["device"], place["in"]) == ("gate", "east-in", 2)
    assert PLATE not in answer.text
    same = {"If-None-Match": answer.headers["etag"]}
    headers = busy.bearer(Role.WALL)
    again = await busy.http.get(f"{API}/figures", headers=headers | same)
    assert (again.status_code, again.text) == (304, "")
    tell(busy, GATE_PASSED, "4", plate=PLATE, direction="out", vehicle="v-1")
    await busy.room.passes.look()
    changed = await busy.http.get(f"{API}/figures", headers=headers | same)
    assert (changed.status_code, changed.json()["now"]["out_today"]) == (200, 1)
    for day, status in (("2020-02-29", 200), ("2021-02-29", 422), ("9999-12-31", 422)):
        asked = await busy.get(f"{API}/figures", params={"day": day})
        assert asked.status_code == status, asked.text
        if status == 200:
            assert (asked.json()["day"], asked.json()["hours"]) == (day, [])


async def test_a_guard_puts_the_count_right(busy: House) -> None:
    listed = (await busy.get(f"{API}/inside", params={"category": "visitor"})).json()
    (there,) = listed["vehicles"]
    assert (there["plate"], there["group"], listed["total"]) == ("沪A00001", "visitor", 1)
    address = f"{API}/inside/{there['id']}/left"

    async def press(version: int, path: str = address, reason: str = "gone, seen at the gate") -> Any:
        body = {"version": version, "reason": reason}
        return await busy.http.post(path, json=body, headers=busy.bearer(Role.GUARD))

    assert (await press(1, f"{API}/inside/999999/left")).status_code == 404
    assert (await press(1, reason="")).status_code == 422
    stale = await press(there["version"] + 1)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-version")
    done = await press(there["version"])
    assert (done.status_code, done.json()["inside"]) == (200, False)
    again = await press(done.json()["version"])
    assert (again.status_code, again.json()["code"]) == (409, "not-inside")
    (entry,) = audited(busy, "passes.left")
    assert (entry["who"], entry["about"], entry["reason"]) == (
        "token:guard",
        "沪A00001",
        "gone, seen at the gate",
    )
    assert (await busy.get(f"{API}/inside")).json()["total"] == 1


async def test_plates_are_for_guards(hub: House) -> None:
    for role in (Role.WALL, Role.ADMIN):
        for path in (API, f"{API}.csv", f"{API}/inside"):
            assert (await hub.get(path, role)).status_code == 403, (path, role)
        assert (await hub.get(f"{API}/figures", role)).status_code == 200, role


async def test_a_liaison_searches_and_each_search_is_on_record(busy: House) -> None:
    for path in ("", "/inside", "/figures"):
        assert (await busy.get(API + path, Role.LIAISON)).status_code == 200, path
    assert {entry["about"] for entry in audited(busy, "passes.viewed")} == {"all"}
    assert (await busy.get(f"{API}.csv", Role.LIAISON)).status_code == 403
    left = await busy.http.post(
        f"{API}/inside/1/left",
        json={"version": 1, "reason": "gone, seen at the gate"},
        headers=busy.bearer(Role.LIAISON),
    )
    assert left.status_code == 403


async def test_events_name_no_vehicle_to_who_may_see_figures_alone(busy: House) -> None:
    for role in (Role.WALL, Role.LIAISON, Role.GUARD):
        (passed, *_) = (await busy.get("/api/v1/events", role)).json()["events"]
        told = passed["data"]
        assert (told["direction"], told["category"]) == ("in", "resident")
        seen = {"plate": PLATE, "vehicle": "v-1", "person": "p-1"} if role is Role.GUARD else {}
        assert {name: told[name] for name in ("plate", "vehicle", "person") if name in told} == seen, role


async def test_counts_are_in_the_live_stream(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as socket:
        await frame_of(socket, "snapshot")
        tell(hub, GATE_PASSED, "1", plate=PLATE, direction="in")
        shown: dict[str, Any] = {}
        while not shown.get("inside_total"):
            shown = (await frame_of(socket, "changes")).get("passes") or shown
        assert (shown["inside"]["unknown"], shown["in_today"]) == (1, 1)
