"""Hikvision's face terminals: golden vectors and our own simulator.

The documents are composed by us from the shapes that public documents and adapters agree on.
"""

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import DeviceError, InvalidMessage
from contract.lists import Face
from contract.passes import Means, Reason
from drivers.face import events
from drivers.face.hikvision import answers, questions, reports
from drivers.face.hikvision.codes import MEANINGS, OF_NO_INTEREST
from drivers.face.rights import Rights
from drivers.face.terminal import What
from drivers.isapi.answer import Answer
from drivers.isapi.document import read_document
from tests.broker import Mosquitto
from tests.drivers.face.estate import ACCOUNT, EVERYWHERE, HURRY, door, estate
from tests.drivers.face.test_people import HIK, person
from tests.drivers.stage import Hurried, fill_disk, succeeded
from tests.peers import require_program
from tests.waiting import eventually

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 4, 0, 30, tzinfo=UTC)
NAME = "张三"
ACCOUNT_TEXT = Path(ACCOUNT).read_text(encoding="utf-8").strip()


def alert(**event: Any) -> bytes:
    said = {
        "ipAddress": "192.0.2.20",
        "dateTime": "2026-11-23T12:00:00+08:00",
        "activePostCount": 1,
        "eventType": "AccessControllerEvent",
        "eventState": "active",
        "AccessControllerEvent": {
            "majorEventType": 5,
            "subEventType": 75,
            "name": NAME,
            "employeeNoString": "p-1042",
            "doorNo": 1,
            "serialNo": 123,
            "frontSerialNo": 122,
            "currentVerifyMode": "cardOrFace",
            "currentEvent": True,
            **event,
        },
    }
    return json.dumps(said).encode()


def occurrence(payload: bytes) -> reports.Occurrence:
    return reports.read_push(read_document(payload), ZONE, NOW)


def test_an_event_is_read_without_who_it_was() -> None:
    event = occurrence(alert())
    assert NAME not in repr(event)
    record = event.record("0-123", replay=False)
    assert record is not None
    assert (record.what, record.means, record.person) == (What.GRANTED, Means.FACE, "p-1042")
    assert record.happened_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert (event.serial, event.before, event.current) == (123, 122, True)


@pytest.mark.parametrize(
    ("fields", "what", "means", "reason"),
    [
        ({"subEventType": 1}, What.GRANTED, Means.CARD, Reason.UNKNOWN),
        ({"subEventType": 0xB5}, What.GRANTED, Means.CODE, Reason.UNKNOWN),
        ({"subEventType": 8}, What.DENIED, Means.CARD, Reason.EXPIRED),
        ({"subEventType": 9, "employeeNoString": ""}, What.DENIED, Means.CARD, Reason.UNKNOWN),
        ({"subEventType": 76, "employeeNoString": ""}, What.STRANGER, Means.FACE, Reason.UNKNOWN),
        ({"subEventType": 76}, What.DENIED, Means.FACE, Reason.UNKNOWN),
        ({"subEventType": 0x68}, What.LIVENESS_FAILED, Means.FACE, Reason.UNKNOWN),
        ({"subEventType": 0x15}, What.LOCK_OPEN, Means.UNKNOWN, Reason.UNKNOWN),
        ({"majorEventType": 1, "subEventType": 0x404}, What.TAMPER, Means.UNKNOWN, Reason.UNKNOWN),
    ],
)
def test_sub_events(fields: dict[str, Any], what: What, means: Means, reason: Reason) -> None:
    record = occurrence(alert(**fields)).record("1", replay=False)
    assert record is not None
    assert (record.what, record.means, record.reason) == (what, means, reason)


def test_what_nobody_knows_is_known_to_be_unknown() -> None:
    assert not occurrence(alert(subEventType=250)).is_known
    assert occurrence(alert(majorEventType=3, subEventType=250)).is_known, "operations are none of ours"
    assert occurrence(alert(subEventType=0x25)).is_known
    assert not MEANINGS.keys() & OF_NO_INTEREST
    assert occurrence(alert(subEventType=250)).record("1", replay=False) is None


@pytest.mark.parametrize("fields", [{"currentEvent": False}, {"currentEvent": "false"}])
def test_old_news(fields: dict[str, Any]) -> None:
    assert not occurrence(alert(**fields)).current


@pytest.mark.parametrize(
    "fields",
    [{"serialNo": -1}, {"serialNo": "x"}, {"subEventType": 1.5}, {"serialNo": 1 << 40}, {"doorNo": "²"}],
)
def test_numbers_that_are_none(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage):
        occurrence(alert(**fields))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
_NAMES = st.sampled_from(
    ["majorEventType", "subEventType", "serialNo", "employeeNoString", "doorNo", "currentEvent"]
)


@given(st.dictionaries(_NAMES, _JSON))
def test_whatever_a_terminal_reports_is_read_or_refused(event: dict[str, Any]) -> None:
    try:
        found = occurrence(alert(**event))
    except InvalidMessage:
        return
    record = found.record("1", replay=True)
    assert record is None or len(record.person) <= 64


@given(st.binary(max_size=60) | _JSON.map(lambda said: json.dumps(said).encode()))
def test_whatever_a_terminal_answers_is_read_or_refused(body: bytes) -> None:
    answer = Answer(status=200, kind="application/json", body=body)
    for reader in (answers.people_of, answers.count_of, answers.process_of, answers.work_of):
        with contextlib.suppress(DeviceError):
            reader(answer)


