"""The live stream: a snapshot, then every change, numbered without a gap."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from contract.topics import Address
from hub.live.stream import LiveStream
from tests.hub.live.community import GATE, SITE, Community, next_frame, positions
from tests.waiting import PATIENCE_S, eventually


async def reaches(live: LiveStream, cursor: int) -> None:
    await eventually(lambda: live.cursor == cursor)


@pytest.fixture
def community() -> Community:
    return Community()


async def test_first_everything_then_what_changes(community: Community) -> None:
    live = community.live
    async with community.running():
        with live.view() as viewer:
            snapshot = await next_frame(viewer)
            assert snapshot | {"ts": "", "devices": []} == {
                "type": "snapshot",
                "stream": live.stream,
                "cursor": live.cursor,
                "ts": "",
                "heartbeat_s": 0.05,
                "cut_off_after_s": pytest.approx(0.15),
                "site": {
                    "id": "hemei",
                    "title": {"zh-CN": "和美小区", "en": "Hemei Community"},
                    "areas": {"east-gate": {"zh-CN": "东门", "en": "East gate"}},
                    "timezone": "Asia/Shanghai",
                    "wall": None,
                    "plans": [],
                    "placements": {},
                },
                "link": "offline",
                "devices": [],
                "alarms": [],
                "processes": [],
                "duty": [],
                "canary": None,
                "passes": None,
                "tests": [],
            }
            assert snapshot["devices"] == [json.loads(community.shadows.one(GATE) or b"")]
            community.move(GATE, 40)
            changes = await next_frame(viewer, "changes")
            assert changes["cursor"] == snapshot["cursor"] + 1
            assert changes["devices"] == [json.loads(community.shadows.one(GATE) or b"")]
            assert set(changes) == {"type", "cursor", "ts", "devices", "removed", "events"}


async def test_an_alarm_waits_for_no_device(community: Community) -> None:
    """The stream rests longer the more its frames cost; an alarm cuts that short."""
    live = community.live
    pushed = asyncio.Event()
    live.on_alarms_pushed = pushed.set
    live.open_alarms = lambda: [msgspec.Raw(b'{"id":"a0"}')]
    live._min_interval_s = 60.0
    async with community.running():
        with live.view() as viewer:
            assert (await next_frame(viewer))["alarms"] == [{"id": "a0"}]
            community.move(GATE, 40)
            await next_frame(viewer, "changes")
            live.announce_alarm(b'{"id":"a1"}')
            live.announce_alarm(b'{"id":"a2"}')
            async with asyncio.timeout(PATIENCE_S):
                frame = await next_frame(viewer, "changes")
            assert frame["alarms"] == [{"id": "a1"}, {"id": "a2"}]
            assert pushed.is_set()


async def test_boards_are_shown_when_they_change(community: Community) -> None:
    live = community.live
    async with community.running():
        with live.view() as viewer:
            await next_frame(viewer)
            live.boards.set_duty([{"post": "centre", "manned": False}])
            frame = await next_frame(viewer, "changes")
            assert frame["duty"] == [{"post": "centre", "manned": False}]
            assert "canary" not in frame
            live.boards.set_canary({"ok": True})
            assert (await next_frame(viewer, "changes"))["canary"] == {"ok": True}
            live.boards.set_passes({"inside_total": 7})
            assert (await next_frame(viewer, "changes"))["passes"] == {"inside_total": 7}


async def test_many_changes_of_one_device_become_one(community: Community) -> None:
    async with community.running():
        with community.live.view() as viewer:
            cursor = (await next_frame(viewer))["cursor"]
            for position in range(100):
                community.move(GATE, position)
            changes = await next_frame(viewer, "changes")
            assert positions(changes) == {"east-in": 99}
            assert changes["cursor"] == cursor + 1
            assert (await next_frame(viewer))["type"] == "heartbeat"


async def test_frames_keep_their_distance() -> None:
    community = Community(min_interval_s=0.05)
    async with community.running():
        with community.live.view() as viewer:
            await next_frame(viewer)
            started = asyncio.get_running_loop().time()
            for position in range(4):
                community.move(GATE, position)
                await next_frame(viewer, "changes")
            assert asyncio.get_running_loop().time() - started > 0.14


async def test_events_link_processes_and_removals_are_shown(community: Community) -> None:
    west = Address("hemei", "gate", "west-in")
    community.add(west)
    live = community.live
    async with community.running():
        with live.view() as viewer:
            assert len((await next_frame(viewer))["devices"]) == 2
            live.announce(b'{"seq":1}')
            live.announce(b'{"seq":2}')
            live.boards.set_link(online=True)
            live.boards.set_processes([{"name": "drivers-gates", "restarts": 1}])
            community.remove(west)
            changes = await next_frame(viewer, "changes")
            assert changes["events"] == [{"seq": 1}, {"seq": 2}]
            assert changes["link"] == "online"
            assert changes["processes"] == [{"name": "drivers-gates", "restarts": 1}]
            assert changes["removed"] == ["hemei/gate/west-in"]
            assert changes["devices"] == []
            live.boards.set_link(online=True)
            live.boards.set_processes([{"name": "drivers-gates", "restarts": 1}])
            assert (await next_frame(viewer))["type"] == "heartbeat"
        live._snapshots.clear()
        with live.view() as late:
            snapshot = await next_frame(late)
            assert snapshot["link"] == "online"
            assert snapshot["processes"] == [{"name": "drivers-gates", "restarts": 1}]


async def test_silence_is_filled_with_heartbeats(community: Community) -> None:
    async with community.running():
        with community.live.view() as viewer:
            snapshot = await next_frame(viewer)
            for _ in range(3):
                heartbeat = await next_frame(viewer)
                assert set(heartbeat) == {"type", "cursor", "ts"}
                assert heartbeat["type"] == "heartbeat"
                assert heartbeat["cursor"] == snapshot["cursor"]


async def test_all_viewers_share_one_text(community: Community) -> None:
    async with community.running():
        viewers = [community.live.view() for _ in range(20)]
        for viewer in viewers:
            viewer.__enter__()
        snapshots = await asyncio.gather(*(viewer.next() for viewer in viewers))
        community.move(GATE, 7)
        frames = await asyncio.gather(*(viewer.next() for viewer in viewers))
        for viewer in viewers:
            viewer.__exit__(None, None, None)
    assert len({id(text) for text in snapshots}) == 1
    assert len({id(text) for text in frames}) == 1
    assert not community.live.viewers


async def test_a_viewer_that_comes_back_goes_on_where_it_was(community: Community) -> None:
    live = community.live
    async with community.running():
        with live.view() as viewer:
            cursor = (await next_frame(viewer))["cursor"]
        for position in (1, 2, 3):
            community.move(GATE, position)
            await reaches(live, cursor + position)
        with live.view(live.stream, cursor) as viewer:
            frames = [await next_frame(viewer, "changes") for _ in range(3)]
            assert [frame["cursor"] for frame in frames] == [cursor + 1, cursor + 2, cursor + 3]
            assert [positions(frame)["east-in"] for frame in frames] == [1, 2, 3]
        with live.view(live.stream, live.cursor) as viewer:
            assert (await next_frame(viewer))["type"] == "heartbeat"


@pytest.mark.parametrize(
    ("stream", "offset"), [("another", 0), (None, 0), ("same", 1), ("same", -50), ("same", -(10**12))]
)
async def test_who_cannot_go_on_gets_a_snapshot(
    community: Community, stream: str | None, offset: int
) -> None:
    live = community.live
    async with community.running():
        with live.view() as viewer:
            await next_frame(viewer)
            named = live.stream if stream == "same" else stream
            with live.view(named, live.cursor + offset) as other:
                assert (await next_frame(other))["type"] == "snapshot"


async def test_a_viewer_may_ask_for_a_snapshot(community: Community) -> None:
    async with community.running():
        with community.live.view() as viewer:
            await next_frame(viewer)
            community.move(GATE, 1)
            await next_frame(viewer, "changes")
            waiting = asyncio.create_task(next_frame(viewer))
            viewer.ask_snapshot()
            snapshot = await waiting
            assert snapshot["type"] == "snapshot"
            community.move(GATE, 2)
            cursor = snapshot["cursor"]
            while cursor < community.live.cursor + 1:
                frame = await next_frame(viewer, "changes")
                assert frame["cursor"] == cursor + 1
                cursor = frame["cursor"]
                if positions(frame)["east-in"] == 2:
                    break


async def test_who_is_only_a_moment_behind_misses_no_event(community: Community) -> None:
    live = community.live
    async with community.running():
        with live.view() as viewer:
            first = await next_frame(viewer)
            live._snapshots.usual_size = 100
            for number in range(50):
                live.announce(b'{"seq":%d}' % number)
                await reaches(live, first["cursor"] + number + 1)
            frames = [await next_frame(viewer, "changes") for _ in range(50)]
            assert [event["seq"] for frame in frames for event in frame["events"]] == list(range(50))


async def test_who_falls_far_behind_gets_one_snapshot_for_all_that_was_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.live.stream.FAR_BEHIND_S", 0.0)
    community = Community()
    live = community.live
    live._snapshots.usual_size = 2000
    async with community.running():
        with live.view() as viewer:
            first = await next_frame(viewer)
            live._snapshots.usual_size = 2000
            for position in range(50):
                community.move(GATE, position)
                await reaches(live, first["cursor"] + position + 1)
            snapshot = await next_frame(viewer)
            assert snapshot["type"] == "snapshot"
            assert positions(snapshot) == {"east-in": 49}
            assert snapshot["cursor"] == live.cursor


async def test_a_flood_is_cut_into_frames_and_memory_stays_bounded() -> None:
    community = Community()
    live = community.live
    for number in range(1200):
        community.add(Address("hemei", "gate", f"g{number}"))
    async with community.running():
        with live.view() as viewer:
            await next_frame(viewer)
            for number in range(1200):
                community.move(Address("hemei", "gate", f"g{number}"), 5)
            frames = [await next_frame(viewer, "changes") for _ in range(3)]
            assert [len(frame["devices"]) for frame in frames] == [500, 500, 200]
            for number in range(30_000):
                live.announce(b'{"seq":%d}' % number)
            await next_frame(viewer, "snapshot")
            assert live.ring.get(frames[-1]["cursor"]) is None
            assert not live._events


async def test_nobody_views_and_nothing_is_made(community: Community) -> None:
    live = community.live
    async with community.running():
        community.move(GATE, 1)
        live.announce(b"{}")
        assert (live.watched, live.frames_made, len(live._dirty), len(live._events)) == (False, 0, 0, 0)
        with live.view() as viewer:
            cursor = (await next_frame(viewer))["cursor"]
            assert live.watched
        live._last_viewer_at -= 60
        await eventually(lambda: not live.watched)
        community.move(GATE, 2)
        with live.view(live.stream, cursor) as viewer:
            snapshot = await next_frame(viewer)
            assert snapshot["type"] == "snapshot"
            assert positions(snapshot) == {"east-in": 2}


async def test_a_device_that_cannot_be_shown_does_not_blind_the_wall(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    def encode(address: Address) -> msgspec.Raw | None:
        if address.device == "broken":
            raise ValueError(address)
        return community.shadows.encode(address)

    community.add(Address("hemei", "gate", "broken"))
    live = LiveStream(
        SITE,
        encode,
        lambda: [shadow.address for shadow in community.shadows],
        community.clock,
    )
    with live.view() as viewer:
        snapshot = await next_frame(viewer)
    assert [each["device"] for each in snapshot["devices"]] == ["east-in"]
    assert "hemei/gate/broken cannot be shown" in caplog.text


async def test_a_snapshot_made_while_devices_change_shows_them_as_at_its_cursor() -> None:
    """A client that applies a snapshot and all that follows ends with what the hub knows."""
    community = Community()
    addresses = [Address("hemei", "gate", f"g{number}") for number in range(1000)]
    for address in addresses:
        community.add(address)
        community.move(address, 0)
    stop = asyncio.Event()

    async def keep_moving() -> None:
        position = 0
        while not stop.is_set():
            position += 1
            for address in addresses[position % 7 :: 7]:
                if community.shadows.get(address):
                    community.move(address, position)
            community.remove(addresses[position * 31 % 1000])
            await asyncio.sleep(0)

    async with community.running():
        moving = asyncio.create_task(keep_moving())
        with community.live.view() as viewer:
            known: dict[str, dict[str, Any]] = {}
            cursor = -1
            for _ in range(40):
                frame = await next_frame(viewer)
                if frame["type"] == "snapshot":
                    known = {}
                elif frame["type"] == "changes":
                    assert frame["cursor"] == cursor + 1
                apply(frame, known)
                cursor = frame["cursor"]
            stop.set()
            await moving
            viewer.ask_snapshot()
            while not is_up_to_date(known, community):
                frame = await next_frame(viewer)
                known = {} if frame["type"] == "snapshot" else known
                apply(frame, known)


def apply(frame: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    for device in frame.get("devices", ()):
        before = known.get(device["device"])
        assert before is None or device["version"] >= before["version"]
        known[device["device"]] = device
    for removed in frame.get("removed", ()):
        known.pop(removed.split("/")[2], None)


def is_up_to_date(known: dict[str, dict[str, Any]], community: Community) -> bool:
    return known == {
        each["device"]: each for each in map(json.loads, map(bytes, community.shadows.snapshot()))
    }
