"""DNY posts on real sockets: golden vectors and frames of our own making, as there is no independent post."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.dny import orders
from drivers.charger.dny.commands import POLL
from drivers.charger.dny.frames import DnyFormat, Frame
from drivers.charger.dny.messages import Alarm, Card, Heartbeat, Registration
from drivers.charger.dny.orders import Answer, Order
from drivers.charger.dny.posts import register
from drivers.charger.dny.reports import Power, Settlement
from drivers.charger.link import Limits
from drivers.charger.words import Trouble
from tests.drivers.charger.yard import Ear, Raw, Yard
from tests.waiting import eventually

POST, OTHER, HOST = "04AB373B", "05000001", "09D62684"
REGISTRATION = bytes.fromhex("444E5913003B37AB04B900207E000214210000 00E4009104".replace(" ", ""))
REGISTERED = bytes.fromhex("444E590A003B37AB04B9002000EF02")
ORDER = "2026072512345678"
LIMITS = Limits(seconds=7200, energy=1500, power=500)


@pytest_asyncio.fixture
async def yard() -> AsyncIterator[Yard]:
    async with Yard.open("dny", register, DnyFormat()) as yard:
        yield yard


def say(command: int, data: bytes = b"", *, post: str = POST, number: int = 1) -> bytes:
    return Frame(post, number, command, data).encode()


def beat(*states: int, post: str = POST, voltage: float = 220.0) -> bytes:
    return say(0x21, Heartbeat(voltage=voltage, states=states, temperature=25.0).encode(), post=post)


def settlement(order: bytes = ORDER.encode(), *, port: int = 0, why: int = 1, energy: int = 480) -> bytes:
    took = Settlement(
        seconds=3600, most=120.0, energy=energy, port=port, kind=1, card=0, why=why, order=order
    )
    return took.encode()


def power(order: bytes = ORDER.encode(), *, state: int = 1) -> bytes:
    return Power(
        port=0,
        state=state,
        seconds=600,
        energy=80,
        kind=1,
        power=480.0,
        most=490.0,
        least=470.0,
        mean=480.0,
        order=order,
        peak=490.0,
        voltage=220.0,
        current=2.182,
        port_temperature=41.0,
    ).encode()


async def heard(raw: Raw, *frames: bytes) -> list[Frame]:
    """Send as the post, and return what was answered until all of it was heard."""
    raw.send(*frames, say(0x22, number=0xFFFF))
    answers: list[Frame] = []
    while (answer := await raw.next()).message != 0xFFFF:
        answers.append(answer)
    return answers


async def registered(yard: Yard, post: str = POST) -> Raw:
    """Connect as a post that has just got power."""
    raw = await yard.call()
    data = Registration(firmware=126, ports=2, device_type=0x21).encode()
    raw.send(b"89860413161892009275", say(0x20, data, post=post, number=7))
    assert await raw.next() == Frame(post, 7, 0x20, b"\0")
    yard.port.clock.advance(1)  # so that we may speak again
    return raw


async def test_a_post_says_what_it_is_and_how(yard: Yard) -> None:
    first, second, third = [await yard.ear(POST, connector) for connector in (1, 2, 3)]
    raw = await yard.call()
    raw.send(b"89860413161892009275", REGISTRATION[:9])
    raw.send(REGISTRATION[9:], b"link")
    assert (await raw.next()).encode() == REGISTERED
    assert first.product == second.product == "AP3000, two sockets V1.26"
    card = Card(card=9, kind=0, port=0xFF)
    answers = await heard(raw, beat(1, 9), say(0x22, number=5), say(0x02, card.encode()))
    assert answers == [
        Frame(POST, 1, 0x21, b"\0"),
        Frame(POST, 5, 0x22, int(yard.port.clock.now().timestamp()).to_bytes(4, "little")),
        Frame(POST, 1, 0x02, card.refusal()),
    ]
    assert [ear.statuses[-1].state for ear in (first, second)] == ["charging", "faulted"]
    assert second.statuses[-1].fault == "power-switch"
    assert (first.readings[-1].voltage, first.readings[-1].temperature) == (220.0, 25.0)
    assert third.nonsense == ["there is no connector 3, the post has 2"]
    late = await yard.ear(POST, 2, second)
    assert late is second
    assert not yard.port.nonsense

    yard.port.clock.advance(1)
    await first.asks.refresh()
    assert (await raw.next()).command == 0x81
    yard.port.clock.advance(1)
    reset = asyncio.create_task(first.asks.reset())
    asked = await raw.next()
    raw.send(asked.answer(b"\0"))
    await reset
    asks = first.asks
    assert asks.adjusts == "no"
    for unsupported in (asks.unlock(), asks.limit("x", 1), asks.set_available(available=True)):
        with pytest.raises(DeviceError, match="not in this post's protocol") as none:
            await unsupported
        assert none.value.code == "not-supported"


async def test_a_post_that_lost_only_the_network_is_asked_who_it_is(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await yard.call()
    raw.send(beat(0, 0))
    assert (await raw.next()).command == 0x21
    assert ear.product == "AP3000, two sockets"
    yard.port.clock.advance(1)
    assert (await raw.next()).command == 0x81
    raw.send(REGISTRATION)
    assert (await raw.next()).encode() == REGISTERED
    assert ear.product == "AP3000, two sockets V1.26"


async def test_a_charge_is_begun_measured_and_ended(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    told = await raw.next()
    assert told.data.endswith(orders.BY_THE_BOOK)
    assert Order.decode(told.data) == Order(
        port=0, start=True, order=ORDER.encode(), amount=1500, longest=7200, overload=500.0
    )
    began_at = yard.port.clock.now()
    raw.send(told.answer(Answer(code=0, order=ORDER.encode(), port=0).encode()))
    await start
    name = f"{POST}-0-{ORDER}"
    began = await eventually(lambda: ear.begun.get(name))
    assert (began.order, began.at) == (ORDER, began_at)

    await heard(raw, say(0x06, power()), say(0x06, power(state=3)), say(0x06, power(state=2)), beat(1, 0))
    assert [each.state for each in ear.statuses] == ["charging", "suspended-ev", "charging"]
    reading = ear.readings[0]
    assert (reading.transaction, reading.energy, reading.power) == (name, 80, 480.0)
    assert (reading.current, reading.voltage, reading.temperature) == (2.182, 220.0, 41.0)

    yard.port.clock.advance(1)
    stop = asyncio.create_task(ear.asks.stop(name, None))
    told = await raw.next()
    assert Order.decode(told.data) == Order(port=0, start=False, order=ORDER.encode())
    raw.send(told.answer(Answer(code=0, order=ORDER.encode(), port=0).encode()))
    yard.port.clock.advance(1)
    assert (await raw.next()).command == POLL, "its settlement may be a minute away: the state is asked for"
    await stop
    yard.port.clock.advance(7200)  # the network was away
    raw.send(say(0x03, settlement(why=7)))
    assert await raw.next() == Frame(POST, 1, 0x03, b"\0")
    (ended,) = ear.endings
    assert (ended.transaction, ended.order, ended.why) == (name, ORDER, "stopped")
    assert (ended.energy, ended.seconds) == (480, 3600)
    assert (ended.at - began_at).total_seconds() == 3600


async def test_a_charge_that_we_have_forgotten_is_told_by_its_power(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    await heard(raw, say(0x06, power()), say(0x06, power(bytes(16))), beat(1, 0))
    (began,) = ear.begun.values()
    assert (yard.port.clock.now() - began.at).total_seconds() == 600
    assert [each.transaction for each in ear.readings] == [f"{POST}-0-{ORDER}", None, None]
    card = b"\x01" * 16
    await heard(raw, say(0x06, power(card)), beat(1, 0))
    assert ear.begun[f"{POST}-0-{card.hex()}"].order == "", "it says itself that this is none of ours"


@pytest.mark.parametrize(
    ("code", "words"), [*((code, orders.REFUSALS[code]) for code in (1, 2, 3, 9, 0x0B)), (0x77, "unknown")]
)
async def test_what_the_post_refuses(yard: Yard, code: int, words: str) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    told = await raw.next()
    raw.send(told.answer(Answer(code=code, order=ORDER.encode(), port=0).encode()))
    if code in orders.CHARGES_NONETHELESS:
        yard.port.clock.advance(1)
        ended = await raw.next()
        assert not Order.decode(ended.data).start
        raw.send(ended.answer(Answer(code=0, order=ORDER.encode(), port=0).encode()))
    with pytest.raises(DeviceError, match=words) as refused:
        await start
    assert refused.value.code == "refused-by-post"
    assert not ear.begun

    yard.port.clock.advance(1)
    stop = asyncio.create_task(ear.asks.stop("x", ORDER))
    told = await raw.next()
    raw.send(told.answer(Answer(code=code, order=ORDER.encode(), port=0).encode()))
    with pytest.raises(DeviceError, match=words):
        await stop
    with pytest.raises(DeviceError) as nameless:
        await ear.asks.stop("a charge that is over and never had an order", None)
    assert nameless.value.code == "not-supported"


async def test_who_does_not_answer_is_asked_once_more_under_the_same_number(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    first = await raw.next()
    yard.port.clock.advance(14)
    await raw.quiet()
    yard.port.clock.advance(1)
    assert await raw.next() == first
    yard.port.clock.advance(15)
    with pytest.raises(DeviceError) as silent:
        await start
    assert silent.value.code == "no-answer"
    reset = asyncio.create_task(ear.asks.reset())
    assert (await raw.next()).command == 0x87
    yard.port.clock.advance(15)
    with pytest.raises(DeviceError) as silent:
        await reset
    assert silent.value.code == "no-answer"
    await raw.quiet()
    raw.send(first.answer(Answer(code=0, order=ORDER.encode(), port=0).encode()))
    assert await eventually(lambda: ear.begun), "what begins late is told all the same"

    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    nonsense = await raw.next()
    raw.send(nonsense.answer(b"\0"))
    with pytest.raises(DeviceError) as odd:
        await start
    assert odd.value.code == "bad-protocol"
    old = ear.asks
    yard.port.clock.advance(1)
    start = asyncio.create_task(ear.asks.start(ORDER, LIMITS))
    await raw.next()
    raw.writer.close()
    with pytest.raises(DeviceUnreachable):
        await start
    with pytest.raises(DeviceUnreachable):
        await old.stop("x", ORDER)
    assert ear.link is None


async def test_two_commands_to_one_post_are_half_a_second_apart(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    both = asyncio.gather(ear.asks.refresh(), ear.asks.refresh())
    await raw.next()
    await raw.quiet()
    yard.port.clock.advance(0.5)
    await raw.next()
    await both


async def test_a_settlement_is_answered_when_it_is_kept_and_as_often_as_it_comes(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    ear.disk_full = True
    assert not await heard(raw, say(0x03, settlement(), number=9)), "nothing was kept"
    ear.disk_full = False
    for number in range(10, 15):
        raw.send(say(0x03, settlement(), number=number))
        assert await raw.next() == Frame(POST, number, 0x03, b"\0")
    assert len(ear.endings) == 5
    assert {each.transaction for each in ear.endings} == {f"{POST}-0-{ORDER}"}


async def test_a_post_that_was_away_loses_no_charge(yard: Yard) -> None:
    first, second = await yard.ear(POST, 1), await yard.ear(POST, 2)
    raw = await registered(yard)
    raw.writer.close()
    await eventually(lambda: first.link is None)
    assert first.why == "the post has hung up"
    yard.port.clock.advance(3600)
    raw = await registered(yard)
    card = bytes.fromhex("20190901180000130030380102030405")
    owed = [
        settlement(),
        settlement(b"2026072500000001", port=1),
        settlement(card, port=1, why=0x16),
        settlement(bytes(16), energy=10),
        settlement(bytes(16), energy=20),
    ]
    raw.send(*(say(0x03, data, number=number) for number, data in enumerate(owed)))
    assert [(await raw.next()).message for _ in owed] == [0, 1, 2, 3, 4]
    assert [(each.order, each.energy) for each in first.endings] == [(ORDER, 480), (None, 10), (None, 20)]
    assert [(each.order, each.why) for each in second.endings] == [
        ("2026072500000001", "full"),
        (None, "local"),
    ]
    assert len({each.transaction for each in (*first.endings, *second.endings)}) == 5


async def test_what_was_charged_at_an_unnamed_port_waits_for_its_connector(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    assert not await heard(raw, say(0x03, settlement(port=1)))
    assert ear.nonsense == ["no device is connector 2"]
    yard.port.clock.advance(700)
    assert await heard(raw, say(0x03, settlement(port=1))), "or else it would block what comes behind it"
    assert not ear.endings


async def test_alarms_hold_until_the_post_has_started_anew(yard: Yard) -> None:
    ears = [await yard.ear(POST, 1), await yard.ear(POST, 2)]
    raw = await registered(yard)
    alarms = [say(0x42, Alarm(kind=kind).encode()) for kind in (4, 5, 3, 2, 6, 7, 1, 99)]
    ears[0].disk_full = True
    await heard(raw, *alarms, beat(0, 0, voltage=0))
    ears[0].disk_full = False
    said = ["smoke", "heat", "heat", "flood", "flood", "door", "mains"]
    for ear in ears:
        assert [trouble for trouble, active in ear.troubles if active] == said, "whatever one cannot write"
    assert ears[0].nonsense == ["an alarm of unknown kind 99"]
    ear = ears[0]
    ear.troubles.clear()
    await heard(raw, beat(0, 0))
    assert ear.troubles == [(Trouble.MAINS, False)]

    yard.port.clock.advance(1)
    await ear.asks.refresh()
    await raw.next()
    await heard(raw, REGISTRATION)
    yard.port.clock.advance(30)
    await heard(raw, beat(0, 0))
    assert len(ear.troubles) == 1, "it was asked who it is, and has not started anew"

    yard.port.clock.advance(1)
    reset = asyncio.create_task(ear.asks.reset())
    said = (await raw.next()).answer(b"\0").encode()
    await heard(raw, said, REGISTRATION, say(0x42, Alarm(kind=4).encode()))
    await reset
    await yard.passes(10, lambda: len(ear.troubles) > 2)
    assert sorted(ear.troubles[2:]) == [("door", False), ("flood", False), ("heat", False)]
    assert ear.troubles[1] == (Trouble.SMOKE, True)


async def test_only_posts_that_a_connector_names_are_let_in(yard: Yard) -> None:
    ear = await yard.ear(POST)
    stranger = await yard.call()
    stranger.send(beat(0, 0, post=OTHER))
    await stranger.closed()
    assert "no connector names post 05000001" in yard.port.nonsense[0]
    silent = await yard.call()
    await eventually(lambda: len(yard.port.shared(f"dny:127.0.0.1:{yard.number}", Ear)._listener._lines) == 1)
    yard.port.clock.advance(241)
    await silent.closed()
    assert ear.link is None


async def test_posts_behind_a_host_share_its_line(yard: Yard) -> None:
    first, second = await yard.ear(POST), await yard.ear(OTHER)
    raw = await yard.call()
    raw.send(say(0x11, bytes(34), post=HOST), say(0x12, post=HOST), beat(0, 0, post="04000009"))
    assert (await raw.next()).command == 0x12
    raw.send(beat(0, 0), beat(*([2] * 10), post=OTHER))
    assert (await raw.next())[::2] == (POST, 0x21)
    yard.port.clock.advance(1)
    assert [(await raw.next())[::2] for _ in range(2)] == [(POST, 0x81), (OTHER, 0x21)]
    yard.port.clock.advance(1)
    assert (await raw.next())[::2] == (OTHER, 0x81)
    await heard(raw)
    assert second.product == "AP3000, 10 sockets"
    assert second.statuses[-1].state == "preparing"

    anew = await registered(yard, OTHER)
    assert second.why == "the post has connected anew"
    assert second.link is not None
    assert [each.post for each in await heard(raw, beat(0, post=OTHER), beat(1, 0))] == [POST]
    assert first.statuses[-1].state == "charging"
    assert any("a line that it has left" in each for each in yard.port.nonsense)
    raw.writer.close()
    await eventually(lambda: first.link is None)
    assert second.link is not None
    anew.writer.close()


async def test_garbage_in_the_middle_is_counted_and_stops_nothing(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    broken = bytearray(beat(0, 0))
    broken[-1] ^= 1
    said = (b"\x00GET / HTTP/1.1\r\n", beat(0, 0), bytes(broken), beat(1, 0), say(0x21, b"\1"), beat(2, 0))
    assert len(await heard(raw, *said)) == 3
    assert [each.state for each in ear.statuses] == ["available", "charging", "preparing"]
    assert len(yard.port.nonsense) == 2
    assert ear.nonsense == ["heartbeat: 1 bytes do not tell all ports"]
    raw.send(b"DNY\xff\x00cut off")
    await eventually(lambda: yard.port.clock.advance(6) or len(yard.port.nonsense) == 3)
    raw.send(beat(3, 0))
    assert (await raw.next()).command == 0x21


async def test_a_post_without_heartbeats_is_lost_though_its_modem_says_link(yard: Yard) -> None:
    ear = await yard.ear(POST)
    raw = await registered(yard)
    yard.port.clock.advance(300)
    raw.send(b"link")
    await raw.quiet()
    assert ear.link is not None
    raw.send(b"link")
    await yard.passes(121, lambda: ear.link is None)
    assert ear.why == "no heartbeat for 420 s"
    await raw.closed()


async def test_two_devices_cannot_be_one_connector_nor_two_programs_one_address(yard: Yard) -> None:
    await yard.ear(POST)
    with pytest.raises(DeviceError, match=re.escape("connector 1 of post 04AB373B")) as twice:
        await yard.ear(POST)
    assert twice.value.code == "configuration"
    async with Yard.open("dny", register, DnyFormat()) as another:
        another.number = yard.number
        with pytest.raises(DeviceUnreachable, match="cannot listen on"):
            await another.ear(POST)
