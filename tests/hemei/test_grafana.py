"""The dashboards for Grafana: of fields it knows, of metrics that the hub has, in words Prometheus reads."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from hub.counters import Counters
from hub.metrics.catalogue import CATALOGUE
from hub.metrics.collector import registry
from tests.peers import require_program

GRAFANA: Final = Path(__file__).parents[2] / "dashboards" / "grafana"
BOARDS: Final = sorted((GRAFANA / "boards").glob("*.json"))
METRIC: Final = re.compile(r"\b(?:hemei|process)_[a-z_]+")
LABEL: Final = re.compile(r'(\w+)!?=~?"')

every_board = pytest.mark.parametrize("file", BOARDS, ids=[each.stem for each in BOARDS])


def board(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def unknown(written: Any, read: Any, where: str = "") -> Iterator[str]:
    """Yield what Grafana's own types did not take over of what is written."""
    if isinstance(written, dict):
        for key, value in written.items():
            if not isinstance(read, dict) or key not in read:
                yield f"{where}.{key}"
            else:
                yield from unknown(value, read[key], f"{where}.{key}")
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for number, (one, other) in enumerate(zip(written, read, strict=True)):
            yield from unknown(one, other, f"{where}[{number}]")
    elif written != read:
        yield f"{where}: {written!r}, read as {read!r}"


def read_by_grafana(written: dict[str, Any]) -> Any:
    """Read a dashboard into the types that Grafana Labs generate from its schema, and write it again."""
    register_default_plugins()
    return json.loads(JSONEncoder().encode(Dashboard.from_json(written)))


@every_board
def test_grafanas_own_types_know_every_field(file: Path) -> None:
    written = board(file)
    assert list(unknown(written, read_by_grafana(written))) == []


def test_a_field_that_grafana_does_not_know_is_found() -> None:
    written = board(BOARDS[0])
    panel = next(each for each in written["panels"] if each["type"] == "stat")
    panel["options"]["colourMode"] = "value"
    panel["gridPos"]["width"] = 4
    found = " ".join(unknown(written, read_by_grafana(written)))
    assert "options.colourMode" in found
    assert "gridPos.width" in found


def questions(file: Path) -> list[str]:
    """Return what a board asks Prometheus."""
    targets = [target for panel in board(file)["panels"] for target in panel.get("targets", [])]
    return [each["expr"] for each in targets if each["datasource"]["type"] == "prometheus"]


@every_board
def test_every_metric_and_label_is_the_hubs(file: Path) -> None:
    process = {sample.name for family in registry(Counters(), {}).collect() for sample in family.samples}
    known = {each.shown: each.labels for each in CATALOGUE} | {
        name: () for name in process if "process_" in name
    }
    asked = questions(file)
    named = {name for expression in asked for name in METRIC.findall(expression)}
    assert named - set(known) == set()
    assert len(named) > 5
    labels = {label for expression in asked for label in LABEL.findall(expression)}
    assert labels <= {label for name in named for label in known[name]}


@every_board
def test_prometheus_reads_every_question(file: Path, tmp_path: Path) -> None:
    rules = [{"record": f"board:question{n}", "expr": each} for n, each in enumerate(questions(file))]
    text = yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]})
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    promtool = require_program("promtool", "prometheus")
    checked = subprocess.run(
        [promtool, "check", "rules", "rules.yaml"], cwd=tmp_path, check=False, capture_output=True
    )
    assert checked.returncode == 0, checked.stderr.decode()


@every_board
def test_panels_stand_beside_each_other_and_ask_sources_that_are_provisioned(file: Path) -> None:
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/hemei.yaml").read_text(encoding="utf-8"))
    known = {each["uid"] for each in sources["datasources"]}
    taken: set[tuple[int, int]] = set()
    for panel in board(file)["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert {target["datasource"]["uid"] for target in panel.get("targets", [])} <= known
