"""The benchmark of history: what it counts, and that it runs over both engines."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from contract.errors import ConfigurationError
from hemei.bench import influxd
from hemei.bench.engines import HistoryQuestion
from hemei.bench.history import FROM_MS, QUESTIONS, Load, measure
from hemei.commands.bench import bench
from tests.influxdb import InfluxDB
from tests.peers import require_program


def test_the_load_is_as_many_samples_as_it_says() -> None:
    load = Load(HistoryQuestion(points=2_000, every_s=3600))
    batches = [sample for batch in load.batches() for sample in batch]
    assert (len(load.series), len(batches), load.points) == (3, 3 * 720, 3 * 720)
    assert FROM_MS <= batches[0].ts_ms <= batches[-1].ts_ms < load.end_ms


def test_figures_are_told_as_json_and_as_a_table() -> None:
    asked = ["history", "--points", "1000", "--every", "90", "--days", "1"]
    answer = msgspec.json.decode(CliRunner().invoke(bench, [*asked, "--json"]).output)
    (figures,) = answer["engines"]
    assert (figures["engine"], answer["points"], answer["series"]) == ("sqlite", 960, 1)
    assert {name: asked["points"] for name, asked in figures["asked"].items()} == dict(
        zip(QUESTIONS, (960, 360, 40), strict=True)
    )
    assert figures["bytes_condensed"] > 0
    assert "sqlite" in CliRunner().invoke(bench, asked).output


def test_a_server_is_started_for_it_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("influxd", "influxdb")
    require_program("nginx", "nginx")
    monkeypatch.setattr(influxd, "SETTLED_S", 0.1)
    asked = ["history", "--points", "1000", "--every", "90", "--days", "1", "--influxd"]
    told = CliRunner().invoke(bench, [*asked, "--folder", str(tmp_path), "--json"])
    engines = msgspec.json.decode(told.output)["engines"]
    assert [each["engine"] for each in engines] == ["sqlite", "influxdb"]
    assert all(each["bytes_written"] > 0 and each["bytes_condensed"] > 0 for each in engines)
    assert engines[0]["asked"].keys() == engines[1]["asked"].keys()
    assert not list(tmp_path.iterdir())


def test_a_missing_server_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(influxd, "PATHS", "")
    with pytest.raises(ConfigurationError, match="apt-get install influxdb"):
        influxd.programs()


async def test_both_engines_are_measured_in_one_run(tmp_path: Path) -> None:
    with InfluxDB(tmp_path) as server:
        settings = server.settings(server.new_database(), tmp_path / "buffer")
        question = HistoryQuestion(points=288, every_s=600, days=1, influx=settings, influx_folder=tmp_path)
        answer = await measure(question)
        assert [each.engine for each in answer.engines] == ["sqlite", "influxdb"]
        drawn = [{name: asked.points for name, asked in each.asked.items()} for each in answer.engines]
        assert drawn[0] == drawn[1]
        assert drawn[0]["day"] == 144
        assert all(each.bytes_condensed for each in answer.engines)
        with pytest.raises(ConfigurationError, match="give the benchmark an empty one"):
            await measure(question)
