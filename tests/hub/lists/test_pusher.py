"""The lists' whole way: ledger, hub, a real broker, a real driver host; and hosts that lose what they get."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.lists import Entry, Held, Holding, ListName, Person, Portion, Staged, Vehicle
from contract.messages import Availability, AvailabilityStatus
from contract.mqtt import Connection
from contract.things import Thing
from contract.topics import Address, Channel
from drivers.runtime.thing import HOST_MODEL
from hub.core import Core, Listener
from hub.ledger.transactions import Transactions
from hub.lists import following, pusher
from hub.lists.book import ListBook
from hub.lists.pusher import Pusher
from hub.lists.view import HeldList, HostLists, ListState
from hub.settings import HubSettings
from tests.broker import Mosquitto
from tests.drivers import reader
from tests.drivers.stage import HOST, SITE, host_settings, hosting, listening
from tests.ledgers import new_ledger
from tests.waiting import eventually

ADDRESS = Address(SITE, "driver", HOST)
READER = Address(SITE, "sensor", "reader")
PEOPLE = ListName.PEOPLE
AWAY, BACK = "ALTER TABLE lists RENAME TO away", "ALTER TABLE away RENAME TO lists"
clock = SystemClock()
until = partial(eventually, within_s=60.0)


class Hub(Listener):
    """A hub's core with its pusher; `ledger` names which ledger it has."""

    def __init__(self, broker: Mosquitto, folder: Path, ledger: str = "ledger") -> None:
        settings = HubSettings(
            site_id=SITE,
            title={"zh-CN": "和美", "en": "Hemei"},
            broker=broker.broker(),
            data_dir=folder / "hub",
            ledger_url=new_ledger(folder / f"{ledger}.sqlite"),
            insecure=True,
        )
        self.core = Core(settings, clock, self)
        self.ledger = Transactions(self.core.engine, self.core.committer.thread)
        self.lists = Pusher(self.ledger, clock, settings.tenant, self.core.shadows, self.core.publish)
        self.core.shadows.on_turn = self.lists.turned
        self._book = ListBook(settings.tenant)

    def holding(self, address: Address, holding: Holding | None) -> None:
        self.lists.heard(address, holding)

    def linked(self, online: bool) -> None:
        self.lists.linked()

    def removed(self, address: Address) -> None:
        self.lists.removed(address)

    async def put(self, *entries: Entry) -> None:
        await self.ledger.write(lambda connection: self._book.put(connection, entries))
        self.lists.wake()

    async def drop(self, *keys: str) -> None:
        await self.ledger.write(lambda connection: self._book.drop(connection, PEOPLE, keys))
        self.lists.wake()

    def shown(self) -> HostLists | None:
        """Show the one host."""
        return next(iter(self.lists.view().hosts), None)

    def of(self, name: ListName) -> HeldList | None:
        """Show one list of it."""
        shown = self.shown()
        return next((each for each in shown.lists if each.list is name), None) if shown else None

    async def state(self, state: ListState, name: ListName = PEOPLE) -> HeldList:
        found = await until(
            lambda: each if (each := self.of(name)) is not None and each.state is state else None
        )
        assert found is not None
        return found


@asynccontextmanager
async def running(broker: Mosquitto, folder: Path, ledger: str = "ledger") -> AsyncIterator[Hub]:
    hub = Hub(broker, folder, ledger)
    tasks = [asyncio.create_task(work) for work in (hub.core.run(), hub.lists.run())]
    try:
        await until(lambda: hub.core.online)
        yield hub
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.install(tmp_path / "site-packages")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")


def people(numbers: Iterable[int]) -> list[Person]:
    return [Person(key=f"p-{number}", cards=(str(number),)) for number in numbers]


