"""`hemei history copy`: from one engine to the other and back, also after a kill; what differs is told."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from contract.clock import SystemClock, epoch_ms
from contract.topics import Address
from hemei.cli import main
from hemei.private_files import write_private
from hemei.settings import hub_settings, influx
from hemei.site import read_site
from hub.counters import Counters
from hub.history.copying import FAR_MS
from hub.history.influx.store import InfluxHistory
from hub.history.opened import sole_user
from hub.history.sqlite import SqliteHistory
from hub.history.store import HistoryStore, Sample, SeriesKey, Tally, Tier
from hub.history.summing import HOUR_MS, MINUTE_MS, sum_up
from hub.settings import Retention
from tests.hemei.test_site import GOOD
from tests.hub.history.conftest import influxdb
from tests.influxdb import USER, InfluxDB
from tests.waiting import eventually

__all__ = ["influxdb"]

NOW: Final = epoch_ms(SystemClock().now()) // HOUR_MS * HOUR_MS
START: Final = NOW - 6 * HOUR_MS
OLD: Final = START - 30 * 24 * HOUR_MS
POWER: Final = SeriesKey("default", Address("hemei", "charger", "bay-1"), "power")
STATE: Final = SeriesKey("default", Address("hemei", "gate", "east-in"), "state")


@pytest.fixture
def folder(influxdb: InfluxDB, tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a site whose file says where InfluxDB is."""
    database = influxdb.new_database()
    table = f'[history]\nurl = "{influxdb.url}"\ndatabase = "{database}"\ntoken_file = "secrets/influx"\n'
    (tmp_path / "site.toml").write_text(GOOD + table, encoding="utf-8")
    write_private(tmp_path / "secrets" / "influx", USER + "\n")
    (tmp_path / "data" / "hub").mkdir(parents=True)
    yield tmp_path
    influxdb.drop(database)


def sqlite(folder: Path) -> SqliteHistory:
    return SqliteHistory(folder / "data" / "hub" / "history.sqlite", Retention())


def in_influxdb(folder: Path) -> InfluxHistory:
    return InfluxHistory(influx(read_site(folder / "site.toml")), Retention(), Counters())


def filled(store: HistoryStore, count: int = 3_000) -> None:
    """Have samples of two series, and of one also sums whose samples are gone."""
    store.write([Sample(POWER, START + n * 5_000, n % 700) for n in range(count)])
    states = ["open", "closed", None]
    store.write([Sample(STATE, START + n * MINUTE_MS, states[n % 3]) for n in range(30)])
    store.condense(NOW)
    for tier, step_ms in ((Tier.MINUTE, MINUTE_MS), (Tier.HOUR, HOUR_MS)):
        store.write_sums(POWER, tier, sum_up(((OLD + n * 10_000, n) for n in range(360)), step_ms))


def copy(folder: Path, to: str) -> Result:
    arguments = ["history", "copy", "--to", to, "--config", str(folder / "site.toml")]
    return CliRunner().invoke(main, arguments, env={"LC_ALL": "C"}, catch_exceptions=False)


def there_is_all(store: HistoryStore) -> None:
    assert store.series("default") == sorted([POWER, STATE])
    assert store.tally(POWER, 0, FAR_MS).count == 3_000
    assert store.tally(STATE, 0, FAR_MS) == Tally(30, 0)
    assert sum(each.numbers for each in store.read_sums(POWER, Tier.MINUTE, OLD, START)) == 360
    assert sum(each.total for each in store.read_sums(POWER, Tier.HOUR, OLD, START)) == 359 * 180


def test_history_goes_to_influxdb_and_comes_back(folder: Path) -> None:
    with closing(sqlite(folder)) as store:
        filled(store)
    told = copy(folder, "influxdb")
    assert told.exit_code == 0, told.output
    assert "both are the same: 2 series" in told.output
    assert "engine = 'influxdb'" in told.output
    with closing(in_influxdb(folder)) as store:
        there_is_all(store)
    (folder / "data" / "hub" / "history.sqlite").unlink()
    told = copy(folder, "sqlite")
    assert told.exit_code == 0, told.output
    with closing(sqlite(folder)) as store:
        there_is_all(store)


