"""What Prometheus is told: every figure has a name, a kind and a meaning, and Prometheus' own tool agrees."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from hub.access.roles import Role
from hub.metrics.catalogue import CATALOGUE, Kind
from hub.metrics.collector import registry, unnamed
from hub.metrics.sources import figures_of
from tests.hub.api.house import House, house
from tests.peers import require_program

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("metrics")]

MANUAL = Path(__file__).parents[2] / "docs" / "metrics.md"
UNKNOWN_AT_FIRST = {"disk_full_seconds", "backup_last_size_bytes", "history_buffered_bytes"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("metrics")) as running:
        (running.core.settings.data_dir / "last-backup").touch()
        yield running


async def told(hub: House) -> str:
    """Return what Prometheus reads."""
    return (await hub.get("/metrics", Role.WALL)).text


async def test_every_figure_is_in_the_catalogue_and_every_entry_is_shown(hub: House) -> None:
    assert unnamed(figures_of(hub.room)) == []
    hub.core.counters.messages["event"] += 1
    hub.core.counters.rejected["bad-json"] += 1
    await hub.room.health.look()
    shown = {
        sample.name for family in text_string_to_metric_families(await told(hub)) for sample in family.samples
    }
    wanted = {each.shown for each in CATALOGUE if each.name not in UNKNOWN_AT_FIRST}
    assert wanted - shown == set()
    assert "process_resident_memory_bytes" in shown


async def test_the_names_and_texts_are_as_prometheus_wants_them(hub: House) -> None:
    promtool = require_program("promtool", "prometheus")
    tool = await asyncio.create_subprocess_exec(
        promtool, "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    said = await tool.communicate((await told(hub)).encode())
    assert (tool.returncode, said) == (0, (b"", b""))


async def test_devices_and_alarms_are_counted_by_what_they_are(hub: House) -> None:
    text = await told(hub)
    assert 'hemei_devices{kind="gate",status="unknown"} 1.0' in text or 'status="link-offline"' in text
    for priority in ("critical", "high", "medium", "low"):
        assert f'hemei_alarms_open{{priority="{priority}"}}' in text
    assert "hemei_link_online 0.0" in text


async def test_a_figure_without_an_entry_is_shown_all_the_same(hub: House) -> None:
    made = registry(hub.core.counters, {"something_new": lambda: 3, "unknown_now": lambda: None})
    assert made.get_sample_value("hemei_something_new") == 3
    assert made.get_sample_value("hemei_unknown_now") is None
    assert unnamed(["something_new"]) == ["something_new"]


async def test_the_manual_says_what_the_catalogue_says() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    assert all(f"`{each.shown}`" in manual for each in CATALOGUE)
    assert len({each.shown for each in CATALOGUE}) == len(CATALOGUE)
    assert not [each.name for each in CATALOGUE if each.kind is Kind.COUNTER and "total" in each.name]
