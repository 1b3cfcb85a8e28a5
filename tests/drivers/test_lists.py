"""The host's lists: what counts, what is refused, and what is there after whatever happens to it."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import codec
from contract.clock import ManualClock, SystemClock
from contract.errors import InvalidMessage
from contract.lists import Held, Holding, ListName, Person, Portion, Staged, Vehicle
from contract.mqtt import Broker
from contract.topics import Address, Channel
from drivers.runtime.database import StorageError
from drivers.runtime.host import run
from drivers.runtime.interface import Changes
from drivers.runtime.lists import Lists
from drivers.runtime.settings import DeviceSettings
from tests.broker import Mosquitto
from tests.drivers import reader
from tests.drivers.portions import person, portion
from tests.drivers.stage import HOST_ADDRESS, SITE, Ear, host_settings, hosting, listening
from tests.waiting import eventually

READER = Address(SITE, "sensor", "reader")
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def lists(tmp_path: Path) -> AsyncIterator[Lists]:
    opened = await Lists.open(tmp_path / "lists.sqlite", ManualClock())
    yield opened
    await opened.close()


async def again(tmp_path: Path) -> Lists:
    """Open the file as the next run of the host does."""
    return await Lists.open(tmp_path / "lists.sqlite", ManualClock())


async def test_nothing_is_known_until_a_list_is_whole(lists: Lists) -> None:
    people = lists.listed(Person)
    assert (people.known, people.revision, dict(people.entries)) == (False, 0, {})
    assert not await lists.take(portion(0, 2, 3, person(1), person(2)))
    assert (people.known, dict(people.entries)) == (False, {})
    assert lists.held() == {
        ListName.PEOPLE: Held(edition="", revision=0, entries=0, staged=Staged(edition="one", revision=2))
    }
    assert await lists.take(portion(2, 3, 3, person(3)))
    assert (people.known, people.revision, len(people.entries)) == (True, 3, 3)
    assert lists.held() == {ListName.PEOPLE: Held(edition="one", revision=3, entries=3)}


async def test_an_empty_list_is_known(lists: Lists) -> None:
    assert await lists.take(portion(0, 0, 0))
    assert lists.listed(Person).known
    assert not lists.listed(Vehicle).known


async def test_what_is_in_force_stays_until_the_new_is_whole(lists: Lists, tmp_path: Path) -> None:
    people, told = lists.listed(Person), list[Changes]()
    await lists.take(portion(0, 2, 2, person(1), person(2)))
    people.watch(told.append)
    await lists.take(portion(0, 1, 9, person(2), edition="two"))
    await lists.take(portion(1, 5, 9, person(3), person(4), edition="two"))
    assert set(people.entries) == {"p-1", "p-2"}
    late = await again(tmp_path)
    assert set(late.listed(Person).entries) == {"p-1", "p-2"}
    await late.close()
    await lists.take(portion(5, 9, 9, drop=("p-4",), edition="two"))
    assert set(people.entries) == {"p-2", "p-3"}
    assert told == [Changes(put=["p-3"], drop=["p-1"])]


async def test_changes_are_applied_in_order_and_told(lists: Lists, tmp_path: Path) -> None:
    people, told = lists.listed(Person), list[Changes]()
    await lists.take(portion(0, 2, 2, person(1), person(2)))
    end = people.watch(told.append)
    await lists.take(portion(2, 4, 4, person(2, blocked=True), person(1), drop=("p-9",)))
    await lists.take(portion(4, 5, 5, drop=("p-1",)))
    end()
    end()
    await lists.take(portion(5, 6, 6, person(6)))
    assert told == [Changes(put=["p-2"], drop=[]), Changes(put=[], drop=["p-1"])]
    late = await again(tmp_path)
    for each in (people, late.listed(Person)):
        assert (each.revision, dict(each.entries)) == (6, {"p-2": person(2, blocked=True), "p-6": person(6)})
    await late.close()


async def test_a_watcher_that_raises_harms_nobody(lists: Lists) -> None:
    def refuse(changes: Changes) -> None:
        raise ZeroDivisionError

    people, told = lists.listed(Person), list[Changes]()
    people.watch(refuse)
    people.watch(told.append)
    await lists.take(portion(0, 1, 1, person(1)))
    assert (len(told), people.revision) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        portion(1, 3, 3, person(3)),
        portion(3, 4, 4, person(3)),
        portion(2, 3, 3, person(3), edition="two"),
        portion(2, 1, 3),
        portion(2, 3, 2),
        msgspec.structs.replace(portion(2, 3, 3), vehicles=(Vehicle(key="v-1", plate="\u743cA12345"),)),
    ],
    ids=["again", "beyond a gap", "another edition", "backwards", "beyond the head", "another list"],
)
async def test_what_does_not_fit_changes_nothing(lists: Lists, wrong: Portion) -> None:
    await lists.take(portion(0, 2, 2, person(1), person(2)))
    with pytest.raises(InvalidMessage):
        await lists.take(wrong)
    assert lists.held() is not None
    people = lists.listed(Person)
    assert (people.revision, set(people.entries)) == (2, {"p-1", "p-2"})


async def test_a_list_never_goes_back_in_time(lists: Lists) -> None:
    people, told = lists.listed(Person), list[Changes]()
    first = portion(0, 2, 2, person(1), person(2))
    await lists.take(first)
    await lists.take(portion(2, 3, 3, drop=("p-1",)))
    people.watch(told.append)
    with pytest.raises(InvalidMessage):
        await lists.take(first)
    assert (people.revision, set(people.entries), told) == (3, {"p-2"}, [])


async def test_a_change_that_fits_ends_what_began_anew_in_vain(lists: Lists) -> None:
    await lists.take(portion(0, 2, 2, person(1), person(2)))
    await lists.take(portion(0, 1, 9, person(7), edition="two"))
    await lists.take(portion(2, 3, 3, person(3)))
    lists.listed(Person)
    assert lists.held() == {ListName.PEOPLE: Held(edition="one", revision=3, entries=3)}


async def test_what_cannot_be_written_does_not_count(lists: Lists) -> None:
    people = lists.listed(Person)
    await lists.take(portion(0, 2, 2, person(1), person(2)))
    await lists._database.do(
        lambda connection: connection.execute("ALTER TABLE lists RENAME TO gone") and None
    )
    for each in (portion(2, 3, 3, person(3)), portion(0, 9, 9, person(9), edition="two")):
        with pytest.raises(StorageError):
            await lists.take(each)
    assert (people.revision, set(people.entries)) == (2, {"p-1", "p-2"})
    await lists._database.do(
        lambda connection: connection.execute("ALTER TABLE gone RENAME TO lists") and None
    )
    # The hub hears that all of it came but is not in force, and has it written again.
    assert await lists.take(portion(9, 9, 9, edition="two"))
    assert (people.revision, set(people.entries)) == (9, {"p-9"})


async def test_who_uses_no_list_says_nothing(lists: Lists, tmp_path: Path) -> None:
    assert lists.held() is None
    lists.listed(Person)
    assert lists.news.is_set()
    await lists.take(portion(0, 0, 0))
    # The next run says that it needs none any more: the broker still keeps what was said before.
    late = await again(tmp_path)
    assert late.held() == {}
    await late.close()


async def test_a_broken_file_is_set_aside_and_an_unreadable_list_forgotten(
    lists: Lists, tmp_path: Path
) -> None:
    await lists.take(portion(0, 1, 1, person(1)))
    await lists._database.do(
        lambda connection: connection.execute("UPDATE entries SET entry = '{\"key\":1}'") and None
    )
    late = await again(tmp_path)
    assert not late.listed(Person).known
    await late.close()
    (tmp_path / "broken").mkdir()
    file = tmp_path / "broken" / "lists.sqlite"
    file.write_bytes(b"garbage" * 1000)
    opened = await Lists.open(file, ManualClock())
    assert not opened.listed(Person).known
    await opened.close()
    assert len(list(file.parent.glob("lists.sqlite.damaged-*"))) == 1


async def test_nobody_else_on_the_machine_reads_codes_and_cards(lists: Lists, tmp_path: Path) -> None:
    await lists.take(portion(0, 1, 1, person(1, codes=("2468",))))
    files = ("lists.sqlite", "lists.sqlite-wal", "lists.sqlite-shm")
    modes = {name: (tmp_path / name).stat().st_mode & 0o077 for name in files}
    assert modes == dict.fromkeys(modes, 0)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the driver that reads lists."""
    folder = tmp_path / "site-packages"
    reader.install(folder)
    monkeypatch.syspath_prepend(folder)
    return folder


