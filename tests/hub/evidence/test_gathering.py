"""What an alarm gathers, what its timeline says of it, and that a killed hub goes on where it was."""

import hashlib
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from contract.topics import Address
from hub.alarms.definition import Evidence
from hub.alarms.lifecycle import Suppression
from hub.evidence.piece import PieceKind, PieceState
from tests.hub.alarms.made import GATE, raised
from tests.hub.evidence.scene import LANE, NO_LINK, YARD, Scene, scene

CLIPS = Evidence(clip=True, before_s=10, after_s=5, history_s=0)


async def test_an_alarm_gathers_a_snapshot_and_data_and_all_of_it_verifies(
    ledger: Engine, tmp_path: Path
) -> None:
    async with scene(ledger, tmp_path) as yard:
        yard.sample(12.5)
        alarm = await yard.alarm()
        await yard.steps()
        (asked,) = yard.cameras.asked("snapshot")
        assert (asked.address, asked.issuer, alarm.id in asked.reason) == (YARD, "hub", True)
        yard.clock.advance(1)
        sha256 = yard.answer(asked, b"a picture")
        await yard.steps()
        await yard.later(20)
        snapshot, data = await yard.told(alarm)
        assert (snapshot["sha256"], snapshot["matched"], snapshot["skew_ms"]) == (sha256, "by action", 0)
        assert data["kind"] == "data"
        report = yard.verified()
        assert report.right, report.findings
        assert report.checked["evidence"] == 2


async def test_the_slice_of_data_holds_what_was_before_and_after(yard: Scene) -> None:
    yard.sample(1.0)
    yard.clock.advance(30)
    yard.sample(2.0)
    yard.event(GATE, "hemei.gate.opened")
    alarm = await yard.alarm()
    await yard.later(2)
    yard.sample(3.0)
    yard.cameras.refuse = NO_LINK
    assert yard.pieces(alarm, PieceKind.DATA)[0].state is PieceState.PLANNED
    await yard.later(8)
    (piece,) = yard.pieces(alarm, PieceKind.DATA)
    path = yard.media.path(piece.sha256 or "")
    assert path is not None
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == piece.sha256
    found = msgspec.json.decode(content)
    assert [value for _, value in found["properties"]["position"]["points"]] == [1.0, 2.0, 3.0]
    assert found["properties"]["position"]["unit"] == "%"
    assert [each["type"] for each in found["events"]] == ["hemei.gate.opened"]
    assert found["alarm"] == alarm.id


async def test_pictures_of_the_raising_event_are_evidence_at_once(yard: Scene) -> None:
    event = yard.event(GATE, "hemei.gate.faulted", [b"front", b"back"])
    alarm = await yard.alarm(event)
    await yard.steps(1)
    told = [each for each in await yard.told(alarm) if each["kind"] == "picture"]
    assert {each["sha256"] for each in told} == {
        hashlib.sha256(each).hexdigest() for each in (b"front", b"back")
    }
    assert {each["event_seq"] for each in told} == {event.seq}


async def test_a_picture_that_comes_late_is_waited_for_and_one_that_never_comes_is_missing(
    yard: Scene,
) -> None:
    event = yard.event(GATE, "hemei.gate.faulted", [b"late", b"never"], keep=False)
    alarm = await yard.alarm(event)
    await yard.later(2)
    yard.media.save(hashlib.sha256(b"late").hexdigest(), b"late")
    await yard.later(2)
    await yard.later(700)
    told = [each for each in await yard.told(alarm) if each["kind"] == "picture"]
    assert ["missing" in each for each in told] == [False, True]
    assert told[1]["error"] == "the picture that its event names never came"


async def test_a_clip_reaches_back_to_the_moment_however_late_the_camera_is_asked(
    sqlite: Engine, tmp_path: Path
) -> None:
    async with scene(sqlite, tmp_path, CLIPS) as yard:
        yard.cameras.refuse = NO_LINK
        alarm = await yard.alarm()
        await yard.steps()
        yard.cameras.refuse = None
        await yard.later(20)
        (asked,) = yard.cameras.asked("clip")
        assert asked.input == {"before_s": 30.0, "after_s": 0.0}
        yard.answer(asked, b"mp4", duration_s=31.0, complete=True)
        await yard.steps()
        (told,) = await yard.told(alarm)
        assert (told["shows_moment"], told["complete"]) == (True, True)


