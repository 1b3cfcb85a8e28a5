"""Programs are told at least once, in order, signed, and of nobody in person."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from contract.clock import ManualClock, SystemClock
from contract.errors import ConfigurationError
from hub.alarms.alarm import Actor
from hub.alarms.desk import Desk
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.transactions import Transactions
from hub.webhooks.lane import FIRST_PAUSE_S, LONGEST_PAUSE_S, pause_s
from hub.webhooks.message import read_secret
from hub.webhooks.post import PrivateAddress, post, refuse_private
from hub.webhooks.service import Webhooks
from hub.webhooks.settings import Webhook
from hub.webhooks.standing import FAILING_AFTER_S
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import arrival
from tests.hub.webhooks.receiver import SECRET, Receiver, receiving
from tests.waiting import eventually


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@dataclass
class Site:
    """A tenant's ledger and its webhooks, which a test starts and stops."""

    engine: Engine
    folder: Path
    tenant: str = field(default_factory=lambda: secrets.token_hex(4))
    clock: ManualClock = field(default_factory=lambda: ManualClock(SystemClock().now()))
    pauses: list[float] = field(default_factory=list)

    def hook(self, receiver: Receiver, ident: str = "erp", **fields: Any) -> Webhook:
        file = self.folder / "secret"
        file.write_text(f"{SECRET}\n")
        said = {"url": receiver.url, "events": ("hemei.gate.*",), "private": True} | fields
        return Webhook(id=ident, secret_file=str(file), **said)

    def happen(self, *numbers: int, **fields: Any) -> None:
        """Put events into the ledger."""
        writer = EventWriter(self.engine, self.tenant)
        now_ms = self.clock.now_ms()
        writer.commit([now_at(now_ms, arrival(each, tenant=self.tenant, **fields)) for each in numbers])

    async def pause(self, seconds: float) -> None:
        """Let time pass for whoever waits to try again."""
        self.pauses.append(seconds)
        self.clock.advance(seconds)
        await asyncio.sleep(0)

    @asynccontextmanager
    async def telling(self, *hooks: Webhook) -> AsyncIterator["Telling"]:
        """Run webhooks as one run of a hub does."""
        with ThreadPoolExecutor(1) as thread:
            ledger = Transactions(self.engine, thread)
            webhooks = Webhooks(hooks, ledger, self.clock, self.tenant, sleep=self.pause)
            desk = Desk(ledger, self.clock, self.tenant)
            desk.join(webhooks)
            await desk.open()
            for each in hooks:  # known from now on
                await ledger.write(partial(webhooks._store.position, hook=each.id))
            running = asyncio.create_task(webhooks.run())
            try:
                yield Telling(self, webhooks, desk)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


@dataclass
class Telling:
    """One run."""

    site: Site
    webhooks: Webhooks
    desk: Desk

    def happen(self, *numbers: int, **fields: Any) -> None:
        self.site.happen(*numbers, **fields)
        self.webhooks.wake()

    def figure(self, name: str) -> float:
        return self.webhooks.figures()[name]()


@pytest.fixture
def site(shared_ledger: Engine, tmp_path: Path) -> Site:
    return Site(shared_ledger, tmp_path)


def now_at(now_ms: int, came: Arrival) -> Arrival:
    """Return an event as it came just now."""
    return msgspec.structs.replace(came, received_ms=now_ms)


def numbers(receiver: Receiver) -> list[str]:
    return [body["id"] for _, body in receiver.got]


async def test_events_and_alarms_come_signed_and_in_order(site: Site, receiver: Receiver) -> None:
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, 2, data={"cause": "remote"})
        await eventually(lambda: len(receiver.got) == 2)
        alarm = raised(definition(), at_ms=site.clock.now_ms(), event_seq=1)
        await hub.desk.take([alarm], upto=1)
        await eventually(lambda: len(receiver.got) == 3)
        assert numbers(receiver)[:2] == ["1", "2"]
        event, told = receiver.got[0][1], receiver.got[2][1]
        assert event["specversion"] == "1.0"
        assert (event["type"], event["data"]) == ("hemei.gate.opened", {"cause": "remote"})
        assert told["type"] == "hemei.alarm.raised"
        assert told["data"]["key"] == "gate-faulted"
        await eventually(lambda: hub.figure("webhooks_sent") == 3)


async def test_what_somebody_did_is_told_but_not_who(site: Site, receiver: Receiver) -> None:
    async with site.telling(site.hook(receiver, events=())) as hub:
        await hub.desk.take([raised(definition(), at_ms=site.clock.now_ms(), event_seq=1)], upto=1)
        standing = next(iter(hub.desk.standing().values()))
        await hub.desk.acknowledge(standing.id, standing.version, Actor(who="王晓明", post="east"))
        await eventually(lambda: len(receiver.got) == 2)
        assert receiver.got[1][1]["type"] == "hemei.alarm.acknowledged"
        assert "王晓明" not in str(receiver.got)


async def test_nothing_that_tells_a_person_leaves(site: Site, receiver: Receiver) -> None:
    data = {
        "plate": "粤B12345",
        "holder": "p-17",
        "text": "王晓明 came",
        "nested": {"plate": "x"},
        "list": ["a"],
        "direction": "in",
        "tries": 3,
        "pin": True,
    }
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, data=data)
        await eventually(lambda: receiver.got)
        assert receiver.got[0][1]["data"] == {"direction": "in", "tries": 3, "pin": True}


async def test_only_what_is_wanted_is_told(site: Site, receiver: Receiver) -> None:
    async with site.telling(site.hook(receiver, alarms=False)) as hub:
        hub.happen(1, type="hemei.door.opened")
        hub.happen(2)
        await eventually(lambda: receiver.got)
        assert numbers(receiver) == ["2"]