async def send(ear: Ear, *portions: Portion) -> None:
    for each in portions:
        await ear.publish(HOST_ADDRESS.topic(Channel.LIST), codec.encode(each))


def revision(wanted: int, staged: int | None = None) -> Callable[[Holding], bool]:
    def fits(said: Holding) -> bool:
        held = said.lists[ListName.PEOPLE]
        return (held.revision, held.staged.revision if held.staged else None) == (wanted, staged)

    return fits


@pytest.mark.usefixtures("installed")
async def test_a_host_asks_for_the_lists_that_its_drivers_use(mosquitto: Mosquitto, tmp_path: Path) -> None:
    settings = host_settings(mosquitto.broker(), tmp_path, reader.device(lists=["people"], deaf=True))
    async with listening(mosquitto.broker()) as ear:
        async with hosting(settings):
            first = await ear.hear(Holding, HOST_ADDRESS)
            assert first.lists == {ListName.PEOPLE: Held(edition="", revision=0, entries=0)}
            await send(ear, portion(0, 2, 3, person(1), person(2)))
            await ear.hear(Holding, HOST_ADDRESS, revision(0, staged=2))
            await send(ear, portion(2, 3, 3, person(3)))
            await ear.hear(Holding, HOST_ADDRESS, revision(3))
            await ear.property(READER, "last", "p-1,p-2,p-3")
            await ear.property(HOST_ADDRESS, "list-entries", 3)
            await ear.publish(HOST_ADDRESS.topic(Channel.LIST), b"{}")
            await send(ear, portion(7, 8, 8, person(8)), portion(3, 4, 4, drop=("p-1",)))
            await ear.property(READER, "last", "-p-1")
            await ear.property(HOST_ADDRESS, "messages-rejected", 2)
        async with listening(mosquitto.broker()) as late:
            kept = await late.hear(Holding, HOST_ADDRESS)
            assert kept.lists[ListName.PEOPLE].revision == 4
        async with (
            hosting(msgspec.structs.replace(settings, devices=())),
            listening(mosquitto.broker()) as late,
        ):
            await late.property(HOST_ADDRESS, "list-entries", 2)


