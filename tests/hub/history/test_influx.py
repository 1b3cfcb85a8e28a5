"""What InfluxDB has of its own: a server that dies, hangs or refuses, and a hub that dies meanwhile."""

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from contract.clock import SystemClock, epoch_ms, rfc3339_ms
from contract.topics import Address
from hub.access.roles import Role
from hub.counters import Counters
from hub.history.influx import lines, statements
from hub.history.influx.answers import HistoryUnavailable
from hub.history.influx.condensing import SLICE_MS
from hub.history.influx.settings import InfluxSettings
from hub.history.influx.store import InfluxHistory
from hub.history.influx.sums import sums_in
from hub.history.influx.view import ServerState
from hub.history.recorder import Recorder
from hub.history.store import Aggregate, Query, Sample, SeriesKey, Tally, Tier, Value
from hub.history.summing import HOUR_MS, MINUTE_MS
from hub.settings import Retention
from tests.hub.api.house import GATE, House, house
from tests.hub.history.conftest import database, influxdb
from tests.hub.history.stream import BATCH, DEVICES, START, batch, series
from tests.influxdb import InfluxDB, VictoriaMetrics
from tests.waiting import eventually

__all__ = ["database", "influxdb"]


def all_of(store: InfluxHistory) -> Tally:
    each = [store.tally(series(number), START, START + 24 * HOUR_MS) for number in range(DEVICES)]
    return Tally(sum(tally.count for tally in each), sum(tally.total for tally in each))


def expected(count: int) -> Tally:
    return Tally(count, count * (count - 1) / 2)


@pytest.fixture
def settings(influx_settings: InfluxSettings) -> InfluxSettings:
    return influx_settings


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
def store(settings: InfluxSettings, counters: Counters) -> Iterator[InfluxHistory]:
    with closing(InfluxHistory(settings, Retention(), counters)) as history:
        yield history


def write(store: InfluxHistory, first: int, last: int) -> None:
    for number in range(first, last, BATCH):
        store.write(batch(number))


async def delivered(store: InfluxHistory) -> None:
    await eventually(lambda: not store.server.waiting_bytes)


async def test_nothing_is_lost_or_twice_while_the_server_is_killed(
    store: InfluxHistory, influxdb: InfluxDB
) -> None:
    write(store, 0, 5_000)
    influxdb.server.kill()
    write(store, 5_000, 40_000)
    assert store.server.state is ServerState.AWAY
    with pytest.raises(HistoryUnavailable):
        store.read(Query(series=series(), start_ms=START, end_ms=START + 1))
    influxdb.server.start()
    write(store, 40_000, 45_000)
    await delivered(store)
    assert all_of(store) == expected(45_000)
    assert store.server.state is ServerState.TAKES
    write(store, 45_000, 46_000)
    assert all_of(store) == expected(46_000)


async def test_a_server_that_hangs_takes_nothing_twice(settings: InfluxSettings, influxdb: InfluxDB) -> None:
    impatient = replace(settings, timeout_s=0.3)
    with closing(InfluxHistory(impatient, Retention(), Counters())) as store:
        write(store, 0, 1_000)
        influxdb.freeze()
        write(store, 1_000, 5_000)
        assert store.server.state is ServerState.AWAY
        influxdb.thaw()
        await delivered(store)
        assert all_of(store) == expected(5_000)


WRITES_UNTIL_KILLED = """
import sys, msgspec
from hub.access.roles import Role
from hub.counters import Counters
from hub.history.influx.condensing import SLICE_MS
from hub.history.influx.settings import InfluxSettings
from hub.history.influx.store import InfluxHistory
from hub.settings import Retention
from tests.hub.history.stream import BATCH, batch
settings = msgspec.json.decode(sys.argv[1], type=InfluxSettings, dec_hook=lambda kind, text: kind(text))
store = InfluxHistory(settings, Retention(), Counters())
for number in range(0, 100_000, BATCH):
    store.write(batch(number))
    print(number + BATCH, flush=True)
"""


def test_a_hub_that_is_killed_loses_nothing_that_was_written(
    settings: InfluxSettings, influxdb: InfluxDB
) -> None:
    influxdb.server.kill()
    told = msgspec.json.encode(settings, enc_hook=str).decode()
    with subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, told], stdout=subprocess.PIPE) as hub:
        assert hub.stdout is not None
        for line in hub.stdout:
            returned = int(line)
            if returned >= 20_000:
                break
        hub.send_signal(signal.SIGKILL)
        returned = max([returned, *map(int, hub.stdout.read().split())])
    influxdb.server.start()
    with closing(InfluxHistory(settings, Retention(), Counters())) as store:
        asyncio.run(delivered(store))
        assert all_of(store) in (expected(returned), expected(returned + BATCH))