async def test_a_clip_that_misses_the_moment_says_so(sqlite: Engine, tmp_path: Path) -> None:
    """docs/complaints.md, 14: elsewhere the clip misses the event and nobody is told."""
    async with scene(sqlite, tmp_path, CLIPS) as yard:
        alarm = await yard.alarm()
        await yard.steps()
        yard.clock.advance(6)
        yard.answer(yard.cameras.asked("clip")[0], b"mp4", duration_s=4.0, complete=False)
        await yard.steps()
        (told,) = await yard.told(alarm)
        assert (told["shows_moment"], told["complete"]) == (False, False)


async def test_a_ring_that_has_forgotten_is_asked_for_what_it_has(sqlite: Engine, tmp_path: Path) -> None:
    async with scene(sqlite, tmp_path, CLIPS) as yard:
        yard.cameras.refuse = NO_LINK
        alarm = await yard.alarm()
        await yard.steps()
        await yard.later(100)
        yard.cameras.refuse = None
        await yard.later(6)
        (asked,) = yard.cameras.asked("clip")
        assert asked.input == {"before_s": 60.0, "after_s": 0.0}
        yard.answer(asked, b"mp4", duration_s=60.0, complete=True)
        await yard.steps()
        (told,) = await yard.told(alarm)
        assert (told["sha256"], told["shows_moment"]) == (hashlib.sha256(b"mp4").hexdigest(), False)


async def test_a_camera_that_is_away_for_longer_is_not_asked_any_more(sqlite: Engine, tmp_path: Path) -> None:
    async with scene(sqlite, tmp_path, CLIPS) as yard:
        yard.cameras.refuse = NO_LINK
        alarm = await yard.alarm()
        for _ in range(24):
            await yard.later(6)
        (told,) = await yard.told(alarm)
        assert (told["missing"], told["device"]) == (True, str(YARD))
        assert "no link to the broker" in told["error"]
        assert await yard.gatherer.step() is None


async def test_a_camera_that_fails_is_asked_again_while_that_makes_sense(yard: Scene) -> None:
    alarm = await yard.alarm()
    await yard.steps()
    (first,) = yard.cameras.asked("snapshot")
    yard.cameras.ended(first, "failed", "no picture")
    await yard.later(2)
    await yard.later(6)
    (_, second) = yard.cameras.asked("snapshot")
    yard.answer(second, b"at last")
    await yard.steps()
    (told,) = [each for each in await yard.told(alarm) if each["kind"] == "snapshot"]
    assert told["sha256"] == hashlib.sha256(b"at last").hexdigest()


async def test_nobody_elses_picture_is_taken(yard: Scene) -> None:
    await yard.alarm()
    await yard.steps()
    yard.event(YARD, "hemei.camera.snapshot-taken", [b"a guard's"], action="another")
    await yard.later(2)
    (asked,) = yard.cameras.asked("snapshot")
    sha256 = yard.answer(asked, b"ours")
    await yard.steps()
    alarm = next(iter(yard.desk.standing().values()))
    assert [each.sha256 for each in yard.pieces(alarm, PieceKind.SNAPSHOT)] == [sha256]


async def test_a_driver_that_does_not_name_the_action_is_matched_by_time(yard: Scene) -> None:
    alarm = await yard.alarm()
    await yard.steps()
    yard.answer(yard.cameras.asked("snapshot")[0], b"ours", action=None)
    await yard.later(3)
    (told,) = await yard.told(alarm)
    assert told["matched"] == "by time"


async def test_a_camera_whose_clock_is_wrong_is_named_as_such(yard: Scene) -> None:
    alarm = await yard.alarm()
    await yard.steps()
    yard.answer(yard.cameras.asked("snapshot")[0], b"ours", late_s=90)
    await yard.steps()
    (told,) = await yard.told(alarm)
    assert (told["skew_ms"], told["clock_doubtful"]) == (-90_000, True)


