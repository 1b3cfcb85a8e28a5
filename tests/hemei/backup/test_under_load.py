"""A backup of a hub that is busy, restored elsewhere: a second hub shows what the first one showed."""

import asyncio
import hashlib
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner, Result

from contract.clock import SystemClock
from drivers.runtime.outbox import Occurrence, Outbox
from drivers.runtime.settings import OutboxLimits
from hemei.backup.manifest import TREE, Manifest, read_manifest
from hemei.backup.shelf import UNFINISHED
from hemei.cli import main
from hub.access.roles import Role
from tests.hemei.backup.busy import ATTIC, BusyCommunity, Driver, Seen, asking, second_hub, tokens_of
from tests.waiting import eventually

clock = SystemClock()


def hemei(*arguments: object) -> Result:
    done = CliRunner().invoke(main, [str(each) for each in arguments], env={"LC_ALL": "C"})
    assert done.exit_code == 0, done.output
    return done


@asynccontextmanager
async def load(driver: Driver) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(driver.report())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def keep_two(folder: Path) -> None:
    """Have the driver host's outbox hold two events that no hub has heard of."""
    outbox = await Outbox.open(
        folder / "outbox.sqlite", host="gates", boot=7, limits=OutboxLimits(), clock=clock
    )
    for number in (1, 2):
        occurrence = Occurrence(ATTIC, "hemei.sensor.pulse", clock.now(), {"number": -number}, media=[b"x"])
        await outbox.append(occurrence)
    await outbox.close()


async def killed_in_the_middle(community: BusyCommunity, shelf: Path, held: Path) -> None:
    """Kill a backup while it waits for a database that somebody holds."""
    with closing(sqlite3.connect(held, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE t (x)")
        holder.execute("BEGIN EXCLUSIVE")
        command = [sys.executable, "-m", "hemei", "backup", "--config", str(community.site.file)]
        process = await asyncio.create_subprocess_exec(*command, "--to", str(shelf))
        await eventually(lambda: list(shelf.glob(f"{UNFINISHED}*/{TREE}/**/{held.name}")))
        process.kill()
        await process.wait()
    await asyncio.to_thread(held.unlink)


async def test_a_busy_hub_is_copied_and_comes_back_as_it_was(tmp_path: Path) -> None:
    shelf, restored = tmp_path / "shelf", tmp_path / "restored"
    community = BusyCommunity(tmp_path)
    hosts = community.folder / "data" / "drivers" / "gates"
    await keep_two(hosts)
    async with community:
        tokens = await tokens_of(community.site)
        async with asking(community.http_port, tokens) as first:
            await made_by_people(first)
            async with load(Driver(community.site)) as reporting:
                await eventually(lambda: community.count() > 100 or reporting.done())
                await killed_in_the_middle(community, shelf, hosts / "held.sqlite")
                assert standing(shelf) == []
                before = community.count()
                await asyncio.to_thread(hemei, "backup", "--config", community.site.file, "--to", shelf)
                after = community.count()
            [backup] = standing(shelf)
            assert unfinished(shelf) == []
            manifest = read_manifest(backup)
            assert before <= manifest.ledger.events <= after
            assert before < after, "the hub was not busy"
            hemei("backup", "verify", backup)
            said = hemei("restore", backup, "--to", restored).output
            assert "2 events wait in outboxes" in said
            parts = (await first.get("/health/parts"))["parts"]
            assert {each["id"]: each["says"] for each in parts}["backup"] == "backup-verified"
            async with second_hub(restored) as port, asking(port, tokens) as second:
                await compare(first, second, manifest)
    hemei("audit", "verify", "--config", restored / "site.toml")
    sent_again_under_another_id(hosts, restored / "data" / "drivers" / "gates")


def standing(shelf: Path) -> list[Path]:
    return list(shelf.glob("[!.]*"))


def unfinished(shelf: Path) -> list[Path]:
    return list(shelf.glob(f"{UNFINISHED}*"))


async def made_by_people(hub: Seen) -> None:
    await hub.post("/work-orders", {"kind": "repair", "text": "the attic's lamp"})
    await hub.post("/register/people", {"name": "李明", "phone": "13800000000"})


async def compare(first: Seen, second: Seen, manifest: Manifest) -> None:
    head = manifest.ledger.events
    events = await second.events(head)
    assert len(events) == head
    assert events == await first.events(head)
    for path, role in (
        ("/work-orders", Role.SUPERVISOR),
        ("/register/people", Role.SUPERVISOR),
        ("/people", Role.ADMIN),
    ):
        shown = await second.get(path, role)
        assert shown == await first.get(path, role)
        assert any(shown.values()), path
    pictures = [name for event in events for name in event["media"]]
    assert len(pictures) >= 10
    for name in pictures:
        assert hashlib.sha256(await second.bytes(name)).hexdigest() == name
    assert await smoke(second) == await smoke(first)
    wanted = {"device": str(ATTIC), "property": "temperature"}
    points = (await second.get("/history", **wanted))["points"]
    assert len(points) > 100
    assert points == (await first.get("/history", **wanted))["points"][: len(points)]


async def smoke(hub: Seen) -> list[tuple[Any, ...]]:
    """Return which alarms there are; how often they were raised again, only the first hub knows."""
    alarms = (await hub.get("/alarms", key="smoke"))["alarms"]
    assert alarms
    return [(each["id"], each["key"], each["raised"], each["device"]) for each in alarms]


def sent_again_under_another_id(original: Path, restored: Path) -> None:
    """Both outboxes hold the same events; each says which outbox it is in, and these differ."""
    ids, kept = set(), []
    for folder in (original, restored):
        with closing(sqlite3.connect(folder / "outbox.sqlite")) as outbox:
            [(ident,)] = outbox.execute("SELECT id FROM outbox")
            events = [msgspec.json.decode(row[0]) for row in outbox.execute("SELECT event FROM events")]
        assert {each.pop("outbox") for each in events} == {ident}
        ids.add(ident)
        kept.append(events)
    assert len(ids) == 2
    assert kept[0] == kept[1]
