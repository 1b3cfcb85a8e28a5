"""The outbox keeps what it was given, numbered without gaps, whatever happens to the process.

A crash image is a copy of the files as they lie on disk while the outbox is in use: what a killed process
leaves behind. A full disk is a file that may not grow (SQLite's `max_page_count`).
"""

import asyncio
import hashlib
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import ManualClock
from contract.topics import Address
from drivers.runtime.database import StorageError
from drivers.runtime.outbox import REMEMBERED_IDS, Occurrence, Outbox
from drivers.runtime.settings import OutboxLimits
from tests.waiting import PATIENCE_S

CLOCK = ManualClock()
GATE = Address("hemei", "gate", "east-in")
DOOR = Address("hemei", "door", "hall")
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def opened(path: Path, *, boot: int = 1, **limits: int) -> AsyncIterator[Outbox]:
    outbox = await Outbox.open(path, host="gates", boot=boot, limits=OutboxLimits(**limits), clock=CLOCK)
    try:
        yield outbox
    finally:
        await outbox.close()


def opening(source: Address = GATE, **fields: Any) -> Occurrence:
    return Occurrence(source, "hemei.gate.opened", CLOCK.now(), {"n": 1}, **fields)


def crash_image(path: Path, folder: Path) -> Path:
    """Copy the files as a killed process would leave them; the shared-memory file does not survive."""
    folder.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copy(path.with_name(name), folder / name)
    return folder / path.name


