"""Facesluice's words: golden vectors and our own simulator; what is published comes from `mosquitto_pub`.

The payloads are composed by us from the shapes that public documents and adapters agree on.
"""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import InvalidMessage
from contract.mqtt import Connection
from contract.passes import Direction, Means
from drivers.face import events
from drivers.face.facesluice import commands, messages
from drivers.face.rights import Rights
from drivers.face.terminal import What
from tests.broker import Mosquitto
from tests.drivers.face.estate import HURRY, door, estate
from tests.drivers.stage import HOST_ADDRESS, Hurried
from tests.peers import require_program
from tests.waiting import eventually

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 4, 0, 30, tzinfo=UTC)
JPEG = "data:image/jpeg;base64,/9j/2Q=="
PRIVATE = ("张三", "330100199001011234", "13900000000")


def rec(**fields: Any) -> bytes:
    info = {
        "customId": "p-1042",
        "personId": "3",
        "RecordID": "389",
        "VerifyStatus": "1",
        "PersonType": "0",
        "similarity1": "94.000000",
        "Sendintime": 1,
        "direction": "unknow",
        "personName": PRIVATE[0],
        "idCard": PRIVATE[1],
        "telnum": PRIVATE[2],
        "facesluiceId": "1306612",
        "time": "2026-11-23 12:00:00",
        "pic": JPEG,
        **fields,
    }
    return json.dumps({"operator": "RecPush", "info": info}).encode()


def snap(**fields: Any) -> bytes:
    info = {"facesluiceId": "1306612", "SnapID": "946", "time": "2026-11-23 12:00:00", "pic": JPEG, **fields}
    return json.dumps({"operator": "StrSnapPush", "info": info}).encode()


def record(**fields: Any) -> Any:
    return messages.as_record(messages.read_record(rec(**fields)), "1306612", ZONE, NOW)


def test_a_record_is_read_without_who_it_was() -> None:
    info = messages.read_record(rec())
    assert not [word for word in (*PRIVATE, JPEG) if word in str(msgspec.to_builtins(info))]
    made = record()
    assert (made.what, made.person, made.means) == (What.GRANTED, "p-1042", Means.FACE)
    assert made.happened_at == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert made.number == "1306612-rec-389-2026-11-23 12:00:00"
    assert not made.replay


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"RecordID": 389, "VerifyStatus": 1, "similarity1": 94.0}, {"what": What.GRANTED}),
        ({"VerifyStatus": "2"}, {"what": What.DENIED}),
        ({"VerifyStatus": 3, "customId": " "}, {"what": What.STRANGER, "person": ""}),
        ({"VerifyStatus": "3", "similarity1": "0", "RFIDCard": "8061550"}, {"what": What.DENIED}),
        ({"similarity1": "0", "RFIDCard": "8061550"}, {"means": Means.CARD}),
        ({"similarity1": "0", "cardNum2": 8061550}, {"means": Means.CARD}),
        ({"direction": "entr"}, {"direction": Direction.IN}),
        ({"direction": "exit"}, {"direction": Direction.OUT}),
        ({"Sendintime": "0"}, {"replay": True}),
        ({"time": "2026-11-23T11:00:00"}, {"replay": True}),
        ({"time": "2031-01-01 00:00:00"}, {"happened_at": NOW}),
        ({"time": "never"}, {"happened_at": NOW}),
    ],
)
def test_records(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    made = record(**fields)
    assert {name: getattr(made, name) for name in expected} == expected


def test_a_status_that_nobody_knows_is_no_pass() -> None:
    assert record(VerifyStatus="22") is None


def test_a_strangers_picture_is_read_only_where_it_is_wanted() -> None:
    info = messages.read_snap(snap())
    for pictures, expected in ((True, b"\xff\xd8\xff\xd9"), (False, None)):
        assert messages.as_stranger(info, "1306612", ZONE, NOW, pictures=pictures).picture == expected
    odd = messages.read_snap(snap(pic="data:text/html;base64,PGI+"))
    assert messages.as_stranger(odd, "1306612", ZONE, NOW, pictures=True).picture is None


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b"\xff", rec(RecordID={"a": 1}), rec(time=[])])
def test_nonsense_is_named_without_what_it_says(payload: bytes) -> None:
    with pytest.raises(InvalidMessage) as wrong:
        messages.read_record(payload)
    assert not [word for word in PRIVATE if word in str(wrong.value)]


def test_too_much_is_not_even_read() -> None:
    with pytest.raises(InvalidMessage):
        messages.read_snap(snap(pic="x" * messages.LARGEST))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.sampled_from(
    [
        "facesluiceId",
        "customId",
        "RecordID",
        "SnapID",
        "VerifyStatus",
        "time",
        "similarity1",
        "pic",
        "direction",
    ]
)


@given(
    st.one_of(
        st.binary(max_size=200),
        _JSON.map(lambda said: json.dumps(said).encode()),
        st.dictionaries(_FIELDS, _JSON).map(lambda info: rec(**info)),
        st.dictionaries(_FIELDS, _JSON).map(lambda info: snap(**info)),
    )
)
def test_whatever_a_terminal_says_is_read_or_refused(payload: bytes) -> None:
    readers = (messages.read_record, messages.read_snap, messages.read_ack, messages.read_said)
    for reader in readers:
        try:
            said = reader(payload)
            if reader is messages.read_record:
                messages.as_record(said, "1", ZONE, NOW)  # type: ignore[arg-type]  # what it reads
            elif reader is messages.read_snap:
                messages.as_stranger(said, "1", ZONE, NOW, pictures=True)  # type: ignore[arg-type]
        except InvalidMessage:
            continue
    messages.number_of(payload)


