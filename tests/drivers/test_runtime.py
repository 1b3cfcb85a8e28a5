"""The driver host stands what drivers, brokers and hubs do to it."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.clock import ManualClock, SystemClock
from contract.errors import ConfigurationError
from contract.messages import ActionStatus, Event, Result, State
from contract.topics import Address, Channel
from drivers.runtime.families import driver_type, known_families, make_driver
from drivers.runtime.host import run
from drivers.runtime.settings import DeviceSettings, HostSettings, OutboxLimits
from tests.broker import Mosquitto
from tests.drivers import odd
from tests.drivers.odd import HAPPENED
from tests.drivers.stage import (
    HOST,
    HOST_ADDRESS,
    SITE,
    Hurried,
    host_settings,
    hosting,
    listening,
    succeeded,
)
from tests.waiting import eventually

ODD = Address(SITE, "sensor", "odd")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the odd driver to every test."""
    odd.install(tmp_path / "site-packages", monkeypatch)


def device(name: str = "odd", **options: Any) -> DeviceSettings:
    return DeviceSettings(kind="sensor", id=name, family="odd", title=odd.TITLE, options=options)


@pytest.fixture
def settings(mosquitto: Mosquitto, tmp_path: Path) -> Callable[..., HostSettings]:
    """Make settings of the host under test."""

    def make(*devices: DeviceSettings, **fields: Any) -> HostSettings:
        return host_settings(mosquitto.broker(), tmp_path, *(devices or (device(),)), **fields)

    return make


Settings = Callable[..., HostSettings]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("bug", "ZeroDivisionError"),
        ("cancels", "cancelled itself"),
        ("ends", "ended by itself"),
        ("unreachable", "no wire"),
        ("lies", "property 'runs' must be integer"),
    ],
)
async def test_a_bad_driver_is_told_of_tried_again_and_harms_no_other(
    mosquitto: Mosquitto, settings: Settings, mode: str, reason: str
) -> None:
    bad = Address(SITE, "sensor", "bad")
    async with listening(mosquitto.broker()) as ear, hosting(settings(device("bad", mode=mode), device())):
        said = await ear.status(bad, "disconnected")
        assert reason in (said.reason or "")
        await ear.hear(State, bad, lambda state: (state.properties["runs"] or 0) >= 2)
        assert succeeded(await ear.do(ODD, "work"))
        await ear.property(HOST_ADDRESS, "devices-ready", 1)


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("work", "succeeded", None),
        ("refuse", "refused", "interlock"),
        ("picky", "refused", "picky"),
        ("fail", "failed", "broken"),
        ("explode", "failed", "driver-error"),
        ("vanish", "failed", "outcome-unknown"),
    ],
)
async def test_every_way_an_action_can_end(
    mosquitto: Mosquitto, settings: Settings, action: str, status: str, code: str | None
) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        result = await ear.do(ODD, action)
        assert (result.status, result.error and result.error.code) == (status, code)


async def test_what_needs_no_device_is_done_without_one(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings(device(mode="unreachable"))):
        await ear.status(ODD, "disconnected")
        refused = await ear.do(ODD, "work")
        assert (refused.status, refused.error and refused.error.code) == ("refused", "device-unreachable")
        assert succeeded(await ear.do(ODD, "forbid"))