async def test_what_does_not_fit_is_counted_and_memory_stays_bounded(
    settings: InfluxSettings, influxdb: InfluxDB, counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.history.recorder.MAX_WAITING", 2_000)
    influxdb.server.kill()
    small = replace(settings, buffer_bytes=200_000)
    with closing(InfluxHistory(small, Retention(), counters)) as store:
        recorder = Recorder(store, SystemClock(), counters)
        loop = asyncio.get_running_loop()
        for number in range(0, 10_000, BATCH):
            recorder._waiting += batch(number)
            await recorder._flush(loop)
        kept = counters.samples_written
        assert recorder.failing
        assert recorder.waiting == 2_000
        assert 0 < kept < 8_000
        assert counters.samples_shed == 8_000 - kept
        assert store.server.waiting_bytes <= 200_000
        influxdb.server.start()
        await delivered(store)
        await recorder._flush(loop)
        assert all_of(store).count == kept + 2_000


HALF_MINUTE_MS = MINUTE_MS // 2
DAY = START // (24 * HOUR_MS) * 24 * HOUR_MS
"""Its beginning, a whole hour."""


def spread(first: int, last: int) -> list[Sample]:
    """Return a sample of each series every half minute, `first` to `last` hours after DAY."""
    times = range(DAY + first * HOUR_MS, DAY + last * HOUR_MS, HALF_MINUTE_MS)
    return [Sample(series(number), at, float(at % 977)) for at in times for number in range(3)]


def requests_of(store: InfluxHistory) -> list[str]:
    """Return the list of paths to which what is asked from now on is added."""
    asked: list[str] = []
    store._asking._client.event_hooks["request"].append(lambda request: asked.append(request.url.path))
    return asked


def hours_of(store: InfluxHistory, hours: int) -> list[tuple[int, int]]:
    """Return the beginnings and counts of the sums by the hour that the server has."""
    found = store._asking.ask(statements.sums(series(1), Tier.HOUR, DAY, DAY + hours * HOUR_MS))
    return [(each.ts_ms, each.numbers) for rows in found for each in sums_in(rows)]


def test_days_are_summed_up_with_a_few_requests_each(store: InfluxHistory) -> None:
    hours = 96
    store.write(spread(0, hours))
    asked = requests_of(store)
    store.condense(DAY + hours * HOUR_MS + SLICE_MS)
    assert len(asked) <= 30
    assert hours_of(store, hours) == [(DAY + hour * HOUR_MS, 120) for hour in range(hours)]


def test_what_comes_late_is_summed_up_again_by_the_day(store: InfluxHistory) -> None:
    now_ms = DAY + 49 * HOUR_MS + SLICE_MS
    store.write(spread(48, 49))
    store.condense(now_ms)
    shuffled = spread(0, 48)
    random.Random(8).shuffle(shuffled)  # noqa: S311 - no secret
    store.write(shuffled)
    asked = requests_of(store)
    store.condense(now_ms)
    assert len(asked) <= 15
    assert hours_of(store, 49) == [(DAY + hour * HOUR_MS, 120) for hour in range(49)]


async def test_a_stretch_that_breaks_off_is_summed_up_anew(
    settings: InfluxSettings, influxdb: InfluxDB
) -> None:
    with closing(InfluxHistory(settings, Retention(), Counters())) as store:
        store.write(spread(0, 48))
        store.condense(DAY + 24 * HOUR_MS + SLICE_MS)
        influxdb.server.kill()
        with pytest.raises(HistoryUnavailable):
            store.condense(DAY + 48 * HOUR_MS + SLICE_MS)
        influxdb.server.start()
        store.condense(DAY + 48 * HOUR_MS + SLICE_MS)
        assert hours_of(store, 48) == [(DAY + hour * HOUR_MS, 120) for hour in range(48)]


TOO_LONG_A_NAME = Sample(series(0, "x" * 70_000), START, 1)
TOO_OLD = Sample(series(0), 0, 1)


@pytest.mark.parametrize("bad", [TOO_LONG_A_NAME, TOO_OLD], ids=["too-long-a-name", "too-old"])
@pytest.mark.parametrize("away", [False, True])
async def test_bad_lines_are_counted_and_hold_up_no_others(
    influxdb: InfluxDB, tmp_path: Path, counters: Counters, bad: Sample, away: bool
) -> None:
    settings = influxdb.settings(influxdb.new_database("2600w"), tmp_path)
    with closing(InfluxHistory(settings, Retention(), counters)) as store:
        if away:
            influxdb.server.kill()
        store.write([*batch(0), bad, *batch(BATCH)])
        write(store, 2 * BATCH, 4 * BATCH)
        if away:
            influxdb.server.start()
        await delivered(store)
        assert counters.samples_refused == 1
        assert all_of(store) == expected(4 * BATCH)
        assert store.tally(bad.series, 0, START).count == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda settings: replace(settings, token="tests:guessed"), "token_file"),
        (lambda settings: replace(settings, bucket="nowhere"), "no such bucket"),
        (lambda settings: replace(settings, url=settings.url + "/elsewhere"), "and url"),
    ],
)
async def test_what_somebody_must_mend_is_said_and_history_waits(
    settings: InfluxSettings, wrong: Callable[[InfluxSettings], InfluxSettings], said: str
) -> None:
    with closing(InfluxHistory(wrong(settings), Retention(), Counters())) as store:
        write(store, 0, 1_000)
        await eventually(lambda: store.server.state is ServerState.DENIES)
        assert said in store.server.says
        assert "secret" not in store.server.says
    with closing(InfluxHistory(settings, Retention(), Counters())) as mended:
        await delivered(mended)
        assert all_of(mended) == expected(1_000)


