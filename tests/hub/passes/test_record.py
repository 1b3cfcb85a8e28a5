"""What the record makes of events: one row per pass, whenever and however often it is told."""

import pytest
from sqlalchemy import Connection, select

from contract.passes import (
    ACCESS_DENIED,
    BLOCKED_PLATE,
    GATE_PASSED,
    LIVENESS_FAILED,
    PLATE_RECOGNISED,
    STRANGER,
    TAILGATED,
    Direction,
    Means,
    PlateColour,
)
from hub.passes.intake import Intake
from hub.passes.record import Outcome
from hub.passes.schema import plates, tallies
from hub.passes.settings import Group
from hub.passes.view import PassView
from tests.hub.passes.made import EAST_IN, HOUR, LOBBY, PICTURE, Gatehouse, Ground, gatehouse_on

OTHER = "cd" * 32


async def test_a_pass_with_everything_that_is_known_of_it(house: Gatehouse) -> None:
    read = house.reads("浙B·12345", colour="blue", media=[PICTURE], ident="r1")
    house.goes(
        "浙b12345", vehicle="v-7", person="p-7", category="resident", recognised=read, dwell_s=4.5, ago_s=1
    )
    counts = await house.look()
    record = await house.only()
    assert record == PassView(
        seq=record.seq,
        at="2026-11-24T03:59:59.000Z",
        received="2026-11-24T04:00:00.000Z",
        site="hemei",
        kind="gate",
        device="east-in",
        area="east",
        outcome=Outcome.PASSED,
        reason=None,
        direction=Direction.IN,
        means=Means.PLATE,
        category="resident",
        person="p-7",
        vehicle="v-7",
        plate="浙B12345",
        colour=PlateColour.BLUE,
        pictures=(PICTURE,),
        confirmed=True,
        replay=False,
        passback=False,
        tailgating=False,
        dwell_s=4.5,
    )
    assert (counts.inside_total, counts.inside[Group.RESIDENT], counts.in_today) == (1, 1, 1)
    assert counts.last == record.at


async def test_pictures_come_before_or_after_the_pass(house: Gatehouse) -> None:
    house.reads("浙B11111", media=[PICTURE], ident="before")
    house.goes("浙B11111", recognised="before")
    house.goes("浙B22222", recognised="after", media=[OTHER])
    await house.look()
    assert [each.pictures for each in await house.found()] == [(OTHER,), (PICTURE,)]
    house.reads("浙B22222", colour="green", media=[PICTURE, OTHER, "no hash", 7], ident="after")
    await house.look()
    after = await house.only("浙B22222")
    assert (after.pictures, after.colour) == ((OTHER, PICTURE), PlateColour.GREEN)


async def test_a_reading_of_another_gate_is_not_its_own(house: Gatehouse) -> None:
    house.reads("浙B11111", media=[PICTURE], ident="r", at=LOBBY)
    house.goes("浙B11111", recognised="r")
    house.reads("浙B11111", media=[PICTURE], ident="r2", at=EAST_IN)
    house.goes("浙B11111", "out", recognised="r2")
    await house.look()
    assert [each.pictures for each in await house.found()] == [(), ()]


async def test_refused_attempts_can_be_searched(house: Gatehouse) -> None:
    house.reads("浙B66666", "refused", reason="blocked", category="visitor", media=[PICTURE])
    house.tell(EAST_IN, BLOCKED_PLATE, {"plate": "浙B66666", "decision": "refused", "reason": "blocked"})
    house.reads("浙B77777", "admitted")
    house.tell(LOBBY, ACCESS_DENIED, {"reason": "outside-schedule", "holder": "p-1", "credential": "c1"})
    house.tell(LOBBY, STRANGER, {"media": [PICTURE]})
    house.tell(LOBBY, LIVENESS_FAILED, {"holder": "p-2"})
    counts = await house.look()
    found = await house.found(outcome=Outcome.REFUSED)
    assert [(each.kind, each.means, each.reason, each.person) for each in found] == [
        ("door", Means.FACE, "liveness-failed", "p-2"),
        ("door", Means.FACE, "stranger", None),
        ("door", Means.CARD, "outside-schedule", "p-1"),
        ("gate", Means.PLATE, "blocked", None),
    ]
    assert found[1].pictures == found[3].pictures == (PICTURE,)
    assert await house.found() == found, "an admitted reading is no pass yet"
    assert (counts.refused_today, counts.in_today, counts.inside_total) == (1, 0, 0)


async def test_a_refused_vehicle_that_a_guard_lets_in_is_in_the_record_twice(house: Gatehouse) -> None:
    read = house.reads("浙B66666", "refused", reason="unknown", media=[PICTURE])
    house.goes("浙B66666", recognised=read, means="command")
    await house.look()
    passed, refused = await house.found("浙B66666")
    assert (passed.outcome, refused.outcome) == (Outcome.PASSED, Outcome.REFUSED)
    assert passed.pictures == refused.pictures == (PICTURE,)


