"""Machine tokens: remembered, so that they cost nothing, and gone as soon as they are revoked."""

import asyncio

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import ManualClock, epoch_ms
from contract.errors import InvalidMessage
from hub.access.access import Access
from hub.access.roles import DAY_S, Role
from tests.waiting import PATIENCE_S


class Statements:
    """Counts what is asked of a database."""

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.count += 1


async def test_a_token_names_a_machine_and_its_role(access: Access) -> None:
    token = await access.create_token("bench", Role.GUARD)
    principal = await access.by_token(token)
    assert token.startswith("hemei_")
    assert principal is not None
    assert (principal.name, principal.role, principal.tenant) == ("token:bench", Role.GUARD, "default")
    assert not principal.by_cookie


async def test_a_cookie_is_no_token_and_a_token_no_cookie(access: Access) -> None:
    token = await access.create_token("bench", Role.GUARD)
    session = await access.redeem(await access.create_link(Role.WALL), "::1")
    assert await access.by_cookie(token) is None
    assert await access.by_token(session.cookie) is None


async def test_garbage_is_nobody(access: Access) -> None:
    for garbage in ("", "x", "hemei_", "\udcff", "é" * 5000):
        assert await access.by_token(garbage) is None


async def test_known_tokens_ask_nothing_of_the_ledger(access: Access, ledger: Engine) -> None:
    token = await access.create_token("bench", Role.GUARD)
    await access.by_token(token)
    statements = Statements(ledger)
    for _ in range(100):
        assert await access.by_token(token)
    assert statements.count == 0


async def test_the_last_use_of_a_token_is_written_once_a_minute_and_not_by_who_asks(
    access: Access, ledger: Engine, clock: ManualClock
) -> None:
    machine = await access.create_token("bench", Role.GUARD)
    wall = await access.create_token("lobby", Role.WALL)
    await access.create_token("spare", Role.WALL)
    assert [each.seen_ms for each in await access.tokens()] == [None, None, None]
    begin = epoch_ms(clock.now())
    statements = Statements(ledger)
    for _ in range(50):
        clock.advance(1)
        await access.by_token(machine)
        await access.open_screen(wall)
    assert statements.count == 2, "each is looked up once; nothing is written"
    await access._uses.write()
    await access._uses.write()
    assert statements.count == 3, "both at once"
    assert [each.seen_ms for each in await access.tokens()] == [begin + 1000, begin + 1000, None]
    clock.advance(11)
    await access.by_token(machine)
    seen = {each.name: each.seen_ms for each in await Access(ledger, clock).tokens()}
    assert seen["bench"] == begin + 1000, "it waits for the next round"
    assert {each.name: each.seen_ms for each in await access.tokens()}["bench"] == begin + 61_000
    again = Access(ledger, clock)
    assert await again.by_token(machine)
    await again._uses.write()
    assert not again._uses._waiting, "who starts anew knows when it was written"


async def test_a_use_that_the_ledger_cannot_take_waits(access: Access, ledger: Engine) -> None:
    await access.by_token(await access.create_token("bench", Role.GUARD))
    with ledger.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE access_tokens RENAME TO away")
    with pytest.raises(SQLAlchemyError):
        await access._uses.write()
    with ledger.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO access_tokens")
    (bench,) = await access.tokens()
    assert bench.seen_ms is not None


async def test_a_revoked_token_is_gone_at_once(access: Access) -> None:
    token = await access.create_token("bench", Role.GUARD)
    assert await access.by_token(token)
    assert await access.revoke_token("bench")
    assert await access.by_token(token) is None
    assert not await access.revoke_token("bench")


async def test_a_token_revoked_while_it_is_looked_up_is_not_remembered(access: Access) -> None:
    token = await access.create_token("bench", Role.GUARD)
    await asyncio.gather(*(access.by_token(token) for _ in range(20)), access.revoke_token("bench"))
    assert await access.by_token(token) is None


async def test_another_process_revokes_by_the_epoch(
    access: Access, ledger: Engine, clock: ManualClock
) -> None:
    token = await access.create_token("bench", Role.GUARD)
    await access.check_epoch()
    assert await access.by_token(token)
    forgotten = asyncio.Event()
    end = access.on_forget(forgotten.set)

    await Access(ledger, clock).revoke_token("bench")
    await access.check_epoch()
    assert forgotten.is_set()
    assert await access.by_token(token) is None

    end()
    forgotten.clear()
    await Access(ledger, clock).revoke_token("bench")
    await access.check_epoch()
    assert not forgotten.is_set()


async def test_the_running_hub_hears_of_it_by_itself(
    access: Access, ledger: Engine, clock: ManualClock
) -> None:
    token = await access.create_token("bench", Role.GUARD)
    running = asyncio.create_task(access.run())
    forgotten = asyncio.Event()
    await access.check_epoch()
    assert await access.by_token(token)
    access.on_forget(forgotten.set)
    await Access(ledger, clock).revoke_token("bench")
    async with asyncio.timeout(PATIENCE_S):
        await forgotten.wait()
    assert await access.by_token(token) is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_token_may_end_by_itself(access: Access, clock: ManualClock) -> None:
    token = await access.create_token("bench", Role.GUARD, lifetime_s=60)
    assert await access.by_token(token)
    clock.advance(60)
    assert await access.by_token(token) is None


async def test_names_are_unique_until_revoked(access: Access) -> None:
    first = await access.create_token("bench", Role.GUARD)
    with pytest.raises(InvalidMessage, match="already"):
        await access.create_token("bench", Role.WALL)
    await access.revoke_token("bench")
    second = await access.create_token("bench", Role.WALL)
    assert await access.by_token(first) is None
    assert await access.by_token(second)


async def test_memory_is_bounded(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.access.access.MAX_REMEMBERED", 3)
    for number in range(5):
        assert await access.by_token(await access.create_token(f"t{number}", Role.WALL))
    assert len(access._remembered) == 3


async def test_a_screen_stays_in_unused_until_its_token_ends(access: Access, clock: ManualClock) -> None:
    token = await access.create_token("lobby", Role.WALL, lifetime_s=100 * DAY_S)
    screen = await access.open_screen(token)
    clock.advance(99 * DAY_S)
    assert await access.by_cookie(screen.cookie) == screen.principal
    clock.advance(DAY_S)
    assert not await access.still(screen.principal)


async def test_a_screen_and_a_machine_with_the_same_token_are_told_apart(access: Access) -> None:
    token = await access.create_token("lobby", Role.WALL)
    machine, screen = await access.by_token(token), (await access.open_screen(token)).principal
    assert machine is not None
    assert (machine.name, machine.by_cookie) == (screen.name, False)
    assert screen.by_cookie
    await access.sign_out(screen)
    assert await access.still(machine)
    await access.revoke_token("lobby")
    assert not await access.still(machine)
    assert not await access.still(screen)