@pytest.mark.parametrize(
    "text", ["", "plain", 'a "quote"', "back\\slash", "ends\\", "two\nlines\r\n", r"\n", "\\\n", "道闸,=' "]
)
async def test_texts_and_names_come_back_as_they_were(store: InfluxHistory, text: str) -> None:
    odd = SeriesKey("default", Address("hemei", "sensor", "hall"), "a, b=c d'")
    store.write([Sample(odd, START, text)])
    points = store.read(Query(series=odd, start_ms=START, end_ms=START + 1))
    assert [point.value for point in points] == [text]
    store.condense(START + 3 * HOUR_MS)
    last = Query(series=odd, start_ms=START, end_ms=START + 1, aggregate=Aggregate.LAST, step_ms=HOUR_MS)
    assert [point.value for point in store.read(last)] == [text]
    assert store.series("default") == [odd]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_number_that_is_none_is_kept_as_unknown(value: Value) -> None:
    assert lines.line(Sample(series(), 1, value)).endswith(" unknown=true 1")


async def test_a_server_that_only_takes_the_write_api_gets_every_number(tmp_path: Path) -> None:
    with VictoriaMetrics(tmp_path) as server:
        settings = InfluxSettings(
            url=server.url, bucket="hemei", database="hemei", buffer_dir=tmp_path / "buffer"
        )
        with closing(InfluxHistory(settings, Retention(), Counters())) as store:
            write(store, 0, 2_000)
            assert store.server.state is ServerState.TAKES
        found = server.exported()
    assert {each["metric"]["__name__"] for each in found} == {"raw_value"}
    assert sorted(value for each in found for value in each["values"]) == list(range(2_000))
    assert found[0]["metric"] | {"device": ""} == {
        "__name__": "raw_value",
        "tenant": "default",
        "site": "hemei",
        "kind": "charger",
        "device": "",
        "property": "power",
    }


async def test_a_hub_answers_from_influxdb_and_says_when_that_is_away(
    settings: InfluxSettings, influxdb: InfluxDB, tmp_path: Path
) -> None:
    async with house(tmp_path, influx=settings) as hub:
        now_ms = epoch_ms(SystemClock().now())
        key = SeriesKey("default", GATE, "position")
        hub.core.history.write([Sample(key, now_ms - 60_000, 40), Sample(key, now_ms - 30_000, 60)])
        asked = {
            "device": str(GATE),
            "property": "position",
            "from": rfc3339_ms(now_ms - 120_000),
            "to": rfc3339_ms(now_ms),
        }
        answer = await hub.get("/api/v1/history", params=asked)
        assert [point["value"] for point in answer.json()["points"]] == [40, 60]
        assert await server_part(hub) == ("normal", "history-taken", 0)
        influxdb.server.kill()
        await asyncio.to_thread(hub.core.history.write, [Sample(key, now_ms, 80)])
        answer = await hub.get("/api/v1/history", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (503, "history-unavailable")
        state, says, waiting = await server_part(hub)
        assert (state, says) == ("attention", "history-away")
        assert waiting > 0
        influxdb.server.start()
        await eventually(lambda: hub.core.history_server and not hub.core.history_server().waiting_bytes)
        answer = await hub.get("/api/v1/history", params=asked | {"to": rfc3339_ms(now_ms + 1)})
        assert [point["value"] for point in answer.json()["points"]] == [40, 60, 80]


async def server_part(hub: House) -> tuple[str, str, int]:
    """Return state, reason and waiting bytes of InfluxDB on the page of health."""
    parts = (await hub.get("/api/v1/health/parts", Role.ADMIN)).json()["parts"]
    [found] = [each for each in parts if each["id"] == "history-server"]
    return found["state"], found["says"], found["figures"]["buffered_bytes"]
