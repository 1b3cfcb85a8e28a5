"""云快充 piles on real sockets: golden vectors and frames of our own making: there is no independent pile."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.link import Limits
from drivers.charger.tcp import posts
from drivers.charger.tcp.conversation import MOST_NOISE
from drivers.charger.words import Trouble
from drivers.charger.ykc import messages, pile, values, words
from drivers.charger.ykc.charging import Card, Realtime, Start, Started, Stopped
from drivers.charger.ykc.frames import Frame, YkcFormat
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import Clock, Done, Heartbeat, Login, gun_of
from drivers.charger.ykc.posts import register
from drivers.charger.ykc.record import Record
from drivers.charger.ykc.tariff import Tariff, TariffCheck
from tests.drivers.charger.yard import Ear, Raw, Yard
from tests.waiting import eventually

PILE, OTHER = "20231212000010", "20231212000011"
LOGIN = bytes.fromhex("682200190001202312120000100101104756 2E393572313300898604D11722D034860602874E")
LOGGED_IN = bytes.fromhex("680C0019000220231212000010 00A155")
BEAT = bytes.fromhex("680d25d3000320231212000010 0100D1AC")
BEAT_ANSWERED = bytes.fromhex("680D25D3000420231212000010 01001D0B")
ORDER = "2026072512345678"
WIRED = values.padded(ORDER)
LIMITS = Limits(seconds=7200, energy=30_000, power=7000)


@pytest_asyncio.fixture
async def yard() -> AsyncIterator[Yard]:
    async with Yard.open("ykc", register, YkcFormat()) as yard:
        yield yard


async def logged_in(yard: Yard, pile: str = PILE, guns: int = 2) -> Raw:
    """Connect as a pile, and hear what it is told at once."""
    raw = await yard.call()
    raw.send(Frame(Kind.LOGIN, Login(pile=pile, direct=True, guns=guns, version=17).encode(), b"\0\7"))
    assert await raw.next() == Frame(Kind.LOGGED_IN, values.bcd(pile, 7) + b"\0", b"\0\7")
    await heard(raw, pile=pile)
    return raw


async def heard(raw: Raw, *frames: Frame, pile: str = PILE) -> list[Frame]:
    """Send as the pile, and return what came until all of it was heard."""
    last = TariffCheck(pile=pile, model="0000").encode()
    raw.send(*frames, Frame(Kind.TARIFF_CHECK, last, b"\xff\xff"))
    answers: list[Frame] = []
    while (answer := await raw.next()).kind != Kind.TARIFF_CHECKED:
        answers.append(answer)
    return answers


def realtime(state: int, *, gun: int = 1, plugged: int = 1, **more: object) -> Frame:
    fields = {"order": values.NO_ORDER, "pile": PILE, "gun": gun, "state": state, "plugged": plugged, **more}
    return Frame(Kind.REALTIME, Realtime(**fields).encode())


def record(yard: Yard, order: str = WIRED, *, gun: int = 1, why: int = 0x41, energy: int = 9000) -> Record:
    ended = yard.port.clock.now() - timedelta(minutes=5)
    return Record(
        order=order,
        pile=PILE,
        gun=gun,
        began=ended - timedelta(hours=2),
        ended=ended,
        meter_began=100_000,
        meter_ended=100_000 + energy,
        energy=energy,
        flag=1,
        why=why,
    )


async def test_a_pile_logs_in_and_says_how_it_is(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = await yard.ear(PILE)
    raw = await yard.call()
    raw.send(LOGIN[:20])
    raw.send(LOGIN[20:])
    assert (await raw.next()).encode() == LOGGED_IN
    assert ear.product == "云快充 V1.6, AC, 1 guns, GV.95r13"
    told, asked = await raw.next(), await raw.next()
    assert (told.kind, Clock.decode(told.body).at) == (Kind.TIME, yard.port.clock.now())
    assert (asked.kind, asked.body) == (Kind.READ, gun_of(PILE, 1))
    raw.send(BEAT)
    assert (await raw.next()).encode() == BEAT_ANSWERED

    broken = Frame(Kind.HEARTBEAT, Heartbeat(pile=PILE, gun=1, faulty=True).encode())
    assert [each.kind for each in await heard(raw, broken, broken)] == [0x04, Kind.READ, 0x04]
    said = [
        realtime(2, plugged=0),
        realtime(2),
        realtime(3, order=WIRED, soc=50),
        realtime(2),
        realtime(2, plugged=2),
        realtime(2),
        realtime(1, faults=1 << 10 | words.DOOR),
        realtime(0),
        realtime(9),
        realtime(2, gun=5),
    ]
    await heard(raw, *said)
    states = ["available", "preparing", "charging", "finishing", "available", "preparing", "faulted"]
    assert [each.state for each in ear.statuses] == [*states, "unavailable"]
    assert [each.plugged for each in ear.statuses[:5]] == [False, True, True, True, None]
    assert ear.statuses[6].fault == "fuse"
    assert ear.troubles == [(Trouble.DOOR, False), (Trouble.DOOR, True), (Trouble.DOOR, False)]
    assert ear.readings[2].soc is None, "an AC pile does not know the battery"
    assert ear.nonsense == ["gun 1 is in unknown state 9"]

    monkeypatch.setattr(pile, "SYNC_S", 20.0)
    yard.port.clock.advance(21)
    again = await raw.next()
    assert (again.kind, Clock.decode(again.body).at) == (Kind.TIME, yard.port.clock.now())


async def test_the_pile_is_given_a_price_that_makes_money_energy(yard: Yard) -> None:
    await yard.ear(PILE)
    raw = await logged_in(yard)
    ours = Frame(Kind.TARIFF_CHECK, TariffCheck(pile=PILE, model="0100").encode(), b"\1\2")
    raw.send(ours, Frame(Kind.TARIFF_WANTED, values.bcd(PILE, 7), b"\3\4"), ours)
    wrong, given, right = [await raw.next() for _ in range(3)]
    assert (wrong.sequence, wrong.body[-1]) == (b"\1\2", 1), "another's prices may have the same number"
    tariff = Tariff.decode(given.body)
    assert (given.kind, given.sequence, tariff.model) == (Kind.TARIFF, b"\3\4", "0100")
    assert (tariff.energy, tariff.service, tariff.loss) == ((100_000,) * 4, (0,) * 4, 0)
    assert right.body[-1] == 0
    card = Card(pile=PILE, gun=1, by=1, card=b"12345678")
    (refused,) = await heard(raw, Frame(Kind.CARD, card.encode(), b"\5\6"))
    assert (refused.kind, refused.sequence, refused.body) == (Kind.CARD_ANSWER, b"\5\6", card.refusal())


async def test_a_charge_is_begun_measured_and_ended(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    told = await raw.next()
    assert Start.decode(told.body) == Start(order=WIRED, pile=PILE, gun=1, card=ORDER, balance=3000)
    answer = Started(order=WIRED, pile=PILE, gun=1, done=True)
    raw.send(Frame(Kind.STARTED, answer.encode()))
    assert (await raw.next()).kind == Kind.READ
    await start
    assert not ear.begun
    measured = {"voltage": 400.0, "current": 16.0, "temperature": 41.0, "soc": 55, "energy": 800}
    await heard(raw, realtime(3, order=WIRED, minutes=7, **measured))
    (began,) = ear.begun.values()
    assert (began.transaction, began.order) == (WIRED, ORDER)
    assert yard.port.clock.now() - began.at == timedelta(minutes=7)
    reading = ear.readings[-1]
    assert (reading.transaction, reading.energy, reading.power) == (WIRED, 800, 6400.0)
    assert (reading.voltage, reading.current, reading.temperature, reading.soc) == (400.0, 16.0, 41.0, 55)

    stop = asyncio.create_task(ear.asks.stop(WIRED, ORDER))
    told = await raw.next()
    assert (told.kind, told.body) == (Kind.STOP, gun_of(PILE, 1))
    raw.send(Frame(Kind.STOPPED, Stopped(pile=PILE, gun=1, done=True).encode()))
    await stop
    over = record(yard, why=0x40)
    raw.send(Frame(Kind.RECORD, over.encode(), b"\0\x46"))
    assert await raw.next() == Frame(Kind.RECORD_ANSWER, bytes.fromhex(WIRED) + b"\0", b"\0\x46")
    (ended,) = ear.endings
    assert (ended.transaction, ended.order, ended.why) == (WIRED, ORDER, "stopped")
    assert (ended.energy, ended.seconds, ended.meter) == (9000, 7200, 109_000)
    assert (ended.began_at, ended.at) == (over.began, over.ended)
    await heard(raw, realtime(3, order="9" * 32))
    assert ear.begun["9" * 32].order == "", "it says itself that this is none of ours"


async def test_what_the_pile_refuses_or_does_not_answer(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)

    async def refused(asked: asyncio.Task[None], kind: Kind, body: bytes) -> str:
        await raw.next()
        raw.send(Frame(kind, body))
        with pytest.raises(DeviceError) as no:
            await asked
        assert no.value.code == "refused-by-post"
        return str(no.value)

    busy = Started(order=WIRED, pile=PILE, gun=1, done=False, why=5).encode()
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    assert "no vehicle is plugged in" in await refused(start, Kind.STARTED, busy)
    idle = Stopped(pile=PILE, gun=1, done=False, why=2).encode()
    stop = asyncio.create_task(ear.asks.stop(WIRED, ORDER))
    assert "the gun does not charge" in await refused(stop, Kind.STOPPED, idle)
    reset = asyncio.create_task(ear.asks.reset())
    assert await refused(reset, Kind.RESTARTED, Done(pile=PILE, done=False).encode())

    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    await raw.next()
    another = Started(order=values.padded("7"), pile=PILE, gun=1, done=True)
    await heard(raw, Frame(Kind.STARTED, b"?"), Frame(Kind.STARTED, another.encode()))
    assert ear.nonsense == ["answer to a start: 1 bytes, not 26"]
    assert not start.done()
    raw.writer.close()
    with pytest.raises(DeviceUnreachable):
        await start

    raw = await logged_in(yard)
    stop = asyncio.create_task(ear.asks.stop(WIRED, ORDER))
    await raw.next()
    await eventually(lambda: yard.port.clock.advance(5) or raw.send(BEAT) or stop.done())
    with pytest.raises(DeviceError) as silent:
        await stop
    assert silent.value.code == "no-answer"


async def test_only_a_pile_with_one_gun_is_taken_out_of_service(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard, guns=2)
    for unsupported in (ear.asks.set_available(available=False), ear.asks.unlock(), ear.asks.limit("x", 1)):
        with pytest.raises(DeviceError) as none:
            await unsupported
        assert none.value.code == "not-supported"
    raw = await logged_in(yard, guns=1)
    out = asyncio.create_task(ear.asks.set_available(available=False))
    told = await raw.next()
    assert (told.kind, told.body) == (Kind.WORK, values.bcd(PILE, 7) + b"\x01\x64")
    raw.send(Frame(Kind.WORK_DONE, Done(pile=PILE, done=True).encode()))
    await out


async def test_a_record_is_answered_when_it_is_kept_and_as_often_as_it_comes(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)
    ear.disk_full = True
    said = Frame(Kind.RECORD, record(yard).encode())
    assert not await heard(raw, said), "nothing was kept, nothing is answered"
    ear.disk_full = False
    for _ in range(5):
        raw.send(said)
        assert (await raw.next()).kind == Kind.RECORD_ANSWER
    assert len(ear.endings) == 5
    assert len(set(map(str, ear.endings))) == 1


async def test_a_pile_that_was_away_loses_no_charge(yard: Yard) -> None:
    first, second = await yard.ear(PILE, 1), await yard.ear(PILE, 2)
    raw = await logged_in(yard)
    raw.writer.close()
    await eventually(lambda: first.link is None)
    assert first.why == "the post has hung up"
    yard.port.clock.advance(3600)
    raw = await logged_in(yard)
    made = "20231212000010" + "0" * 17 + "7"
    owed = [
        Frame(Kind.RECORD, record(yard).encode()),
        Frame(Kind.RECORD_17, record(yard, values.padded("7"), gun=2, why=0x6E).encode(Kind.RECORD_17)),
        Frame(Kind.RECORD_17, record(yard, made, gun=2, why=0x83).encode()),
        Frame(Kind.RECORD, record(yard, values.NO_ORDER, energy=10).encode()),
        Frame(Kind.RECORD, record(yard, values.NO_ORDER, energy=20).encode()),
    ]
    assert [each.kind for each in await heard(raw, *owed)] == [Kind.RECORD_ANSWER] * 5
    assert [(each.order, each.energy) for each in first.endings] == [(ORDER, 9000), (None, 10), (None, 20)]
    assert [(each.order, each.why) for each in second.endings] == [
        ("0000000000000007", "energy-limit"),
        (None, "power-loss"),
    ]
    assert len({each.transaction for each in (*first.endings, *second.endings)}) == 5


async def test_what_was_charged_at_an_unnamed_gun_waits_for_its_connector(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)
    other = Frame(Kind.RECORD, record(yard, gun=3).encode())
    assert not await heard(raw, other)
    assert ear.nonsense == ["no device is connector 3"]
    monkeypatch.setattr(posts, "ORPHANED_S", 20.0)
    yard.port.clock.advance(21)
    assert [each.kind for each in await heard(raw, other)] == [Kind.RECORD_ANSWER]
    assert not ear.endings


async def test_a_pile_with_a_wrong_clock_ended_its_charge_now(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)
    now = yard.port.clock.now()
    said = record(yard)
    ahead = now + timedelta(days=365)
    for began, ended in ((None, None), (ahead, ahead), (now, now - timedelta(hours=1))):
        odd = Record(
            **{name: getattr(said, name) for name in said.__struct_fields__}
            | {"began": began, "ended": ended}
        )
        await heard(raw, Frame(Kind.RECORD, odd.encode()))
    assert [(each.at, each.seconds, each.began_at) for each in ear.endings] == [
        (now, None, None),
        (now, None, None),
        (now - timedelta(hours=1), None, None),
    ]


async def test_only_piles_that_a_connector_names_are_let_in(yard: Yard) -> None:
    await yard.ear(PILE)
    stranger = await yard.call()
    stranger.send(Frame(Kind.LOGIN, Login(pile=OTHER, direct=True, guns=1, version=15).encode()))
    assert await stranger.next() == Frame(Kind.LOGGED_IN, messages.logged_in(OTHER, admitted=False))
    await stranger.closed()
    secret = await yard.call()
    secret.send(Frame(Kind.LOGIN, bytes(30), b"\0\0", cipher=1))
    await secret.closed()
    early = await yard.call()
    early.send(BEAT)
    early.send(Frame(Kind.LOGIN, b"?"))
    await eventually(lambda: len(yard.port.nonsense) == 4)
    yard.port.clock.advance(61)
    await early.closed()
    for complaint, what in zip(
        yard.port.nonsense,
        ("no connector names pile", "enciphered", "before a login", "login: 1 bytes"),
        strict=True,
    ):
        assert what in complaint


async def test_two_piles_garbage_between_and_a_newer_line(yard: Yard) -> None:
    first, second = await yard.ear(PILE), await yard.ear(OTHER)
    raw, another = await logged_in(yard), await logged_in(yard, OTHER)
    raw.send(b"\x68\x03\x00GET /", BEAT, LOGIN[:-1] + b"\0", BEAT)
    assert [(await raw.next()).kind for _ in range(2)] == [0x04, 0x04]
    assert len(yard.port.nonsense) == 2
    await heard(raw, realtime(2), realtime(2, pile=OTHER))
    assert len(first.statuses) == 1
    assert first.nonsense == [f"pile {PILE} speaks as {OTHER}"]
    newer = await logged_in(yard)
    assert first.why == "the post has connected anew"
    await raw.closed()
    await heard(newer, realtime(1))
    assert first.statuses[-1].state == "faulted"
    await yard.passes(36, lambda: first.link is None and second.link is None)
    assert second.why == "no heartbeat for 35 s"
    await another.closed()


async def test_two_devices_cannot_be_one_connector_nor_two_programs_one_address(yard: Yard) -> None:
    ear = await yard.ear(PILE)
    await logged_in(yard)
    late = await yard.ear(PILE, 2)
    assert late.product == ear.product
    with pytest.raises(DeviceError, match=re.escape(f"connector 1 of post {PILE}")) as twice:
        await yard.ear(PILE)
    assert twice.value.code == "configuration"
    async with Yard.open("ykc", register, YkcFormat()) as taken:
        taken.number = yard.number
        with pytest.raises(DeviceUnreachable, match="cannot listen on"):
            await taken.ear(PILE, ear=Ear())


async def test_who_says_nothing_but_noise_is_cut_off(yard: Yard) -> None:
    """Each of these bytes may begin a frame, whose check is then reckoned in vain."""
    ear = await yard.ear(PILE)
    raw = await logged_in(yard)
    for _ in range(3):
        raw.send(b"\x68" * 1000)
        await heard(raw, *[Frame(Kind.TIME_TAKEN, bytes(14))] * 8)
    raw.send(b"\x68" * (MOST_NOISE + 200))
    await eventually(lambda: ear.link is None)
    assert ear.why == "nothing but noise"