@pytest.mark.usefixtures("installed")
async def test_what_the_broker_kept_is_no_list(mosquitto: Mosquitto, tmp_path: Path) -> None:
    settings = host_settings(mosquitto.broker(), tmp_path, reader.device(lists=["people"]))
    async with listening(mosquitto.broker()) as ear:
        old = codec.encode(portion(0, 1, 1, person(7), edition="old"))
        await ear.publish(HOST_ADDRESS.topic(Channel.LIST), old, retain=True)
        async with hosting(settings):
            await ear.property(HOST_ADDRESS, "messages-rejected", 1)
            assert (await ear.hear(Holding, HOST_ADDRESS)).lists[ListName.PEOPLE].edition == ""


async def started(mosquitto: Mosquitto, folder: Path, *devices: DeviceSettings) -> asyncio.subprocess.Process:
    """Start a driver host in a process of its own, to be killed."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from tests.drivers.test_lists import serve; serve()",
        str(mosquitto.port),
        str(folder),
        msgspec.json.encode(devices).decode(),
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=f"{ROOT}:{folder / 'site-packages'}"),
    )


def serve() -> None:
    """Be the driver host that `started` starts."""
    port, folder, devices = sys.argv[1:]
    settings = host_settings(
        Broker(host="127.0.0.1", port=int(port)),
        Path(folder),
        *msgspec.json.decode(devices, type=tuple[DeviceSettings, ...]),
    )
    asyncio.run(run(settings, SystemClock(), asyncio.Event()))


@pytest.mark.usefixtures("installed")
async def test_a_host_killed_on_the_way_has_the_old_list(mosquitto: Mosquitto, tmp_path: Path) -> None:
    process = await started(mosquitto, tmp_path, reader.device(lists=["people"]))
    async with listening(mosquitto.broker()) as ear:
        await ear.hear(Holding, HOST_ADDRESS)
        await send(ear, portion(0, 2, 2, person(1), person(2)))
        await ear.hear(Holding, HOST_ADDRESS, revision(2))
        await send(ear, portion(0, 1, 9, person(9), edition="two"))
        await ear.hear(Holding, HOST_ADDRESS, revision(2, staged=1))
        process.kill()
        await process.wait()
        await ear.status(HOST_ADDRESS, "lost")
        ear.heard.clear()
        process = await started(mosquitto, tmp_path, reader.device(lists=["people"]))
        said = await ear.hear(Holding, HOST_ADDRESS)
        assert said.lists[ListName.PEOPLE] == Held(edition="one", revision=2, entries=2)
        await ear.property(READER, "people-count", 2)
        process.kill()
        await process.wait()


def rows(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "host" / "lists.sqlite")) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.usefixtures("installed")
async def test_a_host_without_broker_has_what_it_held(mosquitto: Mosquitto, tmp_path: Path) -> None:
    settings = host_settings(mosquitto.broker(), tmp_path, reader.device(lists=["people"]))
    async with listening(mosquitto.broker()) as ear, hosting(settings):
        await ear.hear(Holding, HOST_ADDRESS)
        await send(ear, portion(0, 1, 1, person(1)))
        await ear.hear(Holding, HOST_ADDRESS, revision(1))
    await mosquitto.stop()
    assert rows(tmp_path, "SELECT list, edition, revision FROM lists") == [("people", "one", 1)]
    seen: list[int] = []

    class Peeking(reader.ReaderDriver):
        async def run(self, port: Any) -> None:
            seen.append(len(port.listed(Person).entries))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drivers.runtime.host.make_driver", lambda device: Peeking(reader.ReaderOptions()))
        async with hosting(settings):
            await eventually(lambda: seen)
    assert seen[0] == 1
