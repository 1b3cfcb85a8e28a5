"""The auditor: durable before the answer, many in one transaction, who goes on looking written once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from contract.clock import ManualClock
from hub.access.roles import Principal, Role
from hub.audit import auditor as module
from hub.audit.auditor import Auditor, Caller
from hub.audit.looks import MAX_REMEMBERED, Looks
from hub.audit.queries import Wanted
from hub.ledger.engine import open_ledger
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions
from tests.hub.audit.books import checkpoints, look
from tests.ledgers import new_ledger

T = TypeVar("T")
GUARD = Principal(
    name="user:li.wei", role=Role.GUARD, tenant="default", digest="", by_cookie=True, expires_ms=None
)
LI = Caller(principal=GUARD, address="192.0.2.7", post="gatehouse")


class Counted(Transactions):
    """Counts transactions, and fails when it is told to."""

    writes = 0
    failing = False

    async def write(self, work: Callable[[Connection], T]) -> T:
        self.writes += 1
        if self.failing:
            raise OperationalError("no", None, Exception("disk full"))
        return await super().write(work)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[tuple[Auditor, Counted, ManualClock, Engine]]:
    engine = open_ledger(new_ledger(folder / "ledger.sqlite"))
    metadata.create_all(engine)
    clock = ManualClock()
    with ThreadPoolExecutor(1) as thread:
        ledger = Counted(engine, thread)
        yield Auditor(ledger, "default", clock, checkpoints(folder)), ledger, clock, engine
    engine.dispose()


async def test_a_look_is_written_before_the_picture_is_shown(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, _, _):
        await auditor.looked(LI, "media.viewed", "a" * 64, device="hemei/gate/east-in")
        (found,) = await auditor.find(Wanted())
        assert (found.who, found.role, found.address, found.post) == (
            "user:li.wei",
            "guard",
            "192.0.2.7",
            "gatehouse",
        )
        assert (found.what, found.about) == ("media.viewed", "a" * 64)
        assert found.details == {"device": "hemei/gate/east-in"}


async def test_a_wall_that_shows_pictures_all_day_writes_one_entry_an_hour_for_each(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, clock, _):
        for _ in range(2 * 3600 // 5):
            await auditor.looked(LI, "preview.viewed", "hemei/camera/yard")
            clock.advance(5)
        found = await auditor.find(Wanted())
        assert [each.details.get("looks") for each in found] == [720, None]


async def test_after_a_pause_a_look_is_a_new_one(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, clock, _):
        for seconds in (59, 61, 0):
            await auditor.looked(LI, "media.viewed", "a" * 64)
            clock.advance(seconds)
        await auditor.looked(LI, "media.viewed", "b" * 64)
        assert len(await auditor.find(Wanted())) == 3


async def test_many_at_once_share_a_transaction(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, ledger, _, engine):
        looks = [auditor.looked(LI, "media.viewed", f"{number:064x}") for number in range(100)]
        await asyncio.gather(*looks)
        assert ledger.writes <= 3
        assert len(await auditor.find(Wanted(limit=1000))) == 100
        assert look(engine, tmp_path).head.n == 100


async def test_a_look_that_cannot_be_written_fails_and_is_news_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, ledger, _, _):
        ledger.failing = True
        with pytest.raises(OperationalError):
            await auditor.looked(LI, "media.viewed", "a" * 64)
        ledger.failing = False
        await auditor.looked(LI, "media.viewed", "a" * 64)
        assert len(await auditor.find(Wanted())) == 1


async def test_one_who_leaves_does_not_take_the_others_entries_along(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, _, _):
        leaving = asyncio.create_task(auditor.record(LI, "media.viewed", "1"))
        staying = asyncio.create_task(auditor.record(LI, "media.viewed", "2"))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying
        assert "2" in {each.about for each in await auditor.find(Wanted())}


async def test_it_is_searched_by_who_what_and_about(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, _, _):
        for number in range(5):
            await auditor.record(LI, "media.viewed" if number % 2 else "media.purged", str(number))
        await auditor.record(LI, "audit.read", "100%")

        async def found(**wanted: object) -> list[int]:
            return [each.n for each in await auditor.find(Wanted(**wanted))]  # type: ignore[arg-type]  # its fields

        assert await found() == [6, 5, 4, 3, 2, 1]
        assert await found(after=2) == [3, 4, 5, 6]
        assert await found(before=3) == [2, 1]
        assert await found(after=1, before=4, limit=1) == [3]
        assert await found(what="media.") == [5, 4, 3, 2, 1]
        assert await found(what="media.viewed", about="3") == [4]
        assert await found(who="user:nobody") == []
        assert await found(about="100%") == [6]
        assert await found(what="%.") == []


async def test_checkpoints_are_kept_every_so_many_entries_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECKPOINT_ENTRIES", 3)
    async with desk(tmp_path) as (auditor, _, _, engine):
        running = asyncio.create_task(auditor.run())
        for number in range(8):
            await auditor.record(LI, "media.viewed", str(number))
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        kept = checkpoints(tmp_path).of("default")
        assert {3, 6, 8} <= set(kept.hashes)
        report = look(engine, tmp_path)
        assert [each.part for each in report.findings if each.part != "database"] == []
        assert report.checkpoint == report.head


async def test_a_data_folder_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    async with desk(tmp_path) as (auditor, _, _, _):
        checkpoints(tmp_path).file.mkdir()
        running = asyncio.create_task(auditor.run())
        await auditor.record(LI, "media.viewed", "1")
        await asyncio.sleep(0)
        assert not running.done()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def test_what_is_remembered_is_bounded() -> None:
    looks = Looks()
    for number in range(MAX_REMEMBERED + 1):
        assert looks.count((str(number),), 0) == 1
    assert looks.count(("0",), 0) == 1, "forgotten, so written anew"
    assert looks.count((str(MAX_REMEMBERED),), 0) is None