def test_a_person_is_written_with_the_key_for_a_name() -> None:
    given_rights = Rights(key="p-1", valid_until=datetime(2026, 12, 1, 16, tzinfo=UTC), code="24680")
    means = frozenset({Means.FACE, Means.CARD, Means.CODE})
    info = json.loads(questions.person(given_rights, 2, means, ZONE))["UserInfo"]
    assert (info["employeeNo"], info["name"], info["userType"]) == ("p-1", "p-1", "normal")
    assert info["Valid"]["endTime"] == "2026-12-02T00:00:00"
    assert (info["RightPlan"], info["password"]) == ([{"doorNo": 2, "planTemplateNo": "1"}], "24680")
    assert info["userVerifyMode"] == "cardOrPw", "no face without consent"
    assert questions.verify_mode(frozenset({Means.CARD, Means.FACE})) == "cardOrFace"
    assert questions.verify_mode(frozenset({Means.CARD})) == "card"
    assert questions.card_numbers(["123,45678", "w34:5", "nonsense"]) == [str((123 << 16) + 45678), "5"]


async def test_somebody_passes_by_face_and_by_card(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        await home.start(direction="out", means=["face", "card", "code"])
        await home.shows("hall", state="closed", locked=True, means="card,code,face")
        await home.push(person("p-1", cards=("8061550",), face=Face.CONSENTED), levels=(EVERYWHERE,))
        await home.holds("hall", "p-1")
        await home.shows("hall", people_held=1)
        home.pretend.happen("door/hall", "enrol")
        home.pretend.happen("door/hall", "face-passes")
        passed = await home.event("hall", events.GRANTED)
        assert passed.data == {
            "credential": "",
            "holder": "p-1",
            "means": "face",
            "direction": "out",
            "replay": False,
        }
        assert (await home.event("hall", events.OPENED)).data == {"cause": "face"}
        await home.event("hall", events.CLOSED)
        home.pretend.happen("door/hall", "card-passes")
        assert (await home.event("hall", events.GRANTED, 2)).data["means"] == "card"
        await home.event("hall", events.CLOSED, 2)
        home.pretend.happen("door/hall", "spoof")
        assert (await home.event("hall", events.LIVENESS_FAILED)).data["holder"] == "p-1"
        home.pretend.happen("door/hall", "stranger")
        stranger = await home.event("hall", events.STRANGER)
        assert "media" not in stranger.data, "no pictures unless they are asked for"


async def test_nothing_is_lost_while_it_is_away_and_nothing_old_is_taken_for_new(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        home.pretend.happen("door/hall", "stranger")
        await eventually(lambda: home.truth("hall")["records"] == 1)
        await home.start()
        home.pretend.happen("door/hall", "stranger")
        first = await home.event("hall", events.STRANGER)
        assert first.data["replay"] is False, "what was before the first contact is not ours"
        await home.stop()
        home.pretend.happen("door/hall", "spoof")
        await eventually(lambda: home.truth("hall")["records"] == 3)
        await home.start()
        assert (await home.event("hall", events.LIVENESS_FAILED)).data["replay"] is True
        home.pretend.happen("door/hall", "stranger")
        await home.event("hall", events.STRANGER, 2)
        assert len(home.events("hall", events.LIVENESS_FAILED)) == 1


async def test_fire_and_commands(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        await home.start(fire_release=True)
        assert succeeded(await home.ear.do(door("hall"), "unlock"))
        assert home.truth("hall")["strike_pulses"] == 1
        assert succeeded(await home.ear.do(door("hall"), "fire-release", {"active": True}))
        assert home.truth("hall")["held_open"]
        await home.shows("hall", fire=True)
        await home.stop()
        home.pretend.fault("door/hall", "power-loss")
        home.pretend.fault("door/hall", "none")
        await home.start(fire_release=True)
        await eventually(lambda: home.truth("hall")["held_open"])
        assert succeeded(await home.ear.do(door("hall"), "fire-release", {"active": False}))
        assert not home.truth("hall")["held_open"]
        await home.shows("hall", fire=False)
        await home.stop()
        await home.start()
        refused = await home.ear.do(door("hall"), "fire-release", {"active": True})
        assert refused.error is not None
        assert refused.error.code == "not-configured"


async def test_a_full_disk_keeps_no_door_locked_in_a_fire(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        await home.start(fire_release=True)
        fill_disk(home.folder, full=True)
        refused = await home.ear.do(door("hall"), "unlock")
        assert refused.status == "refused", "without memory it could be done twice"
        assert succeeded(await home.ear.do(door("hall"), "fire-release", {"active": True}))
        assert home.truth("hall")["held_open"]
        fill_disk(home.folder, full=False)
        await home.event("hall", events.FIRE_RELEASED)


async def test_fire_holds_a_door_that_somebody_else_locks(mosquitto: Mosquitto, tmp_path: Path) -> None:
    curl = require_program("curl", "curl")
    async with estate(mosquitto, tmp_path, {"hall": HIK}) as home:
        await home.start(fire_release=True, clock=Hurried(HURRY))
        assert succeeded(await home.ear.do(door("hall"), "fire-release", {"active": True}))
        url = home.pretend.wires["door/hall"] + "/ISAPI/AccessControl/RemoteControl/door/1"
        account = ACCOUNT_TEXT
        shut = ("-s", "--digest", "-u", account, "-X", "PUT", "-d", "<a><cmd>close</cmd></a>", url)
        process = await asyncio.create_subprocess_exec(curl, *shut, stdout=asyncio.subprocess.DEVNULL)
        assert await process.wait() == 0
        await eventually(lambda: not home.truth("hall")["held_open"])
        await eventually(lambda: home.truth("hall")["held_open"])
        assert len(home.events("hall", events.FIRE_RELEASED)) == 1