def test_a_copy_that_is_killed_goes_on_where_it_was(folder: Path) -> None:
    with closing(sqlite(folder)) as store:
        store.write([Sample(POWER, START + n, n) for n in range(60_000)])
    mark = folder / "data" / "hub" / "history-copy.json"
    command = [sys.executable, "-m", "hemei", "history", "copy", "--to", "influxdb"]
    with subprocess.Popen([*command, "--config", str(folder / "site.toml")]) as copying:
        asyncio.run(eventually(mark.exists))
        copying.kill()
    told = copy(folder, "influxdb")
    assert told.exit_code == 0, told.output
    written = int(told.output.partition("series, ")[2].partition(" rows")[0].replace(",", ""))
    assert written < 60_000
    assert not mark.exists()
    with closing(in_influxdb(folder)) as store:
        assert store.tally(POWER, 0, FAR_MS) == Tally(60_000, 60_000 * 59_999 / 2)


def test_what_differs_is_told_and_ends_with_1(folder: Path) -> None:
    with closing(sqlite(folder)) as store:
        filled(store, 10)
    with closing(in_influxdb(folder)) as store:
        store.write([Sample(POWER, START + 1, 5)])
    told = copy(folder, "influxdb")
    assert told.exit_code == 1
    assert "hemei/charger/bay-1/power: raw samples: 10 that add up to 45; the copy: 11, 50" in told.output


def test_a_hub_that_runs_is_not_copied_from(folder: Path) -> None:
    with sole_user(folder / "data" / "hub"):
        told = copy(folder, "influxdb")
    assert told.exit_code == 2
    assert "stop that first" in told.output


def test_a_server_that_takes_nothing_is_told(folder: Path) -> None:
    with closing(sqlite(folder)) as store:
        filled(store, 10)
    write_private(folder / "secrets" / "influx", "tests:guessed\n")
    told = copy(folder, "influxdb")
    assert told.exit_code == 2
    assert "token_file" in told.output


def test_without_a_server_the_site_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(GOOD, encoding="utf-8")
    told = copy(tmp_path, "influxdb")
    assert told.exit_code == 2
    assert "[history] url: missing" in told.output


INFLUX: Final = """
[history]
engine = "influxdb"
url = "https://influx.lan:8086"
bucket = "hemei"
org = "community"
token_file = "secrets/influx"
buffer_mb = 64
"""


def check(folder: Path, text: str) -> Result:
    (folder / "site.toml").write_text(text, encoding="utf-8")
    for account in ("hub.mqtt", "gates.mqtt", "influx"):
        write_private(folder / "secrets" / account, "secret\n")
    return CliRunner().invoke(main, ["check", str(folder / "site.toml")], env={"LC_ALL": "C"})


def test_the_site_file_says_where_influxdb_is(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + INFLUX).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml")).influx
    assert settings is not None
    assert (settings.url, settings.bucket, settings.org) == ("https://influx.lan:8086", "hemei", "community")
    assert (settings.database, settings.token, settings.buffer_bytes) == ("hemei", "secret", 64 << 20)
    assert settings.buffer_dir == tmp_path / "data" / "hub" / "history-influxdb"
    check(tmp_path, GOOD + INFLUX.replace('"influxdb"', '"sqlite"'))
    assert hub_settings(read_site(tmp_path / "site.toml")).influx is None


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"influxdb"', '"influx"', "[history] engine = 'influx': Invalid enum value"),
        ('url = "https://influx.lan:8086"', "", "[history] url: missing; expected http://HOST:8086"),
        ("https://", "", "[history] url = 'influx.lan:8086': allowed: http://HOST:PORT"),
        ("https://", "https://me:secret@", "without a password"),
        (":8086", ":port", "[history] url = 'https://influx.lan:port': allowed:"),
        (
            'bucket = "hemei"',
            "",
            "[history] bucket: missing; expected a bucket (version 2 and 3) or a database",
        ),
        ("buffer_mb = 64", "buffer_mb = 1", "[history] buffer_mb = 1: Expected int >= 16; allowed: "),
        ("secrets/influx", "none", "[history] token_file = 'none': the secret cannot be read"),
        ("token_file", "token", "[history] token: unknown key; did you mean token_file?"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in INFLUX
    told = check(tmp_path, GOOD + INFLUX.replace(right, wrong))
    assert told.exit_code == 2
    assert said in told.output


def test_a_token_that_others_may_read_is_told(tmp_path: Path) -> None:
    check(tmp_path, GOOD + INFLUX)
    (tmp_path / "secrets" / "influx").chmod(0o644)
    told = CliRunner().invoke(main, ["check", str(tmp_path / "site.toml")], env={"LC_ALL": "C"})
    assert "[history] token_file = 'secrets/influx': mode 0644 lets others read the secret" in told.output
