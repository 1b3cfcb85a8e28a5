"""The hub without its face, against a real mosquitto: from what is published to where it ends up."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.errors import ConfigurationError, InvalidMessage
from contract.messages import Action, ActionStatus, Committed, Event, Problem, Result, State
from contract.mqtt import Connection
from contract.things import ActionSpec, Property, Thing, ThingModel
from contract.topics import Address, Channel
from hub.core import Core, Listener
from hub.settings import HubSettings
from tests.broker import Mosquitto
from tests.ledgers import new_ledger
from tests.waiting import eventually

GATE = Address("hemei", "gate", "east-in")
USERS = {"hub": "hub-secret", "gates": "gates-secret"}
NAMES = {"zh-CN": "东门入口", "en": "East gate, in"}
MODEL = ThingModel(
    properties={"state": Property(type="string", title=NAMES, enum=("open", "closed"))},
    actions={
        "open": ActionSpec(title=NAMES, timeout_s=1.0),
        "hold-open": ActionSpec(title=NAMES, input={"hold": Property(type="boolean", title=NAMES)}),
    },
    events={},
)
clock = SystemClock()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path / "broker", users=USERS) as started:
        yield started


def settings(broker: Mosquitto, tmp_path: Path, **fields: Any) -> HubSettings:
    return HubSettings(
        site_id="hemei",
        title=NAMES,
        broker=broker.broker("hub"),
        data_dir=tmp_path / "hub",
        ledger_url=new_ledger(tmp_path / "hub" / "ledger.sqlite"),
        **fields,
    )


@asynccontextmanager
async def running(core: Core) -> AsyncIterator[Core]:
    task = asyncio.create_task(core.run())
    try:
        await eventually(lambda: core.online or task.done())
        yield core
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def hub(broker: Mosquitto, tmp_path: Path) -> AsyncIterator[Core]:
    async with running(Core(settings(broker, tmp_path), clock, Listener())) as core:
        yield core


@asynccontextmanager
async def driver(broker: Mosquitto) -> AsyncIterator[Connection]:
    async with Connection(broker.broker("gates"), "gates") as link:
        await link.subscribe([GATE.topic(Channel.ACTION)])
        thing = Thing(address=GATE, title=NAMES, model=MODEL, driver="gates")
        await link.publish(GATE.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        yield link


def event(number: int, **fields: Any) -> Event:
    return Event(
        specversion="1.0",
        id=str(number),
        source=str(GATE),
        type="hemei.gate.opened",
        time=clock.now(),
        boot=1,
        sequence=number,
        driver="gates",
        outbox="box",
        outboxnumber=number,
        outboxfirst=1,
        **fields,
    )


async def test_state_shows_as_soon_as_it_is_heard(broker: Mosquitto, tmp_path: Path) -> None:
    async with hub(broker, tmp_path) as core, driver(broker) as link:
        state = State(ts=clock.now(), boot=1, seq=1, properties={"state": "open"})
        await link.publish(GATE.topic(Channel.STATE), encode(state), retain=True)
        await eventually(lambda: core.shadows.one(GATE) is not None)
        await eventually(lambda: b'"open"' in (core.shadows.one(GATE) or b""))


async def test_events_are_committed_once_and_confirmed(broker: Mosquitto, tmp_path: Path) -> None:
    async with driver(broker) as link:
        await link.subscribe([Address("hemei", "driver", "gates").topic(Channel.COMMITTED)])
        async with hub(broker, tmp_path):
            for number in (1, 2, 2, 3, 1):
                await link.publish(GATE.topic(Channel.EVENT), encode(event(number)))
            async for message in link:
                if decode(Committed, message.payload).upto == 3:
                    break
        # What is sent while the hub is away waits at the broker, in its persistent session.
        await link.publish(GATE.topic(Channel.EVENT), encode(event(4)))
        async with hub(broker, tmp_path) as core:
            await eventually(lambda: core.counters.events_committed == 1)
            found = core.events.find(tenant="default", equal={})
            assert [each.id for each in found] == ["1", "2", "3", "4"]


async def test_garbage_is_counted_logged_once_and_kept(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "hub.ingest.rejects")
    async with hub(broker, tmp_path) as core, driver(broker) as link:
        for payload in (b"", b"\xff\x00", b"[]", b'{"ts":1}', b"{" * 100_000, b"0" * 300_000):
            await link.publish(GATE.topic(Channel.EVENT), payload)
        for topic in (
            "hemei/x",
            "hemei/hemei/gate/east-in/event/deeper/still",
            "hemei/hemei/gate/EAST/event",
        ):
            await link.publish(topic, b"{}")
        await link.publish(GATE.topic(Channel.EVENT), encode(event(1)))
        await eventually(lambda: core.counters.events_committed == 1)
        expected = {"bad-json": 2, "too-deep": 1, "bad-fields": 2, "too-large": 1, "bad-topic": 3}
        assert core.counters.rejected == expected
        assert len(caplog.records) == 3


async def test_event_waits_for_its_picture(broker: Mosquitto, tmp_path: Path) -> None:
    picture = b"not really a picture"
    sha256 = hashlib.sha256(picture).hexdigest()
    async with hub(broker, tmp_path) as core, driver(broker) as link:
        named = event(1, data={"media": [sha256]})
        await link.publish(GATE.topic(Channel.EVENT), encode(named))
        await link.publish(GATE.topic(Channel.MEDIA, sha256), b"something else")
        await eventually(lambda: core.counters.rejected["bad-hash"] == 1)
        assert core.committer.writer.progress() == {}
        await link.publish(GATE.topic(Channel.MEDIA, sha256), picture)
        await link.publish(GATE.topic(Channel.EVENT), encode(named))
        await eventually(lambda: core.counters.events_repeated == 1)
        assert core.committer.writer.progress()["hemei", "gates"].upto == 1
        path = core.media.path(sha256)
        assert path is not None
        assert path.read_bytes() == picture


async def answer(link: Connection, *statuses: ActionStatus) -> Action:
    """Take the next action as a driver would, and answer it."""
    async for message in link:
        action = decode(Action, message.payload)
        for status in statuses:
            error = Problem(code="limit-timeout", message="jammed") if status == "failed" else None
            result = Result(id=action.id, status=status, ts=clock.now(), error=error)
            await link.publish(GATE.topic(Channel.RESULT), encode(result))
        return action
    raise AssertionError


async def ask(core: Core, name: str = "open", given: dict[str, Any] | None = None, **fields: Any) -> Any:
    await eventually(lambda: (shadow := core.shadows.get(GATE)) and shadow.description)
    record = await core.actions.request(GATE, name, given or {}, issuer="guard", reason="test", **fields)
    return await core.actions.outcome(record.id, 20)


async def test_action_ends_with_what_the_driver_says(broker: Mosquitto, tmp_path: Path) -> None:
    async with hub(broker, tmp_path) as core, driver(broker) as link:
        asked = asyncio.create_task(ask(core))
        action = await answer(link, ActionStatus.ACCEPTED, ActionStatus.SUCCEEDED)
        assert (await asked).status == "succeeded"
        assert timedelta(0) < action.expires - clock.now() <= timedelta(seconds=5)
        asked = asyncio.create_task(ask(core, "hold-open", {"hold": True}))
        assert (await answer(link, ActionStatus.FAILED)).input == {"hold": True}
        record = await asked
        assert (record.status, record.error.code) == ("failed", "limit-timeout")


async def test_action_nobody_takes_expires(broker: Mosquitto, tmp_path: Path) -> None:
    async with hub(broker, tmp_path) as core:
        async with driver(broker):
            await eventually(lambda: core.shadows.get(GATE))
        record = await ask(core, expires_in_s=0.2)
        assert (record.status, record.error.code) == ("expired", "expired")
        async with driver(broker) as link:
            # Nothing is kept for a driver that returns: the next action is the first it sees.
            asked = asyncio.create_task(ask(core))
            action = await answer(link, ActionStatus.SUCCEEDED)
            assert action.id == (await asked).id


async def test_action_taken_and_never_answered_is_unknown(broker: Mosquitto, tmp_path: Path) -> None:
    async with hub(broker, tmp_path) as core, driver(broker) as link:
        asked = asyncio.create_task(ask(core, expires_in_s=0.2))
        action = await answer(link, ActionStatus.ACCEPTED)
        record = await asked
        assert (record.status, record.error.code) == ("failed", "outcome-unknown")
        # The driver's late word is better than our guess.
        result = Result(id=action.id, status=ActionStatus.SUCCEEDED, ts=clock.now())
        await link.publish(GATE.topic(Channel.RESULT), encode(result))
        await eventually(lambda: core.actions.known(record.id).status == "succeeded")


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("fly", {}, "unknown-action"),
        ("hold-open", {}, "bad-input"),
        ("hold-open", {"hold": 1}, "bad-input"),
        ("open", {"wide": True}, "bad-input"),
    ],
)
async def test_wrong_request_is_not_sent(
    broker: Mosquitto, tmp_path: Path, name: str, given: dict[str, Any], code: str
) -> None:
    async with hub(broker, tmp_path) as core, driver(broker):
        with pytest.raises(InvalidMessage) as wrong:
            await ask(core, name, given)
        assert wrong.value.code == code


async def test_anonymous_broker_is_refused(tmp_path: Path) -> None:
    async with Mosquitto(tmp_path / "broker") as broker:
        core = Core(settings(broker, tmp_path), clock, Listener())
        with pytest.raises(ExceptionGroup) as refused:
            await core.run()
        assert refused.value.subgroup(ConfigurationError)
        async with running(Core(settings(broker, tmp_path, insecure=True), clock, Listener())) as trusting:
            assert trusting.online


async def test_link_comes_back_after_the_broker_was_killed(broker: Mosquitto, tmp_path: Path) -> None:
    async with hub(broker, tmp_path) as core:
        await broker.kill()
        await eventually(lambda: not core.online)
        await broker.start()
        await eventually(lambda: core.online)
        assert core.counters.link_losses >= 1
        assert msgspec.json.encode(core.shadows.snapshot()) == b"[]"
