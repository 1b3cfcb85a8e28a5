"""The benchmark of history: what it counts, and that it runs over the embedded engine."""

import msgspec
from click.testing import CliRunner

from hemei.bench.history import FROM_MS, QUESTIONS, HistoryQuestion, Load
from hemei.commands.bench import bench


def test_the_load_is_as_many_samples_as_it_says() -> None:
    load = Load(HistoryQuestion(points=2_000, every_s=3600))
    batches = [sample for batch in load.batches() for sample in batch]
    assert (len(load.series), len(batches), load.points) == (3, 3 * 720, 3 * 720)
    assert FROM_MS <= batches[0].ts_ms <= batches[-1].ts_ms < load.end_ms


def test_figures_are_told_as_json_and_as_a_table() -> None:
    asked = ["history", "--points", "1440", "--every", "3600"]
    answer = msgspec.json.decode(CliRunner().invoke(bench, [*asked, "--json"]).output)
    (figures,) = answer["engines"]
    assert (figures["engine"], answer["points"], answer["series"]) == ("sqlite", 1440, 2)
    assert {name: asked["points"] for name, asked in figures["asked"].items()} == dict(
        zip(QUESTIONS, (24, 720, 1), strict=True)
    )
    assert figures["bytes_condensed"] > 0
    assert "sqlite" in CliRunner().invoke(bench, asked).output