async def test_accepted_comes_first(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        await ear.do(ODD, "work")
        assert [each.status for each in ear.all(Result, ODD)] == ["accepted", "succeeded"]


async def test_an_action_that_never_ends_is_cut_off(mosquitto: Mosquitto, settings: Settings) -> None:
    clock = Hurried(20)
    async with listening(mosquitto.broker(), clock) as ear, hosting(settings(), clock):
        await ear.status(ODD, "ready")
        result = await ear.outcome(ODD, await ear.tell(ODD, "wait", valid_s=600))
        assert (result.status, result.error and result.error.code) == ("failed", "timeout")
        assert succeeded(await ear.outcome(ODD, await ear.tell(ODD, "work", valid_s=600)))


async def test_one_action_at_a_time_and_urgent_ones_cut_in(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        running, waiting = await ear.tell(ODD, "wait"), await ear.tell(ODD, "work")
        refused = await ear.do(ODD, "picky")
        assert refused.status is ActionStatus.REFUSED
        assert not [each for each in ear.all(Result, ODD) if each.id == running and each.status.final], (
            "what is refused ends nothing"
        )
        assert succeeded(await ear.do(ODD, "urgent"))
        first, second = await ear.outcome(ODD, running), await ear.outcome(ODD, waiting)
        assert (first.status, first.error and first.error.code) == ("failed", "pre-empted")
        assert (second.status, second.error and second.error.code) == ("refused", "pre-empted")
        assert succeeded(await ear.do(ODD, "work"))


async def test_too_many_actions_are_refused(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        idents = [await ear.tell(ODD, "wait") for _ in range(20)]
        busy = await ear.outcome(ODD, idents[-1])
        assert (busy.status, busy.error and busy.error.code) == ("refused", "busy")
        assert succeeded(await ear.do(ODD, "most-urgent"))


async def test_an_action_that_waits_past_its_expiry_dies(mosquitto: Mosquitto, settings: Settings) -> None:
    clock = ManualClock()
    async with listening(mosquitto.broker(), clock) as ear, hosting(settings(), clock):
        await ear.status(ODD, "ready")
        running = await ear.tell(ODD, "wait", valid_s=3600)
        waiting = await ear.tell(ODD, "work", valid_s=5)
        await ear.hear(Result, ODD, lambda each: each.id == waiting)
        clock.advance(60)
        assert (await ear.outcome(ODD, running)).status is ActionStatus.FAILED
        assert (await ear.outcome(ODD, waiting)).status is ActionStatus.EXPIRED
        await ear.property(ODD, "done", 0)


async def test_an_expiry_beyond_memory_is_refused(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        result = await ear.outcome(ODD, await ear.tell(ODD, "work", valid_s=7 * 86400))
        assert (result.status, result.error and result.error.code) == ("refused", "expiry-too-far")


async def test_the_host_itself_can_do_nothing(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(HOST_ADDRESS, "ready")
        result = await ear.do(HOST_ADDRESS, "reboot")
        assert (result.status, result.error and result.error.code) == ("refused", "unknown-action")


async def test_a_bug_in_a_check_is_a_failure(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings(device(mode="bad-check"))):
        await ear.status(ODD, "ready")
        result = await ear.do(ODD, "work")
        assert (result.status, result.error and result.error.code) == ("failed", "driver-error")


async def test_a_result_that_finds_no_broker_is_said_at_the_next_connection(
    mosquitto: Mosquitto, settings: Settings, tmp_path: Path
) -> None:
    clock = ManualClock()
    async with hosting(settings(), clock):
        async with listening(mosquitto.broker(), clock) as ear:
            await ear.status(ODD, "ready")
            running = await ear.tell(ODD, "nap")
            await ear.hear(Result, ODD, lambda each: each.id == running)
            await mosquitto.kill()
        clock.advance(5)
        await eventually(lambda: known_action(tmp_path / "host" / "store.sqlite") == ("succeeded", 0))
        await mosquitto.start()
        async with listening(mosquitto.broker(), clock) as ear:
            assert succeeded(await ear.outcome(ODD, running))
        await eventually(lambda: known_action(tmp_path / "host" / "store.sqlite") == ("succeeded", 1))


def known_action(store: Path) -> tuple[str, int]:
    """Read what became of the only action, and whether the broker has heard of it."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        row: tuple[str, int] = connection.execute("SELECT status, delivered FROM actions").fetchone()
    return row


async def test_a_stop_ends_what_runs_and_says_so(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear:
        async with hosting(settings()):
            await ear.status(ODD, "ready")
            running, waiting = await ear.tell(ODD, "wait"), await ear.tell(ODD, "work")
            await ear.hear(Result, ODD, lambda each: each.id == waiting)
        first, second = await ear.outcome(ODD, running), await ear.outcome(ODD, waiting)
        assert (first.status, first.error and first.error.code) == ("failed", "driver-stopped")
        assert (second.status, second.error and second.error.code) == ("refused", "driver-stopped")
        last = await ear.status(HOST_ADDRESS, "lost")
        assert last.reason == "stopped"


async def test_a_killed_host_is_lost_and_its_running_action_has_an_unknown_outcome(
    mosquitto: Mosquitto, settings: Settings, tmp_path: Path
) -> None:
    async with listening(mosquitto.broker()) as ear:
        process = await start_host(mosquitto, tmp_path, device(events=50))
        try:
            await ear.status(ODD, "ready")
            await eventually(lambda: len(ear.all(Event, ODD)) >= 50)
            running = await ear.tell(ODD, "wait", valid_s=60)
            await ear.hear(Result, ODD, lambda each: each.id == running)
        finally:
            process.kill()
            await process.wait()
        lost = await ear.status(HOST_ADDRESS, "lost")
        assert lost.reason == "connection lost"
        async with hosting(settings(device(events=60))):
            result = await ear.outcome(ODD, running)
            assert (result.status, result.error and result.error.code) == ("failed", "outcome-unknown")
            await ear.tell(ODD, "wait", ident=running)
            await ear.property(HOST_ADDRESS, "actions-repeated", 1)
            await eventually(lambda: {each.outboxnumber for each in ear.all(Event, ODD)} == set(range(1, 61)))
            assert {each.id for each in ear.all(Event, ODD)} == {f"odd-{n}" for n in range(60)}
            assert len({each.boot for each in ear.all(Event, ODD)}) == 2


async def start_host(
    mosquitto: Mosquitto, folder: Path, *devices: DeviceSettings
) -> asyncio.subprocess.Process:
    """Start a driver host in a process of its own, to be killed."""
    script = (
        "import asyncio, sys; from pathlib import Path; from tests.drivers.test_runtime import *\n"
        "from contract.mqtt import Broker\n"
        "devices = msgspec.json.decode(sys.argv[3], type=tuple[DeviceSettings, ...])\n"
        "broker = Broker(host='127.0.0.1', port=int(sys.argv[1]))\n"
        "settings = host_settings(broker, Path(sys.argv[2]), *devices)\n"
        "asyncio.run(run(settings, SystemClock(), asyncio.Event()))"
    )
    environment = dict(os.environ, PYTHONPATH=f"{ROOT}:{folder / 'site-packages'}")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        str(mosquitto.port),
        str(folder),
        msgspec.json.encode(devices).decode(),
        cwd=ROOT,
        env=environment,
    )


async def test_events_are_sent_again_until_they_are_committed(
    mosquitto: Mosquitto, settings: Settings
) -> None:
    clock = Hurried(10)
    async with listening(mosquitto.broker(), clock) as ear, hosting(settings(device(events=3)), clock):
        await eventually(lambda: len(ear.all(Event, ODD)) >= 6)
        numbers = [each.outboxnumber for each in ear.all(Event, ODD)]
        assert numbers[:6] == [1, 2, 3, 1, 2, 3], "in order, and in order again"
        outbox = ear.all(Event, ODD)[0].outbox
        assert outbox
        await ear.commit(outbox, 2)
        await ear.hear(Event, ODD, lambda event: event.outboxnumber == 3 and event.outboxfirst == 3)
        await ear.commit(outbox, 3)
        await ear.property(HOST_ADDRESS, "outbox-waiting", 0)


async def test_no_more_than_a_window_is_sent_ahead(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings(device(events=620))):
        await ear.hear(Event, ODD, lambda event: event.outboxnumber == 500)
        await ear.property(HOST_ADDRESS, "outbox-waiting", 620)
        assert max(each.outboxnumber or 0 for each in ear.all(Event, ODD)) == 500
        outbox = ear.all(Event, ODD)[0].outbox
        assert outbox
        await ear.commit(outbox, 500)
        await ear.hear(Event, ODD, lambda event: event.outboxnumber == 620)


async def test_a_broker_that_forgot_gets_everything_again(mosquitto: Mosquitto, settings: Settings) -> None:
    async with hosting(settings(device(events=5))):
        async with listening(mosquitto.broker()) as ear:
            await ear.hear(Event, ODD, lambda event: event.outboxnumber == 5)
        await mosquitto.kill()
        await mosquitto.start()
        async with listening(mosquitto.broker()) as ear:
            await ear.hear(Event, ODD, lambda event: event.outboxnumber == 5)
            assert [each.outboxnumber for each in ear.all(Event, ODD)] == [1, 2, 3, 4, 5]


async def test_a_denied_publish_is_counted_and_shown(tmp_path: Path) -> None:
    acl = f"user ear\ntopic readwrite #\nuser {HOST}\ntopic read #\ntopic write hemei/+/driver/#\n"
    acl += f"topic write {ODD.topic(Channel.DESCRIPTION)}\n"
    users = {"ear": "secret-ear", HOST: "secret-host"}
    async with Mosquitto(tmp_path / "broker", users=users, acl=acl) as broker:
        settings = host_settings(broker.broker(HOST), tmp_path, device(events=1))
        async with listening(broker.broker("ear")) as ear, hosting(settings):
            await eventually(
                lambda: (now := ear.last(State, HOST_ADDRESS)) and now.properties["publishes-denied"], 10
            )
            assert not ear.all(Event, ODD)
            assert (state := ear.last(State, HOST_ADDRESS))
            assert state.properties["outbox-waiting"] == 1


async def test_a_full_outbox_is_shown_and_stops_nobody(mosquitto: Mosquitto, settings: Settings) -> None:
    full = settings(device(events=2), outbox=OutboxLimits(max_rows=2))
    async with listening(mosquitto.broker()) as ear, hosting(full):
        await ear.property(HOST_ADDRESS, "outbox-waiting", 2)
        result = await ear.do(ODD, "say")
        assert (result.status, result.error and result.error.code) == ("failed", "outbox-full")
        await ear.property(HOST_ADDRESS, "events-refused", 1)
        event = ear.all(Event, ODD)[0]
        assert event.outbox
        await ear.commit(event.outbox, 2)
        await ear.property(HOST_ADDRESS, "outbox-waiting", 0)
        assert succeeded(await ear.do(ODD, "say"))
        after = await ear.hear(Event, ODD, lambda each: each.outboxnumber == 3)
        assert (after.type, after.sequence) == (HAPPENED, 4), "the lost one left its gap"


async def test_a_damaged_outbox_is_set_aside_at_the_start(
    mosquitto: Mosquitto, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "outbox.sqlite").write_bytes(b"garbage, but long enough to be read" * 100)
    async with listening(mosquitto.broker()) as ear, hosting(settings(device(events=1))):
        await ear.hear(Event, ODD, lambda event: event.outboxnumber == 1)
    assert list((tmp_path / "host").glob("outbox.sqlite.damaged-*"))


async def test_one_host_per_data_directory(mosquitto: Mosquitto, settings: Settings) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(settings()):
        await ear.status(ODD, "ready")
        with pytest.raises(ConfigurationError, match="another running driver host"):
            await run(settings(), SystemClock(), asyncio.Event())


async def test_a_device_may_stand_there_once(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="sensor/odd is there twice"):
        await run(settings(device(), device()), SystemClock(), asyncio.Event())


def test_families_are_found_by_folder_and_by_entry_point() -> None:
    assert {"blueprint", "gate", "odd"} <= set(known_families())
    assert driver_type("odd") is odd.OddDriver
    with pytest.raises(ConfigurationError, match=r"no driver family 'lift'.*blueprint, camera"):
        driver_type("lift")
    with pytest.raises(ConfigurationError, match="is not a Driver"):
        driver_type("none")
    with pytest.raises(ConfigurationError):
        driver_type("../gate")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "gate"}, "drives kind 'sensor' only"),
        ({"family": "oddity"}, "device sensor/x: family: there is no driver family 'oddity'"),
        ({"options": {"mode": "wild"}}, "'bug' | 'cancels'"),
        ({"options": {"colour": 1}}, "mode ("),
        ({"options": {"events": "many"}}, "Expected `int`, got `str` - at `$.events`"),
    ],
)
def test_what_is_wrong_with_a_device_is_named(fields: dict[str, Any], named: str) -> None:
    plain: dict[str, Any] = {"kind": "sensor", "id": "x", "family": "odd", "title": odd.TITLE}
    with pytest.raises(ConfigurationError) as wrong:
        make_driver(DeviceSettings(**(plain | fields)))
    assert named in str(wrong.value)
