"""What tenders ask: measured from the site's own data, and nothing claimed without."""

import csv
import io
from datetime import timedelta

import pytest
from msgspec.structs import replace

from contract.clock import rfc3339
from contract.topics import Address
from hub.access.roles import Role
from hub.actions.records import ActionRecord, ActionTable
from hub.alarms.alarm import Actor, Trace
from hub.alarms.definition import Definition, Priority, Test
from hub.alarms.signals import Raise
from hub.reports.load import Load, TopRow
from hub.reports.sheet import load_sheet
from hub.reports.tender import Evidence, TenderRow, tender
from hub.selfwatch.canary import DEFINITION as CANARY
from tests.hub.api.house import GATE, House, clock

FORCED = Definition(
    key="forced",
    title={"zh-CN": "强行开门"},
    priority=Priority.HIGH,
    raised_by=Test(event="hemei.door.forced"),
)
QUIET = replace(FORCED, quiet=True)
DOOR = Address("hemei", "door", "tower-1")


def by_key(rows: list[TenderRow]) -> dict[str, TenderRow]:
    return {row.key: row for row in rows}


def test_without_data_nothing_is_measured_and_nothing_met() -> None:
    assert {(row.measured, row.met) for row in tender(Evidence())} == {(None, None)}


@pytest.mark.parametrize(
    ("seconds", "source", "met"),
    [(0.004, "ntp", True), (-6.0, "ntp", False), (0.1, "drivers", None), (-6.0, "drivers", False)],
)
def test_that_clocks_agree_proves_nothing(seconds: float, source: str, met: bool | None) -> None:
    row = by_key(tender(Evidence(clock_s=seconds, clock_source=source)))["clock-error"]
    assert (row.measured, row.met) == (abs(seconds), met)


def test_limits() -> None:
    rows = by_key(
        tender(
            Evidence(
                alarm_s=[0.5] * 99 + [9.0],
                command_s=[3.0],
                oldest_event_days=364.0,
                oldest_entry_days=31.0,
                most_alarms=10,
            )
        )
    )
    assert (rows["alarm-to-centre"].measured, rows["alarm-to-centre"].met) == (0.5, True)
    assert (rows["command-to-door"].met, rows["command-to-door"].samples) == (False, 1)
    assert rows["event-records"].met is None, "it is not known yet"
    assert rows["alarm-records"].met is True
    assert rows["alarms-at-once"].met is True


def test_no_cell_is_a_formula() -> None:
    top = [TopRow(key="x", device="=cmd|' /C calc'!A0", title={"en": "@SUM(A1)"}, count=1)]
    text = load_sheet(Load(figures=[], per_ten_minutes=[], top=top), "en")
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text)))[-1] == ["'@SUM(A1)", "'=cmd|' /C calc'!A0", "1"]


async def happen(hub: House) -> None:
    """Have two alarms, one of them for nobody, a canary, a command and an event."""
    now_ms = clock.now_ms()
    trace = Trace(device_ms=now_ms - 400)
    raised = [
        Raise(definition=each, address=address, area=None, at_ms=now_ms, event_seq=1, trace=trace)
        for each, address in ((FORCED, DOOR), (QUIET, GATE), (CANARY, Address("hemei", "hub", "canary")))
    ]
    await hub.room.desk.take(raised, None)
    (alarm,) = (each for each in hub.room.desk.standing().values() if each.address == DOOR)
    await hub.room.desk.acknowledge(alarm.id, alarm.version, Actor(who="user:li"))
    table = ActionTable(hub.core.engine, "default")
    record = ActionRecord(
        id="1" * 32,
        tenant="default",
        **DOOR._asdict(),
        action="unlock",
        input={},
        issuer="user:li",
        reason="",
        requested_ms=now_ms - 2000,
        expires_ms=now_ms,
        status="succeeded",
        ended_ms=now_ms - 800,
    )
    table.add(record)
    table.change(record)


async def test_the_site_s_own_data(any_hub: House) -> None:
    await happen(any_hub)
    any_hub.commit(1)
    span = {"to": rfc3339(clock.now() + timedelta(hours=1))}
    rows = (await any_hub.get("/api/v1/reports/tender", Role.SUPERVISOR, params=span)).json()["rows"]
    measured = {row["key"]: (row["measured"], row["samples"]) for row in rows}
    assert measured["command-to-door"] == (1.2, 1)
    assert 0.4 <= measured["alarm-to-centre"][0] < 10
    assert measured["alarm-to-centre"][1] == 1, "one alerted nobody, the canary is none"
    assert measured["alarms-at-once"] == (2, None)

    report = (await any_hub.get("/api/v1/reports/alarms", Role.SUPERVISOR, params=span)).json()
    values = {each["key"]: each["value"] for each in report["figures"]}
    assert (values["total"], values["unacknowledged"], values["share-high"]) == (1, 0, 100.0)
    assert [(each["device"], each["count"]) for each in report["top"]] == [("door/tower-1", 1)]
    assert sum(report["per_ten_minutes"]) == 1


async def test_as_a_table(hub: House) -> None:
    await happen(hub)
    for name in ("alarms", "tender"):
        answer = await hub.get(f"/api/v1/reports/{name}.csv", Role.SUPERVISOR, params={"language": "en"})
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{name}.csv"' in answer.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert rows[0][0] == "figure"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"post": "moon"}, "unknown-post"),
        ({"from": rfc3339(clock.now()), "to": rfc3339(clock.now() - timedelta(days=1))}, "bad-stretch"),
        ({"from": "2020-01-01T00:00:00Z"}, "bad-stretch"),
        ({"form": "2020-01-01T00:00:00Z"}, "invalid-request"),
    ],
)
async def test_wrong_wishes(hub: House, query: dict[str, str], code: str) -> None:
    answer = await hub.get("/api/v1/reports/alarms", Role.SUPERVISOR, params=query)
    status = 404 if code == "unknown-post" else 422
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("role", [Role.GUARD, Role.WALL, Role.LIAISON])
async def test_only_for_those_who_run_the_site(hub: House, role: Role) -> None:
    assert (await hub.get("/api/v1/reports/tender", role)).status_code == 403