async def test_an_answer_that_comes_after_it_was_given_up_is_taken_all_the_same(yard: Scene) -> None:
    alarm = await yard.alarm()
    await yard.steps()
    (asked,) = yard.cameras.asked("snapshot")
    yard.cameras.ended(asked, "succeeded")
    await yard.later(100)
    assert [each.state for each in yard.pieces(alarm, PieceKind.SNAPSHOT)] == [PieceState.FAILED]
    yard.answer(asked, b"from its outbox")
    await yard.steps()
    (piece,) = yard.pieces(alarm, PieceKind.SNAPSHOT)
    assert (piece.state, piece.sha256) == (PieceState.GOT, hashlib.sha256(b"from its outbox").hexdigest())
    assert yard.verified().right


async def test_an_area_without_a_camera_says_so(yard: Scene) -> None:
    yard.shadows.remove(YARD)
    alarm = await yard.alarm()
    await yard.steps()
    (told,) = await yard.told(alarm)
    assert (told["missing"], told["error"]) == (True, "there is no camera in area east-gate")


async def test_the_nearest_fifteen_cameras_are_asked_and_the_rest_is_counted(yard: Scene) -> None:
    yard.shadows.remove(YARD)
    for number in range(20):
        place = msgspec.structs.replace(yard.shadows.of(GATE).description.location, x=0.5 + number / 100)  # type: ignore[union-attr, type-var]  # it has one
        yard.describe(Address("hemei", "camera", f"c{number:02}"), place)
    alarm = await yard.alarm()
    await yard.steps()
    assert sorted(each.device for each in yard.cameras.records.values()) == [f"c{n:02}" for n in range(15)]
    assert await yard.told(alarm) == [{"cameras": 15, "left_out": 5}]


@pytest.mark.parametrize("killed_after", ["planned", "chosen", "asked", "answered"])
async def test_a_killed_hub_goes_on_where_it_was_and_takes_each_piece_once(
    sqlite: Engine, tmp_path: Path, killed_after: str
) -> None:
    async with scene(sqlite, tmp_path) as yard:
        alarm = await yard.alarm()

        async def kill() -> None:
            await yard.restart()
            await yard.gatherer.step()  # devices have not said yet that they are there
            assert not [each for each in await yard.told(alarm) if "missing" in each]
            yard.describe(GATE)
            yard.describe(YARD)
            await yard.later(6)

        if killed_after == "planned":
            await kill()
        await yard.steps(1)
        if killed_after == "chosen":
            await kill()
        await yard.steps(1)
        if killed_after == "asked":
            await kill()
        (asked,) = yard.cameras.asked("snapshot")
        yard.answer(asked, b"once")
        if killed_after == "answered":
            await kill()
        await yard.later(30)
        told = await yard.told(alarm)
        assert sorted(each["kind"] for each in told) == ["data", "snapshot"]
        assert yard.verified().right


async def test_killed_before_the_camera_was_asked_it_is_asked(yard: Scene) -> None:
    await yard.alarm()
    await yard.steps()
    yard.cameras.records.clear()
    await yard.restart()
    yard.describe(YARD)
    await yard.steps()
    assert len(yard.cameras.asked("snapshot")) == 1


async def test_an_alarm_that_chatters_does_not_fill_the_disk(yard: Scene) -> None:
    for _ in range(9):
        alarm = await yard.alarm(yard.event(GATE, "hemei.gate.faulted"))
        yard.clock.advance(100)
    assert len(yard.desk.standing()) == 1
    assert len(yard.pieces(alarm, PieceKind.CAMERAS)) == 5


async def test_an_alarm_folded_under_its_cause_asks_no_camera(yard: Scene) -> None:
    yard.desk.cover_by(lambda _: "f" * 32)
    event = yard.event(GATE, "hemei.gate.faulted", [b"front"])
    alarm = await yard.alarm(event)
    assert alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN
    await yard.steps()
    assert [each["kind"] for each in await yard.told(alarm)] == ["picture"]
    assert not yard.cameras.records


async def test_an_alarm_of_a_camera_asks_that_camera_alone(yard: Scene) -> None:
    yard.describe(LANE)
    await yard.desk.take([replace(raised(yard.definition, yard.clock.now_ms()), address=LANE)], upto=None)
    await yard.steps()
    assert [each.device for each in yard.cameras.records.values()] == ["lane"]