def test_a_person_is_written_with_the_key_for_a_name() -> None:
    until = datetime(2026, 12, 1, 16, tzinfo=UTC)
    written = commands.person(
        Rights(key="p-1", barred=True, valid_until=until, cards=("raw56:1", "123,45678")), ZONE
    )
    assert written == {
        "customId": "p-1",
        "name": "p-1",
        "personType": 1,
        "tempCardType": 1,
        "cardValidBegin": "2000-01-01 00:00:00",
        "cardValidEnd": "2026-12-02 00:00:00",
        "cardType2": 2,
        "WiegandType": 0,
        "cardNum2": (123 << 16) + 45678,
        "RFCardMode": 0,
        "RFIDCard": str((123 << 16) + 45678),
    }


async def says(mosquitto: Mosquitto, topic: str, payload: bytes) -> None:
    """Publish as a terminal would, with mosquitto's own client."""
    program = require_program("mosquitto_pub", "mosquitto-clients")
    place = ["-h", mosquitto.host, "-p", str(mosquitto.port), "-q", "1", "-t", topic, "-s"]
    process = await asyncio.create_subprocess_exec(program, *place, stdin=subprocess.PIPE)
    await process.communicate(payload)
    assert process.returncode == 0


class Heard:
    """What is told to terminals."""

    def __init__(self, link: Connection) -> None:
        self.told: list[Any] = []
        self._link = link

    async def listen(self) -> None:
        async for message in self._link:
            self.told.append(json.loads(message.payload))

    def acks(self) -> list[tuple[int, str]]:
        infos = [each["info"] for each in self.told if each["operator"] == "PushAck"]
        return [(info["PushAckType"], info["SnapOrRecordID"]) for info in infos]


async def test_records_of_a_terminal_are_kept_then_acknowledged(mosquitto: Mosquitto, tmp_path: Path) -> None:
    def fresh() -> str:
        return datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")

    async with (
        estate(mosquitto, tmp_path, {"1306612": "mqtt"}) as home,
        Connection(mosquitto.broker(), "spy") as link,
    ):
        await link.subscribe(["mqtt/face/1306612", "mqtt/face/4711"])
        heard = Heard(link)
        listening = asyncio.create_task(heard.listen())
        await home.start(direction="in", stranger_pictures=True)
        stamp = fresh()
        for _ in range(2):
            await says(mosquitto, "mqtt/face/1306612/Rec", rec(customId="330100199001011234", time=stamp))
        await says(mosquitto, "mqtt/face/4711/Rec", rec(RecordID="5", facesluiceId="4711"))
        await says(mosquitto, "mqtt/face/1306612/Rec", rec(RecordID="6", facesluiceId="4711"))
        await says(mosquitto, "mqtt/face/1306612/Rec", rec(RecordID="7", VerifyStatus={}))
        await says(mosquitto, "mqtt/face/1306612/Rec", rec(RecordID="8", VerifyStatus="24", time=fresh()))
        await says(mosquitto, "mqtt/face/1306612/Snap", snap(time=fresh()))
        await eventually(lambda: (1, "946") in heard.acks())
        assert heard.acks() == [(2, "389"), (2, "389"), (2, "6"), (2, "7"), (2, "8"), (1, "946")]
        granted = home.events("1306612", events.GRANTED)
        assert [each.data for each in granted] == [
            {"credential": "", "holder": "", "means": "face", "direction": "in", "replay": False}
        ]
        stranger = await home.event("1306612", events.STRANGER)
        assert stranger.data["direction"] == "in"
        assert len(stranger.data["media"]) == 1
        await home.shows("1306612", unknown_events=1, strangers=1)
        await home.ear.property(HOST_ADDRESS, "malformed", 2)
        said = b"".join(each.payload for each in home.ear.heard)
        assert not [word for word in PRIVATE if word.encode() in said]
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_day_of_records_comes_at_once_and_keeps_no_answer_waiting(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with (
        estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home,
        Connection(mosquitto.broker(), "terminal") as link,
    ):
        await home.start()
        await home.stop()
        for number in range(200):
            said = rec(RecordID=str(number), facesluiceId="hall", time=f"2026-11-22 12:00:{number % 60:02}")
            await link.publish("mqtt/face/hall/Rec", said)
        await home.start()
        await eventually(lambda: len(home.events("hall", events.GRANTED)) == 200)
        assert all(each.data["replay"] for each in home.events("hall", events.GRANTED))
        assert (await home.ear.do(door("hall"), "unlock")).status == "succeeded"


async def test_what_happened_while_the_host_was_away_comes_once(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home:
        await home.start()
        await home.stop()
        home.pretend.happen("door/hall", "stranger")
        await eventually(lambda: home.truth("hall")["records_untold"] == 1)
        await home.start()
        await home.event("hall", events.STRANGER)
        await eventually(lambda: home.truth("hall")["records_untold"] == 0)
        assert len(home.events("hall", events.STRANGER)) == 1


async def test_a_terminal_that_is_gone_is_told_within_seconds(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with estate(mosquitto, tmp_path, {"hall": "mqtt"}) as home:
        await home.start(silence_s=1, clock=Hurried(HURRY))
        refused = await home.ear.do(door("hall"), "fire-release", {"active": True})
        assert refused.error is not None
        assert refused.error.code == "unknown-action"
        assert (await home.ear.do(door("hall"), "unlock")).status == "succeeded"
        home.pretend.fault("door/hall", "power-loss")
        assert (await home.ear.status(door("hall"), "disconnected")).reason