@pytest.mark.parametrize("late", [True, False])
async def test_a_plate_read_during_an_outage_is_kept_until_its_pass_is_known(
    house: Gatehouse, late: bool
) -> None:
    def read() -> None:
        house.reads(
            "浙B12345", "recorded", reason="replay", replay=True, media=[PICTURE], ago_s=3 * HOUR, ident="r"
        )

    def goes() -> None:
        house.goes("浙B12345", recognised="r", replay=True, ago_s=3 * HOUR)

    house.reads("浙B12345", "recorded", reason="repeat", ago_s=3 * HOUR)
    for tell in (goes, read) if late else (read, goes):
        tell()
        await house.look()
        if tell is read and not late:
            seen = await house.only()
            assert (seen.outcome, seen.replay, seen.at) == (Outcome.SEEN, True, "2026-11-24T01:00:00.000Z")
            assert (await house.look()).inside_total == 0, "nobody saw it go through"
    record = await house.only()
    assert (record.outcome, record.replay, record.pictures) == (Outcome.PASSED, True, (PICTURE,))
    assert (await house.look()).in_today == 1
    with house.at.engine.connect() as connection:
        assert _rows(connection, house, plates.c.passes) == [1]
        assert _rows(connection, house, tallies.c.outcome) == ["passed"]


def _rows(connection: Connection, house: Gatehouse, column: object) -> list[object]:
    table = column.table  # type: ignore[attr-defined]  # any column of a table
    return list(connection.execute(select(column).where(table.c.tenant == house.at.tenant)).scalars())  # type: ignore[call-overload]  # the same


async def test_doors_tell_people_and_no_plates(house: Gatehouse) -> None:
    house.lets_in("p-3", means="face", direction="in", credential="c-3")
    house.lets_in("p-4", pin=True)
    counts = await house.look()
    card, face = await house.found()
    assert (face.person, face.means, face.direction, face.area) == ("p-3", Means.FACE, Direction.IN, "b3")
    assert (card.means, card.direction, card.plate, card.confirmed) == (
        Means.CARD,
        Direction.UNKNOWN,
        None,
        None,
    )
    assert (counts.in_today, counts.inside_total) == (0, 0), "people are not counted"


async def test_who_slips_through_behind_another_is_marked(house: Gatehouse) -> None:
    house.goes("浙B55555", means="tailgating")
    house.tell(EAST_IN, TAILGATED, {"plate": "浙B55555", "before": "浙B12345"})
    await house.look()
    assert (await house.only()).tailgating


@pytest.mark.parametrize(
    ("of", "data"),
    [
        (GATE_PASSED, {"direction": "sideways"}),
        (GATE_PASSED, {"plate": 12345}),
        (GATE_PASSED, {"vehicle": "v" * 65}),
        (GATE_PASSED, {"dwell-s": -1}),
        (PLATE_RECOGNISED, {"plate": "浙B12345"}),
        (PLATE_RECOGNISED, {"decision": "admitted", "reason": "because"}),
    ],
)
async def test_nonsense_is_counted_and_holds_nothing_up(
    quick: Gatehouse, of: str, data: dict[str, object]
) -> None:
    quick.tell(EAST_IN, of, data)
    quick.goes("浙B12345")
    await quick.look()
    assert (await quick.only()).plate == "浙B12345"
    gauges = quick.passes.gauges()
    assert (gauges["passes_recorded"](), gauges["passes_skipped"]()) == (1, 1)
    assert gauges["vehicles_inside"]() == 1


async def test_odd_texts_fit_every_database(house: Gatehouse) -> None:
    house.goes("浙B12\x00345 " + "9" * 40, category="martian", vehicle="v\x001")
    house.tell(LOBBY, ACCESS_DENIED, {"reason": "because\x00" * 20})
    await house.look()
    denied, odd = await house.found()
    assert (odd.plate, odd.category, odd.vehicle) == ("浙B12�34599999999", None, "v�1")
    assert denied.reason is not None
    assert len(denied.reason) == 64


async def test_words_of_other_kinds_of_device_are_not_ours(quick: Gatehouse) -> None:
    quick.tell(LOBBY, GATE_PASSED, {"plate": "浙B12345"})
    quick.tell(EAST_IN, STRANGER, {})
    await quick.look()
    assert await quick.found() == []
    assert quick.passes.gauges()["passes_skipped"]() == 0


async def test_a_clock_that_is_ahead_cannot_hold_a_vehicle_inside_for_ever(house: Gatehouse) -> None:
    house.goes("浙B12345", ago_s=-400 * 24 * HOUR)
    await house.look()
    record = await house.only()
    assert record.at == record.received
    house.clock.advance(60)
    house.goes("浙B12345", "out")
    assert (await house.look()).inside_total == 0


async def test_many_at_once_and_a_start_in_between(ground: Ground) -> None:
    """More than fit into a transaction; what one life has recorded the next does not record again."""
    for life in range(2):
        async with gatehouse_on(ground) as house:
            for number in range(45):
                house.goes(f"浙B{life}{number:04}", ident=f"{life}-{number}")
            await house.look()
            assert len(await house.found(limit=500)) == 45 * (life + 1)


async def test_an_event_that_cannot_be_taken_is_left_out_in_the_end(
    quick: Gatehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own fault, such as one that nobody foresaw: those before and after it are recorded all the same."""
    for number in range(5):
        quick.goes(f"浙B0000{number}")
    take = Intake._take

    def failing(self: Intake, connection: Connection, row: object, told: object) -> bool:
        if getattr(told, "plate", "") == "浙B00002":
            raise LookupError("nobody foresaw this")
        return take(self, connection, row, told)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(Intake, "_take", failing)
    for _ in range(4):
        with pytest.raises(LookupError):
            await quick.look()
    await quick.look()
    assert [each.plate for each in await quick.found()] == ["浙B00004", "浙B00003", "浙B00001", "浙B00000"]
    assert quick.passes.gauges()["passes_skipped"]() == 1
