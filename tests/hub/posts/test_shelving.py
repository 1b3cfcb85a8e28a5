"""How much a shift may shelve."""

import pytest

from contract.errors import Refused
from tests.hub.posts.gatehouse import BOSS, GATE, LI, Gatehouse, Site

MINUTE_MS = 60_000


async def shelve(house: Gatehouse, who: str, alarm: str, minutes: float = 30) -> None:
    until_ms = house.clock.now_ms() + round(minutes * MINUTE_MS)
    await house.ledger.write(house.duty.shelves.rule(who, alarm, until_ms))


async def test_so_many_in_a_shift_also_over_a_restart(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    await shelve(house, "user:li", "one")
    house = await any_site.start()
    await shelve(house, "user:li", "two")
    with pytest.raises(Refused, match="north-gate allows 2; ask a supervisor") as refused:
        await shelve(house, "user:li", "three")
    assert refused.value.code == "shelve-limit"


async def test_the_next_shift_counts_anew(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    for alarm in ("one", "two"):
        await shelve(house, "user:li", alarm)
    await house.duty.shifts.sign_off(BOSS, "north-gate", person="user:li", reason="end of the day")
    await house.duty.shifts.sign_on(LI, "north-gate")
    await shelve(house, "user:li", "three")


async def test_none_for_longer_than_the_post_allows(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    await shelve(house, "user:li", "one", GATE.longest_shelf_min)
    with pytest.raises(Refused, match="for more than 60 minutes") as refused:
        await shelve(house, "user:li", "two", GATE.longest_shelf_min + 0.001)
    assert refused.value.code == "shelf-too-long"


async def test_a_shelf_that_was_refused_elsewhere_counts_nothing(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    rule = house.duty.shelves.rule("user:li", "one", house.clock.now_ms())

    def failing(connection: object) -> None:
        rule(connection)  # type: ignore[arg-type]  # as the ledger gives it
        raise Refused("a stale version")

    for _ in range(3):
        with pytest.raises(Refused, match="stale"):
            await house.ledger.write(failing)
    await shelve(house, "user:li", "one")


async def test_a_supervisor_on_the_round_has_no_limit(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    for number in range(5):
        await shelve(house, "user:boss", str(number), 600)