@pytest.mark.usefixtures("installed")
async def test_a_host_gets_the_lists_that_it_uses(mosquitto: Mosquitto, tmp_path: Path) -> None:
    settings = host_settings(mosquitto.broker(), tmp_path, reader.device(lists=["people"]))
    async with running(mosquitto, tmp_path) as hub, listening(mosquitto.broker()) as ear:
        await hub.put(*people(range(1200)), Vehicle(key="v-1", plate="琼A12345"))
        async with hosting(settings):
            whole = await hub.state(ListState.CURRENT)
            assert (whole.revision, whole.head, whole.entries, whole.known) == (1200, 1200, 1200, True)
            assert whole.behind_since is None
            await ear.property(READER, "people-count", 1200)
            await hub.put(Person(key="p-7", blocked=True))
            await ear.property(READER, "last", "p-7")
            await hub.drop("p-7")
            await ear.property(READER, "last", "-p-7")
            shown = hub.shown()
            assert shown is not None
            assert (shown.site, shown.host, shown.online) == (SITE, HOST, True)
            assert shown.devices == [str(READER)]
            assert [each.list for each in shown.lists] == [PEOPLE]
            # The reader shows it before its host says so.
            await until(lambda: hub.lists.figures()["lists_behind"]() == 0)
        await hub.put(*people(range(2000, 2001)))
        away = await hub.state(ListState.OFFLINE)
        assert (away.revision, away.head, away.known) == (1202, 1203, True)
        assert away.behind_since is not None
        assert hub.lists.figures()["lists_behind"]() == 1
        async with hosting(settings):
            await hub.state(ListState.CURRENT)


