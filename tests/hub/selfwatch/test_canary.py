"""The canary, through a real broker with the shipped access rules, ingest, ledger, rules and desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from contract.clock import SystemClock
from contract.topics import Address
from hemei.mosquitto import _hub_rules, acl_file
from hub.alarms.desk import Desk, annunciated
from hub.alarms.rules.engine import Rules
from hub.core import Core, Listener
from hub.ledger.commit import Entry
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions
from hub.selfwatch.canary import DEFINITION, KEY, Canary, CanaryView
from hub.settings import HubSettings
from tests.broker import Mosquitto
from tests.waiting import eventually

clock = SystemClock()


class House(Listener):
    """A hub's path from broker to desk; `cut` makes it end at the rules."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        settings = HubSettings(
            site_id="hemei", title={"en": "Hemei"}, broker=broker.broker("hub"), data_dir=folder
        )
        self.core = Core(settings, clock, self)
        metadata.create_all(self.core.engine)
        ledger = Transactions(self.core.engine, self.core.committer.thread)
        self.shown: list[CanaryView] = []
        self.desk = Desk(ledger, clock, "default")
        self.canary = Canary("hemei", clock, self.core.publish, self.shown.append)
        self.desk.join(self.canary)
        self.rules = Rules([DEFINITION], self.core.shadows, clock, self.desk, self.core.events)
        self.cut = False

    def committed(self, entries: list[Entry]) -> None:
        """Take that events are in the ledger."""
        if not self.cut:
            self.rules.committed(entries)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    users, acl = {"hub": "hub-secret"}, acl_file({"hub": list(_hub_rules())})
    async with Mosquitto(folder / "broker", users=users, acl=acl) as broker:
        hub = House(broker, folder / "hub")
        await hub.desk.open()
        parts = (hub.core.run(), hub.rules.run(), hub.desk.run())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await eventually(lambda: hub.core.online)
            yield hub
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_canaries_come_through_and_nobody_is_alerted(tmp_path: Path) -> None:
    async with house(tmp_path) as hub:
        for _ in range(3):
            assert await hub.canary.send()
            assert not hub.canary.late
        assert [view.ok for view in hub.shown] == [True, True, True]
        (alarm,) = hub.desk.standing().values()
        assert (alarm.key, alarm.count) == (KEY, 3), "one alarm that counts them"
        assert not annunciated(alarm)
        assert alarm.trace.device_ms is not None
        assert hub.core.shadows.get(Address("hemei", "hub", "canary")) is None, "it is no device"


async def test_one_that_does_not_arrive_is_late_until_the_next_one_does(tmp_path: Path) -> None:
    async with house(tmp_path) as hub:
        assert await hub.canary.send()
        last = hub.canary.view.last
        hub.cut = True
        hub.canary.within_s = 0.2
        assert not await hub.canary.send()
        assert hub.canary.late
        assert hub.shown[-1] == CanaryView(ok=False, last=last)
        hub.cut = False
        hub.canary.within_s = 10
        assert await hub.canary.send()
        assert not hub.canary.late


async def test_without_a_broker_it_is_late(tmp_path: Path) -> None:
    async with house(tmp_path) as hub:
        hub.core._on_link(None)
        hub.canary.first_s = hub.canary.again_s = 0.01
        task = asyncio.create_task(hub.canary.run())
        await eventually(lambda: hub.canary.late and len(hub.shown) > 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