async def test_numbers_survive_a_crash(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        assert await asyncio.gather(*(outbox.append(opening()) for _ in range(50))) == list(range(1, 51))
        image = crash_image(tmp_path / "outbox", tmp_path / "image")
        async with opened(image) as after:
            assert (after.id, after.last, after.waiting) == (outbox.id, 50, 50)
            assert [kept.number for kept in await after.after(0, 100)] == list(range(1, 51))
            assert await after.append(opening()) == 51


async def test_a_killed_process_has_kept_every_number_it_announced(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from tests.drivers.test_outbox import *\n"
        "async def main():\n"
        "    async with opened(Path(sys.argv[1])) as outbox:\n"
        "        while True:\n"
        "            numbers = await asyncio.gather(*(outbox.append(opening()) for _ in range(20)))\n"
        "            print(max(numbers), flush=True)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path / "outbox"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(20):
            announced = int(await process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        announced = max([announced, *map(int, (await process.stdout.read()).splitlines(keepends=True)[:-1])])
        await process.wait()
    async with opened(tmp_path / "outbox") as outbox:
        numbers = [kept.number for kept in await outbox.after(0, 100_000)]
    assert len(numbers) >= announced
    assert numbers == list(range(1, len(numbers) + 1))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 7)),
        st.tuples(st.just("known id"), st.integers(1, 9)),
        st.tuples(st.just("confirm"), st.integers(0, 40)),
        st.tuples(st.just("crash"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_numbers_are_contiguous_and_nothing_uncommitted_is_lost(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_live(steps, tmp_path_factory.mktemp("outbox")))


async def _live(steps: list[tuple[str, int]], folder: Path) -> None:
    path, upto, last, known = folder / "outbox", 0, 0, dict[int, int]()
    outbox = await Outbox.open(path, host="gates", boot=1, limits=OutboxLimits(), clock=CLOCK)
    for count, (step, number) in enumerate(steps):
        if step == "append":
            numbers = await asyncio.gather(*(outbox.append(opening()) for _ in range(number)))
            assert numbers == list(range(last + 1, last + number + 1))
            last += number
        elif step == "known id":
            given_number = await outbox.append(opening(id=f"SN-{number}"))
            assert given_number == known.setdefault(number, last + 1)
            last = max(last, given_number)
        elif step == "confirm":
            assert await outbox.confirm(number) == (upto < number <= last)
            upto = max(upto, number) if number <= last else upto
        else:
            image = crash_image(path, folder / str(count)) if step == "crash" else path
            await outbox.close()
            path = image
            outbox = await Outbox.open(path, host="gates", boot=count, limits=OutboxLimits(), clock=CLOCK)
        assert (outbox.last, outbox.upto) == (last, upto)
        assert [kept.number for kept in await outbox.after(0, 1000)] == list(range(upto + 1, last + 1))
    await outbox.close()


async def test_every_event_says_where_it_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox", boot=7) as outbox:
        await outbox.append(opening())
        await outbox.append(opening(DOOR))
        await outbox.append(opening(id="SN-1"))
        first, other, third = (kept.event for kept in await outbox.after(0, 10))
    assert (first.driver, first.outbox, first.outboxnumber, first.boot) == ("gates", outbox.id, 1, 7)
    assert (first.source, first.sequence) == ("hemei/gate/east-in", 1)
    assert (other.source, other.sequence, other.outboxnumber) == ("hemei/door/hall", 1, 2)
    assert (third.id, third.sequence) == ("SN-1", 2)


async def test_a_new_run_counts_from_one_again(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox", boot=1) as outbox:
        await outbox.append(opening())
    async with opened(tmp_path / "outbox", boot=2) as outbox:
        await outbox.append(opening())
        events = [kept.event for kept in await outbox.after(0, 10)]
    assert [(event.boot, event.sequence, event.outboxnumber) for event in events] == [(1, 1, 1), (2, 1, 2)]


async def test_what_the_device_offers_again_is_known_even_after_it_was_committed(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        assert await outbox.append(opening(id="SN-1")) == 1
        assert await outbox.confirm(1)
        assert await outbox.append(opening(id="SN-1")) == 1
        assert await outbox.append(opening(DOOR, id="SN-1")) == 2
        assert outbox.waiting == 1


async def test_old_ids_are_forgotten_at_last(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        many = REMEMBERED_IDS + 200
        await asyncio.gather(*(outbox.append(opening(id=f"SN-{n}")) for n in range(many)))
        assert await outbox.append(opening(id=f"SN-{many - REMEMBERED_IDS}")) == many - REMEMBERED_IDS + 1
        assert await outbox.append(opening(id="SN-0")) == many + 1


async def test_media_stay_as_long_as_an_event_needs_them(tmp_path: Path) -> None:
    picture, other = b"\xff\xd8" + bytes(1000), b"other"
    sha256 = hashlib.sha256(picture).hexdigest()
    async with opened(tmp_path / "outbox") as outbox:
        await outbox.append(opening(media=(picture,)))
        await outbox.append(opening(media=(picture, other)))
        (first, _) = await outbox.after(0, 10)
        assert first.event.media == (sha256,)
        assert outbox.waiting_bytes > 2000
        await outbox.confirm(1)
        assert await outbox.media(sha256) == picture
        await outbox.confirm(2)
        assert await outbox.media(sha256) is None
        assert outbox.waiting_bytes == 0


@pytest.mark.parametrize("limits", [{"max_rows": 2}, {"max_bytes": 1000}])
async def test_a_full_outbox_refuses_and_the_gap_shows(tmp_path: Path, limits: dict[str, int]) -> None:
    async with opened(tmp_path / "outbox", **limits) as outbox:
        with pytest.raises(StorageError, match="the outbox is full") as refused:
            await asyncio.gather(*(outbox.append(opening()) for _ in range(10)))
        kept = outbox.waiting
        assert refused.value.code == "outbox-full"
        with pytest.raises(StorageError):
            await outbox.append(opening(id="SN-1"))
        await outbox.confirm(kept)
        await outbox.append(opening(id="SN-1"))
        (after,) = await outbox.after(0, 10)
    assert after.number == kept + 1
    assert after.event.sequence == 11, "what was lost left a gap, what is offered again did not"


async def test_a_full_disk_is_said_clearly_and_nothing_is_half_written(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        await outbox.append(opening())
        pages = await outbox._database.do(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await outbox._database.do(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        with pytest.raises(StorageError, match="full") as full:
            await outbox.append(opening(media=(bytes(100_000),)))
        assert full.value.code == "storage-full"
        assert (outbox.last, outbox.waiting) == (1, 1)
        await outbox._database.do(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
        assert await outbox.append(opening()) == 2


@pytest.mark.parametrize("garbage", [b"not a database, but long enough to look like one" * 40, bytes(5000)])
async def test_a_damaged_file_is_set_aside_and_a_new_outbox_begins(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "outbox").write_bytes(garbage)
    async with opened(tmp_path / "outbox") as outbox:
        assert outbox.set_aside is not None
        assert outbox.set_aside.read_bytes() == garbage
        assert await outbox.append(opening()) == 1


async def test_damage_in_the_middle_is_found_at_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        before = outbox.id
        await asyncio.gather(*(outbox.append(opening(media=(bytes(3000) + b"%d" % n,))) for n in range(50)))
    data = bytearray((tmp_path / "outbox").read_bytes())
    data[4096 : len(data) // 2] = b"\x5a" * (len(data) // 2 - 4096)
    (tmp_path / "outbox").write_bytes(data)
    async with opened(tmp_path / "outbox") as outbox:
        assert outbox.id != before
        assert outbox.set_aside is not None
        assert outbox.set_aside.exists()


async def test_takes_many_events_a_second(tmp_path: Path) -> None:
    """500 a second are asked of it; a slow test machine gets ten times the time."""
    async with opened(tmp_path / "outbox") as outbox, asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(outbox.append(opening()) for _ in range(500)))
        assert outbox.waiting == 500


async def test_who_gives_up_waiting_does_not_lose_count(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        impatient = asyncio.ensure_future(outbox.append(opening()))
        await asyncio.wait({impatient}, timeout=0)
        impatient.cancel()
        assert await outbox.append(opening()) == 2
        assert [kept.number for kept in await outbox.after(0, 10)] == [1, 2]


async def test_a_closed_outbox_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path / "outbox") as outbox:
        pass
    with pytest.raises(StorageError, match="closed"):
        await outbox.append(opening())