@pytest.mark.usefixtures("installed")
async def test_a_hub_with_another_ledger_has_every_host_begin_anew(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    settings = host_settings(mosquitto.broker(), tmp_path, reader.device(lists=["people"]))
    async with listening(mosquitto.broker()) as ear, hosting(settings):
        async with running(mosquitto, tmp_path) as hub:
            await hub.put(*people(range(5)))
            await hub.state(ListState.CURRENT)
            await ear.property(READER, "people-count", 5)
        async with running(mosquitto, tmp_path, "another") as hub:
            # Nobody ever wrote its lists: what hosts hold stays in force.
            kept = await hub.state(ListState.BEHIND)
            assert (kept.revision, kept.entries, kept.head) == (5, 5, 0)
            await hub.put(*people(range(10, 12)))
            await hub.state(ListState.CURRENT)
            await ear.property(READER, "last", "-p-0,-p-1,-p-2,-p-3,-p-4,p-10,p-11")


class Pretend:
    """A host that gets portions, and says of itself what the test wants."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self.got: list[Portion] = []

    async def listen(self) -> None:
        async for message in self._link:
            self.got.append(decode(Portion, message.payload))

    async def holds(self, revision: int, edition: str = "", staged: Staged | None = None) -> None:
        held = Held(edition=edition, revision=revision, entries=0, staged=staged)
        said = Holding(ts=clock.now(), lists={PEOPLE: held})
        await self._link.publish(ADDRESS.topic(Channel.HOLDING), encode(said), retain=True)

    async def is_there(self, status: AvailabilityStatus = AvailabilityStatus.READY) -> None:
        said = Availability(status=status, ts=clock.now())
        await self._link.publish(ADDRESS.topic(Channel.AVAILABILITY), encode(said), retain=True)

    async def forgets(self) -> None:
        for channel in (Channel.HOLDING, Channel.DESCRIPTION):
            await self._link.publish(ADDRESS.topic(channel), b"", retain=True)

    async def says(self, address: Address, payload: bytes) -> None:
        await self._link.publish(address.topic(Channel.HOLDING), payload)


@asynccontextmanager
async def pretending(broker: Mosquitto) -> AsyncIterator[Pretend]:
    async with Connection(broker.broker(), "pretend") as link:
        await link.subscribe([ADDRESS.topic(Channel.LIST)])
        thing = Thing(address=ADDRESS, title=reader.TITLE, model=HOST_MODEL)
        await link.publish(ADDRESS.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        host = Pretend(link)
        await host.is_there()
        listening = asyncio.create_task(host.listen())
        yield host
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_what_is_lost_is_sent_again(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.1)
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3000)))
        await host.holds(0)
        window = [0, 500, 1000, 1500]
        await until(lambda: all([each.after for each in host.got].count(at) >= 2 for at in window))
        assert {each.after for each in host.got} == set(window), (
            "no more than that before it says it has some"
        )
        edition = host.got[0].edition
        host.got.clear()
        await host.holds(0, staged=Staged(edition=edition, revision=1000))
        await until(lambda: [each for each in host.got if each.upto == 3000])
        assert {each.after for each in host.got} <= {0, 500, 1000, 1500, 2000, 2500}
        await hub.state(ListState.NEVER)
        await host.holds(3000, edition)
        await hub.state(ListState.CURRENT)


async def test_a_host_that_is_away_is_sent_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3)))
        await host.is_there(AvailabilityStatus.LOST)
        await host.holds(0)
        await hub.state(ListState.NEVER)
        await hub.put(*people(range(4)))
        await hub.state(ListState.NEVER)
        assert host.got == []
        await host.is_there()
        await until(lambda: host.got)
        assert (host.got[0].after, host.got[0].upto) == (0, 4)


async def test_a_host_ahead_of_the_ledger_makes_all_begin_anew(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3)))
        await host.holds(0)
        await until(lambda: host.got)
        older = host.got[0].edition
        await host.holds(7, older)
        again = await until(lambda: [each for each in host.got if each.edition != older])
        assert (again[0].after, again[0].upto) == (0, 3)


async def test_a_host_that_says_it_is_ahead_of_what_was_just_begun_moves_nobody(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.1)
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3)))
        await host.holds(0)
        await until(lambda: host.got)
        for _ in range(3):
            count = len(host.got)
            await host.holds(7, host.got[-1].edition)
            await until(lambda count=count: len(host.got) > count)  # type: ignore[misc]
        assert len({each.edition for each in host.got}) == 2, "a host that lies would keep all others busy"


async def test_an_entry_that_cannot_be_read_keeps_nothing_from_anybody(
    mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3)))
        broken = "UPDATE list_entries SET entry = '{\"key\": 1}' WHERE key = 'p-1'"
        await hub.ledger.write(lambda connection: connection.exec_driver_sql(broken) and None)
        await host.holds(0)
        await until(lambda: host.got)
        assert [each.key for each in host.got[0].people] == ["p-0", "p-2"]
        assert host.got[0].drop == ("p-1",)
        assert "p-1" in caplog.text


async def test_a_host_without_lists_is_not_followed(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await host.holds(0)
        await until(hub.shown)
        await host.forgets()
        await until(lambda: hub.shown() is None)
        await host.says(Address(SITE, "gate", "east"), encode(Holding(ts=clock.now(), lists={})))
        await host.says(ADDRESS, b"{}")
        await until(lambda: hub.core.counters.rejected["bad-fields"] == 1)
        assert hub.shown() is None


async def test_a_link_that_ends_loses_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with running(mosquitto, tmp_path) as hub:
        async with pretending(mosquitto) as host:
            await hub.put(*people(range(3)))
            await host.holds(0)
            await until(lambda: host.got)
        await mosquitto.kill()
        await until(lambda: not hub.core.online)
        await hub.put(*people(range(4)))
        await mosquitto.start()
        async with pretending(mosquitto) as host:
            await host.holds(3, "another")
            await until(lambda: host.got)
            assert (host.got[0].after, host.got[0].upto) == (0, 4)


async def test_a_ledger_that_fails_is_asked_again(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pusher, "LOOK_S", 0.1)
    async with running(mosquitto, tmp_path) as hub, pretending(mosquitto) as host:
        await hub.put(*people(range(3)))
        await hub.ledger.write(lambda connection: connection.exec_driver_sql(AWAY))
        await host.holds(0)
        await until(lambda: "the lists cannot be read" in caplog.text)
        assert host.got == []
        await hub.ledger.write(lambda connection: connection.exec_driver_sql(BACK))
        await until(lambda: host.got)


async def test_a_broker_that_forbids_the_lists_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.1)
    acl = "topic readwrite #\ntopic deny hemei/+/driver/+/list\n"
    async with (
        Mosquitto(tmp_path / "broker", acl=acl) as broker,
        running(broker, tmp_path) as hub,
        pretending(broker) as host,
    ):
        await hub.put(*people(range(3)))
        await host.holds(1, "older")
        await until(lambda: "the broker's rules keep the lists from hemei/driver/gates" in caplog.text)
        shown = await hub.state(ListState.OFFLINE)
        assert (shown.revision, host.got) == (1, [])