async def test_what_fails_is_tried_again_and_the_next_waits_for_it(site: Site, receiver: Receiver) -> None:
    receiver.answers = [500, 302, 503]
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, 2)
        await eventually(lambda: len(receiver.got) == 5)
        assert numbers(receiver) == ["1", "1", "1", "1", "2"]
        assert len(set(receiver.ids)) == 2
        assert [round(pause / FIRST_PAUSE_S, 1) <= 2**n for n, pause in enumerate(site.pauses)] == [True] * 3
        await eventually(lambda: hub.figure("webhooks_sent") == 2)
        assert (hub.figure("webhook_attempts_failed"), hub.figure("webhooks_failing")) == (3, 0)


async def test_a_hub_that_dies_in_the_middle_tells_again(site: Site, receiver: Receiver) -> None:
    receiver.answers = [200, asyncio.Event()]
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, 2, 3)
        await eventually(lambda: len(receiver.got) == 2)
    site.happen(4)
    async with site.telling(site.hook(receiver)):
        await eventually(lambda: len(receiver.got) == 5)
    assert numbers(receiver) == ["1", "2", "2", "3", "4"]
    assert receiver.ids[1] == receiver.ids[2]


async def test_a_receiver_that_is_gone_is_told_nothing_more(site: Site, receiver: Receiver) -> None:
    receiver.answers = [410]
    for _ in range(2):
        async with site.telling(site.hook(receiver)) as hub:
            hub.happen(len(receiver.got) + 1)
            await eventually(lambda: hub.figure("webhooks_gone"))
            assert hub.webhooks.failing
            [view] = await hub.webhooks.views()
            assert (view.gone, view.waiting, view.behind_s) == (True, 0, 0)
    assert len(receiver.got) == 1


async def test_who_takes_nothing_for_long_fails_until_it_takes_something(
    site: Site, receiver: Receiver
) -> None:
    held = asyncio.Event()
    receiver.answers = [500, held]
    # Whoever checks a signature allows five minutes either way.
    site.clock = ManualClock(SystemClock().now() - timedelta(seconds=FAILING_AFTER_S * 2 / 3))
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, 2, 3)
        await eventually(lambda: len(receiver.got) == 2)
        assert not hub.webhooks.failing, "once is no fault"
        site.clock.advance(FAILING_AFTER_S)
        assert hub.webhooks.failing
        [view] = await hub.webhooks.views()
        assert (view.failing, view.trying, view.waiting, view.error) == (True, True, 3, "HTTP 500")
        assert view.told_ms is None
        assert view.behind_s > FAILING_AFTER_S
        assert hub.figure("webhooks_lag_seconds") == view.behind_s
        held.set()
        await eventually(lambda: hub.figure("webhooks_sent") == 3)
        assert not hub.webhooks.failing
        await eventually(lambda: hub.figure("webhooks_lag_seconds") == 0)
        [view] = await hub.webhooks.views()
        assert (view.trying, view.waiting, view.error) == (False, 0, "HTTP 500"), "the last error stays"
        assert view.told_ms == site.clock.now_ms()


async def test_what_waits_is_what_is_wanted_and_counted_so_far_only(
    site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answers = [asyncio.Event()]
    async with site.telling(site.hook(receiver)) as hub:
        hub.happen(1, 2, 3, 4)
        hub.happen(5, type="hemei.door.opened")
        await eventually(lambda: receiver.got)
        [view] = await hub.webhooks.views()
        assert (view.waiting, view.more) == (4, False)
        monkeypatch.setattr("hub.webhooks.store.MOST_COUNTED", 2)
        [view] = await hub.webhooks.views()
        assert (view.waiting, view.more) == (2, True)


async def test_what_is_too_old_is_given_up_and_counted(site: Site, receiver: Receiver) -> None:
    receiver.answers = [500] * 20
    async with site.telling(site.hook(receiver, events=(), give_up_after_s=60)) as hub:
        await hub.desk.take([raised(definition(), at_ms=site.clock.now_ms(), event_seq=1)], upto=1)
        await eventually(lambda: hub.figure("webhooks_given_up"))
        assert hub.webhooks.failing, "until a message is taken"
    assert (hub.figure("webhooks_given_up"), hub.figure("webhooks_sent")) == (1, 0)
    assert sum(site.pauses) > 60


async def test_a_slow_receiver_holds_nobody_else(site: Site, receiver: Receiver) -> None:
    async with receiving() as slow, site.telling(site.hook(slow, "slow"), site.hook(receiver)) as hub:
        slow.answers = [asyncio.Event()]
        hub.happen(1, 2)
        await eventually(lambda: numbers(receiver) == ["1", "2"])
        assert numbers(slow) == ["1"]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_private_addresses_are_reached_only_if_the_site_file_says_so(
    receiver: Receiver, name: str
) -> None:
    url = f"http://{name}:{receiver.port}/hook"
    answer = await post(url, b"{}", {}, private=False)
    assert not answer.ok
    assert "private = true" in answer.reason
    assert receiver.got == []


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "fd00::1", "100.64.0.1"])
def test_an_address_that_not_everybody_reaches_is_private(address: str) -> None:
    with pytest.raises(PrivateAddress):
        refuse_private(address)


def test_a_public_one_is_not() -> None:
    refuse_private("8.8.8.8")


@pytest.mark.parametrize("text", ["", "whsec_c2hvcnQ=", "not base64!"])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        read_secret(text)


def test_pauses_grow_and_end_growing() -> None:
    assert all(pause_s(0) <= FIRST_PAUSE_S for _ in range(20))
    assert LONGEST_PAUSE_S / 2 <= pause_s(1000) <= LONGEST_PAUSE_S
