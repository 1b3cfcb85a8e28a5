"""Bundles made by a process of their own: stopped, killed, resumed, out of room, and deleted in the end."""

import asyncio
import errno
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select, update

from contract.errors import Refused
from hub.disclosure.making.failures import FULL, failed_by
from hub.disclosure.making.making import Follow, make
from hub.disclosure.making.process import follow
from hub.disclosure.request import Disclosure, Progress
from hub.disclosure.schema import disclosure_subjects, disclosures
from hub.disclosure.scope import DAY_MS
from hub.disclosure.states import State, Step
from hub.disclosure.store import Wanted
from hub.ledger.schema import events
from tests.hub.disclosure.making import Works
from tests.hub.disclosure.yard import PLATE, Yard, event_row
from tests.waiting import PATIENCE_S, eventually

ROOT = Path(__file__).parents[3]
UNSTOPPED = Follow(lambda _progress: None, lambda: False)


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    """Give a site with enough in its ledger that a bundle is not made at once."""
    yard = Yard(tmp_path)
    yard.live()
    yard.passes(1, person="p-1", vehicle="v-1", pictures=(yard.picture(),))
    rows = [event_row(number, {"reason": "listed", "plate": PLATE}) for number in range(2, 302)]
    yard.write(events, rows)
    yard.taken(301)
    yield Works(yard)
    yard.close()


def children() -> list[psutil.Process]:
    """Return the processes that make bundles for this one."""
    return [each for each in psutil.Process().children() if "export" in each.cmdline()]


async def whole(works: Works, found: Disclosure) -> Disclosure:
    """Let the maker work until there is nothing left to do; return how it is."""
    async with asyncio.timeout(PATIENCE_S * 2):
        await works.maker.once()
    return await works.desk.get(found.id)


def content(works: Works, found: Disclosure) -> bytes:
    return (works.folder(found) / f"{found.number}.zip").read_bytes()


async def test_killed_hub_killed_maker_and_gone_on_with_it_is_the_same_to_the_byte(works: Works) -> None:
    found = await works.released()
    folder = works.yard.file.parent
    command = (sys.executable, "-m", "tests.hub.disclosure.mortal", str(folder))
    hub = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert hub.stdout is not None
    assert await hub.stdout.readline() == b"in the middle\n"
    [child] = psutil.Process(hub.pid).children()
    assert child.nice() == 10
    hub.kill()
    await hub.wait()
    await eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    assert (await works.desk.get(found.id)).state is State.MAKING
    killed: list[int] = []

    def kill(_progress: Progress) -> None:
        if not killed:
            killed.extend(each.pid for each in children())
            os.kill(killed[0], signal.SIGKILL)

    works.on_progress = kill
    ready = await whole(works, found)
    assert killed
    assert ready.state is State.READY
    made = content(works, found)
    await asyncio.to_thread(again, works, found)
    assert content(works, found) == made
    query = select(disclosure_subjects.c.key).where(disclosure_subjects.c.disclosure == found.id)
    left = await works.yard.ledger.read(lambda connection: set(connection.execute(query).scalars()))
    assert left >= {"p-1", "v-1"}
    with zipfile.ZipFile(works.folder(found) / f"{found.number}.zip") as bundle:
        assert bundle.read("data/events.jsonl").count(b"\n") == 301


def again(works: Works, found: Disclosure) -> None:
    """Make a bundle that is made already once more, from its beginning to its end: of the same job."""
    for each in works.folder(found).iterdir():
        if each.name != "job.json":
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    with works.yard.engine.begin() as connection:
        connection.execute(update(disclosures).values(state=State.MAKING.value))
    make(works.yard.settings, found.id, works.yard.clock, UNSTOPPED)


