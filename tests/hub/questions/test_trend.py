"""Trends, durations and sheets of a real hub: gaps are gaps, alarms are marked, what goes out is audited."""

import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import openpyxl
import pytest
import pytest_asyncio

from contract.clock import epoch_ms, from_epoch_ms, rfc3339_ms
from contract.topics import Address
from hub.access.roles import Role
from hub.history.heard import HEARD_PROPERTY, hub_of
from hub.history.sqlite import SqliteHistory
from hub.history.store import Sample, SeriesKey
from hub.questions.kept import DAY_MS, HOUR_MS, MINUTE_MS
from hub.settings import Retention
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import GATE, House, clock, house

pytestmark = pytest.mark.asyncio(loop_scope="module")

API: Final = "/api/v1"
POSITION: Final = f"{GATE}/position"
STATE: Final = f"{GATE}/state"
DOOR: Final = Address("hemei", "door", "old")


def series(name: str, address: Address = GATE) -> SeriesKey:
    """Name a series."""
    return SeriesKey("default", address, name)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a hub with two hours of a gate: heard for the first, silent for half an hour, heard again."""
    folder = tmp_path_factory.mktemp("trend")
    before = SqliteHistory(folder / "hub" / "history.sqlite", Retention())
    before.write([Sample(series("energy"), OLD + at * MINUTE_MS, float(at)) for at in range(120)])
    before.close()
    async with house(folder, alarms=(definition(),)) as running:
        fill(running, BEGIN)
        yield running


BEGIN: Final = epoch_ms(clock.now()) // HOUR_MS * HOUR_MS - 3 * HOUR_MS
OLD: Final = BEGIN - 30 * DAY_MS
SILENT: Final = (BEGIN + HOUR_MS, BEGIN + HOUR_MS + 30 * MINUTE_MS)
END: Final = BEGIN + 2 * HOUR_MS


def fill(hub: House, begin: int) -> None:
    """Write what the drivers and the hub itself would have written."""
    alive = [Sample(SeriesKey("default", hub_of("hemei"), HEARD_PROPERTY), at, 1) for at in every(MINUTE_MS)]
    heard = [
        Sample(series(HEARD_PROPERTY), begin - MINUTE_MS, 1),
        Sample(series(HEARD_PROPERTY), SILENT[0], 0),
        Sample(series(HEARD_PROPERTY), SILENT[1], 1),
    ]
    position = [
        Sample(series("position"), at, (at - begin) // MINUTE_MS % 100)
        for at in every(10_000)
        if not SILENT[0] <= at < SILENT[1]
    ]
    state = [
        Sample(series("state"), begin - MINUTE_MS, "closed"),
        Sample(series("state"), begin + 10 * MINUTE_MS, "open"),
        Sample(series("state"), begin + 15 * MINUTE_MS, "closed"),
        Sample(series("state"), begin + 50 * MINUTE_MS, "open"),
    ]
    hub.core.history.write([*alive, *heard, *position, *state])


def every(step_ms: int) -> range:
    """Return moments of the two hours."""
    return range(BEGIN, END, step_ms)


def stretch(begin: int = BEGIN, end: int = END) -> dict[str, str]:
    """Say which time."""
    return {"from": rfc3339_ms(begin), "to": rfc3339_ms(end)}


async def ask(hub: House, path: str, role: Role = Role.GUARD, **wanted: Any) -> Any:
    """Ask, and return the answer's body."""
    answer = await hub.get(f"{API}/{path}", role, params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_number_comes_in_as_many_points_as_are_drawn(hub: House) -> None:
    found = await ask(hub, "trend", of=POSITION, points=61, **stretch())
    [one] = found["series"]
    assert (found["step_s"], found["zone"]) == (120, "Asia/Shanghai")
    assert one["ms"] == [at for at in every(120_000) if not SILENT[0] <= at < SILENT[1]]
    assert (one["min"][0], one["max"][0], one["mean"][0], one["last"][0], one["count"][0]) == (
        0,
        1,
        0.5,
        1,
        12,
    )
    assert (one["unit"], one["title"]["en"], one["exact"]) == ("%", "East gate, in", False)


async def test_when_it_was_not_heard_is_a_gap(hub: House) -> None:
    [device] = (await ask(hub, "trend", of=POSITION, **stretch()))["devices"]
    assert device["heard_since"] == BEGIN
    assert device["gaps"] == [{"start": SILENT[0], "end": SILENT[1], "why": "not-heard"}]


async def test_when_the_hub_was_away_nobody_knows(hub: House) -> None:
    """It wrote for two hours, an hour ago, and began anew with this test."""
    [device] = (await ask(hub, "trend", of=POSITION, **stretch(END - HOUR_MS, END + HOUR_MS // 2)))["devices"]
    assert {"start": END - MINUTE_MS, "end": END + HOUR_MS // 2, "why": "nobody-knows"} in device["gaps"]


async def test_before_it_was_kept_nothing_is_called_a_gap(hub: House) -> None:
    hub.core.history.write([Sample(series("position", DOOR), BEGIN, 3.0)])
    found = await ask(hub, "trend", of=[f"{DOOR}/position", POSITION], **stretch())
    assert found["devices"][0] | {"marks": 0} == {
        "device": str(DOOR),
        "title": {},
        "heard_since": None,
        "gaps": [],
        "marks": 0,
        "more_marks": False,
    }
    assert found["series"][0]["last"] == [3.0], "of what nobody describes any more"


async def test_a_state_comes_with_every_change_or_in_steps(hub: House) -> None:
    [one] = (await ask(hub, "trend", of=STATE, **stretch()))["series"]
    assert (one["before"], one["exact"], one["mean"]) == ("closed", True, [])
    assert list(zip(one["ms"], one["last"], strict=True)) == [
        (BEGIN + 10 * MINUTE_MS, "open"),
        (BEGIN + 15 * MINUTE_MS, "closed"),
        (BEGIN + 50 * MINUTE_MS, "open"),
    ]
    [few] = (await ask(hub, "trend", of=STATE, points=2, **stretch()))["series"]
    assert (few["exact"], few["last"]) == (False, ["open"])


async def test_alarms_are_marks(hub: House) -> None:
    await hub.room.desk.take([raised(definition(), at_ms=BEGIN + 5 * MINUTE_MS)], None)
    [device] = (await ask(hub, "trend", Role.SUPERVISOR, of=POSITION, **stretch()))["devices"]
    [mark] = device["marks"]
    assert (mark["key"], mark["raised"], mark["returned"]) == ("gate-faulted", BEGIN + 5 * MINUTE_MS, None)
    [device] = (await ask(hub, "trend", Role.LIAISON, of=POSITION, **stretch()))["devices"]
    assert device["marks"] == [mark], "whoever sees history sees alarms"
    [device] = (await ask(hub, "trend", Role.SUPERVISOR, of=POSITION, **stretch(BEGIN - HOUR_MS, BEGIN)))[
        "devices"
    ]
    assert device["marks"] == []


async def test_how_long_the_gate_was_open(hub: House) -> None:
    found = await ask(hub, "durations", of=STATE, **stretch())
    held = {(each["value"], each["known"]): (each["seconds"], each["times"]) for each in found["held"]}
    assert held == {
        ("open", True): (5 * 60 + 10 * 60 + 30 * 60, 3),
        ("closed", True): (10 * 60 + 35 * 60, 2),
        (None, False): (30 * 60, 1),
    }
    assert sum(each["seconds"] for day in found["days"] for each in day["held"]) == 7200


@pytest.mark.parametrize(
    ("path", "wanted", "says"),
    [
        ("trend", {"of": "hemei/gate"}, "site/kind/device/property"),
        ("trend", {"of": POSITION, "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "before"),
        ("trend", {"of": [f"{GATE}/p{n}" for n in range(9)]}, ""),
        ("trend", {"of": POSITION, "points": 10_001}, ""),
        ("trend.csv", {"of": POSITION, "to": "0001-01-01T00:00:00Z"}, "no such time"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(hub: House, path: str, wanted: Any, says: str) -> None:
    answer = await hub.get(f"{API}/{path}", params=wanted)
    assert answer.status_code in (400, 422), answer.text
    assert says in answer.json()["detail"]


async def test_csv_has_every_value_and_says_where_there_is_none(hub: House) -> None:
    answer = await hub.get(f"{API}/trend.csv", params={"of": POSITION, "language": "en", **stretch()})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    day = from_epoch_ms(BEGIN).astimezone(hub.room.past.questions.site.zone).strftime("%Y%m%d")
    assert f"east-in-position-{day}" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    values = [row for row in rows if row["value"]]
    assert len(values) == 540
    assert values[0]["utc"] == f"{from_epoch_ms(BEGIN).isoformat(timespec='milliseconds')}"
    assert values[0]["time"].endswith("+08:00")
    named = ("time_zone", "device", "device_name", "property", "property_name", "unit")
    assert tuple(values[0][name] for name in named) == (
        "Asia/Shanghai",
        str(GATE),
        "East gate, in",
        "position",
        "East gate, in",
        "%",
    )
    [note] = [row["note"] for row in rows if row["note"]]
    assert note.startswith("not heard until ")


async def test_a_workbook_has_times_numbers_and_no_formula(hub: House, tmp_path: Path) -> None:
    hub.core.history.write([Sample(series("state"), BEGIN + 55 * MINUTE_MS, '=HYPERLINK("x")')])
    wanted = {"of": [POSITION, STATE], "step": 3600, **stretch()}
    answer = await hub.get(f"{API}/trend.xlsx", params=wanted)
    (tmp_path / "book.xlsx").write_bytes(answer.content)
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["history"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][1] == from_epoch_ms(BEGIN).replace(tzinfo=None)
    assert rows[0][8:14] == [29.5, 0, 59, 59, 360, 3600]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert "'=HYPERLINK" in str([row[8] for row in rows])
    csv_too = (await hub.get(f"{API}/trend.csv", params=wanted)).text
    assert "'=HYPERLINK" in csv_too


@contextmanager
def read_elsewhere(file: Path, content: bytes) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give another program's view `trend` of a file."""
    file.write_bytes(content)
    with duckdb.connect() as reader:
        reader.read_parquet(str(file)).create_view("trend")
        yield reader


async def test_parquet_is_read_by_another_program(hub: House, tmp_path: Path) -> None:
    wanted = {"of": [POSITION, STATE], "language": "en", **stretch()}
    answer = await hub.get(f"{API}/trend.parquet", params=wanted)
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    file = tmp_path / "trend.parquet"
    with read_elsewhere(file, answer.content) as reader:
        kinds = {name: kind for name, kind, *_ in reader.execute("DESCRIBE trend").fetchall()}
        assert kinds["time"] == "TIMESTAMP WITH TIME ZONE"
        first = "SELECT epoch_ms(time), device, device_name, unit, value, text, step_s FROM trend LIMIT 1"
        assert reader.execute(first).fetchone() == (BEGIN, str(GATE), "East gate, in", "%", 0.0, None, None)
        words = "SELECT text FROM trend WHERE property = 'state' AND note IS NULL ORDER BY time LIMIT 3"
        assert reader.execute(words).fetchall() == [("open",), ("closed",), ("open",)]
        counted = "SELECT count(value), count(note) FROM trend WHERE property = 'position'"
        assert reader.execute(counted).fetchone() == (540, 1)
        metadata = reader.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(file)])
        said = dict(metadata.fetchall())
    assert json.loads(said[b"hemei.time_zone"]) == "Asia/Shanghai"
    assert [each["unit"] for each in json.loads(said[b"hemei.series"])] == ["%", None]


async def test_parquet_in_steps_has_their_figures(hub: House, tmp_path: Path) -> None:
    answer = await hub.get(f"{API}/trend.parquet", params={"of": POSITION, "step": 3600, **stretch()})
    with read_elsewhere(tmp_path / "trend.parquet", answer.content) as reader:
        steps = "SELECT value, min, max, last, count, step_s FROM trend WHERE note IS NULL ORDER BY time"
        assert reader.execute(steps).fetchone() == (29.5, 0, 59, 59, 360, 3600)


async def test_without_pyarrow_it_is_said_how_to_get_it(hub: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "parquet" in (await ask(hub, "trend", of=POSITION, **stretch()))["sheets"]
    monkeypatch.setitem(sys.modules, "hub.questions.sheets.parquet", None)
    answer = await hub.get(f"{API}/trend.parquet", params={"of": POSITION, **stretch()})
    assert (answer.status_code, answer.json()["code"]) == (501, "not-installed")
    assert "pip install 'hemei-hub[parquet]'" in answer.json()["detail"]


async def test_whoever_takes_series_away_is_in_the_audit(hub: House) -> None:
    await hub.get(f"{API}/trend.csv", params={"of": POSITION, **stretch()})
    entries = (await ask(hub, "audit", Role.SUPERVISOR, what="history.exported"))["entries"]
    assert (entries[0]["about"], entries[0]["details"]["format"]) == (POSITION, "csv")


async def test_what_is_long_past_is_read_from_sums(hub: House) -> None:
    hub.core.history.condense(epoch_ms(clock.now()))
    wanted = {"of": f"{GATE}/energy", **stretch(OLD, OLD + 2 * HOUR_MS)}
    [one] = (await ask(hub, "trend", points=10_000, **wanted))["series"]
    assert (len(one["ms"]), one["last"][-1]) == (120, 119)
    rows = list(csv.DictReader(io.StringIO((await hub.get(f"{API}/trend.csv", params=wanted)).text[1:])))
    assert [row["step_s"] for row in rows if row["value"]] == ["60.0"] * 120