async def test_what_is_cancelled_ends_at_once_though_its_process_does_not_listen(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.disclosure.making.process.STOP_WITHIN_S", 0.5)
    deaf = Works(works.yard, ("sh", "-c", "trap '' TERM; while :; do sleep 1; done"))
    found = await deaf.released()
    making = asyncio.create_task(deaf.maker.once())
    [child] = await eventually(lambda: [each for each in psutil.Process().children() if each.name() == "sh"])
    stopped = await deaf.press(await deaf.desk.get(found.id), Step.CANCEL)
    async with asyncio.timeout(PATIENCE_S):
        await making
    assert not child.is_running()
    assert stopped.state is State.CANCELLED
    assert (await deaf.desk.get(found.id)).state is State.CANCELLED


async def test_without_room_it_fails_in_words_and_can_be_gone_on_with(works: Works) -> None:
    narrow = Works(works.yard, ("prlimit", "--fsize=50000", *(works.yard.settings.export_command or ())))
    found = await narrow.released()
    failed = await whole(narrow, found)
    assert failed.state is State.FAILED
    assert failed.error == FULL
    assert (await narrow.press(failed, Step.RESUME)).state is State.APPROVED


async def test_what_is_withdrawn_is_deleted_and_that_is_on_record(works: Works) -> None:
    found = await works.released()
    works.folder(found).mkdir(parents=True)
    (works.folder(found) / "left.zip").write_bytes(b"left")
    begun = await works.desk.begin(found.id)
    stopped = await works.press(begun, Step.CANCEL)
    await works.press(stopped, Step.WITHDRAW, reason="not needed")
    after = await whole(works, found)
    assert not works.folder(found).exists()
    assert after.purged_ms is not None
    assert [each.what.value for each in await works.desk.way(found.id)][-1] == "purged"


async def test_only_what_is_released_is_made_by_hand_either(works: Works) -> None:
    asked = await works.released()
    works.yard.clock.advance(60 * DAY_MS / 1000)
    await works.desk.lapse()
    with pytest.raises(Refused) as refused:
        await asyncio.to_thread(make, works.yard.settings, asked.id, works.yard.clock, UNSTOPPED)
    assert refused.value.code == "not-released"
    with pytest.raises(Refused):
        await asyncio.to_thread(make, works.yard.settings, "0" * 32, works.yard.clock, UNSTOPPED)


async def test_a_maker_that_cannot_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await follow([str(tmp_path / "nothing")], "0" * 32, lambda _progress: None, asyncio.Event())


def test_what_went_wrong_is_said_without_names() -> None:
    assert failed_by(OSError(errno.ENOSPC, "No space left on device")).why == FULL
    assert "琼A12345" not in failed_by(RuntimeError(f"cannot write {PLATE}")).why


async def test_whose_plate_left_is_found_however_it_is_written(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.live()
    yard.passes(1, plate="琼B67890", vehicle=None)
    yard.taken(1)
    works = Works(yard)
    found = await whole(works, await works.released())
    assert found.state is State.READY, found.error
    for plate in ("琼B67890", "琼b·67890", "琼867890"):
        there = await works.desk.find(Wanted(plate=plate))
        assert [each.id for each in there] == [found.id], plate
    assert await works.desk.find(Wanted(plate="琼B67891")) == []
    yard.close()


@pytest.mark.parametrize("purpose", ["查" * 2000, "\n".join(f"第{number}项" for number in range(400))])
async def test_a_purpose_as_long_as_may_be_is_no_reason_to_fail(works: Works, purpose: str) -> None:
    found = await whole(works, await works.released(purpose=purpose))
    assert found.state is State.READY, found.error


async def test_a_making_that_cannot_be_begun_is_told_and_holds_up_no_other(works: Works) -> None:
    broken, other = await works.released(), await works.released()
    folder = works.folder(broken)
    folder.mkdir(parents=True)
    (folder / "job.json").write_text("{}")  # as another version might have left it
    await whole(works, broken)
    found = await works.desk.get(broken.id)
    assert found.state is State.FAILED
    assert found.error
    assert (await works.desk.get(other.id)).state is State.READY
