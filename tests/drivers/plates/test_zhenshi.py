"""What Zhenshi (臻识) cameras say, from bytes to meaning: golden vectors composed by us, and whatever else.

No camera and no other author's emulator was at hand: golden vectors and own simulator.
"""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract.clock import from_epoch_ms
from contract.errors import InvalidMessage, Refused
from contract.passes import Direction, PlateColour
from drivers.plates.camera import Contact
from drivers.plates.lenient import LARGEST_PICTURE
from drivers.plates.options import PlateOptions
from drivers.plates.readings import ident_of
from drivers.plates.zhenshi import Alive, Confirmation, read_message, read_push
from drivers.plates.zhenshi_answers import answer, command, opening
from drivers.plates.zhenshi_result import Reading
from tests.drivers.plates import pushes
from tests.drivers.plates.desk import http_options
from tests.drivers.plates.pushes import JPEG, PLATE, SEC, SERIAL, SMALL, b64, envelope, mqtt_result, push

NOW = datetime(2025, 7, 3, 4, 0, 30, tzinfo=UTC)
TAKEN = from_epoch_ms(SEC * 1000 + 687)
OPTIONS = PlateOptions(wire="zhenshi-mqtt", broker="mqtt://192.0.2.5", serial=SERIAL)


def over_http(options: PlateOptions = OPTIONS, **fields: Any) -> Reading:
    said = read_push(push(**fields), "application/json", options, NOW)
    assert isinstance(said, Reading)
    return said


def over_mqtt(**fields: Any) -> Reading:
    said = read_message("ivs_result", mqtt_result(**fields), OPTIONS, NOW)
    assert isinstance(said, Reading)
    return said


def test_every_field_of_a_push_is_understood() -> None:
    reading = over_http()
    sighting = reading.sighting
    assert sighting.plate == PLATE
    assert sighting.taken_at == TAKEN
    assert sighting.record == f"{SERIAL}-21085-{SEC}.687772"
    assert sighting.colour is PlateColour.BLUE
    assert sighting.confidence == 96
    assert sighting.direction is Direction.IN
    assert not sighting.replay
    assert not sighting.fake
    assert sighting.pictures == (JPEG, SMALL)
    assert (reading.plate_id, reading.channel, reading.spoiled, reading.timed) == (21085, 0, 0, True)


def test_a_result_over_mqtt_means_the_same() -> None:
    assert over_mqtt().sighting == over_http().sighting


def test_numbers_may_be_texts() -> None:
    stamp = {"Timeval": {"sec": str(SEC), "usec": "687772"}}
    reading = over_http(
        colorType="1", confidence="96", direction="4", plateid="21085", isoffline="0", timeStamp=stamp
    )
    assert reading.sighting == over_http().sighting
    assert reading.plate_id == "21085"


@pytest.mark.parametrize(
    "missing",
    [
        "bright",
        "colorType",
        "confidence",
        "direction",
        "imageFile",
        "imageFragmentFile",
        "is_fake_plate",
        "isoffline",
        "license",
        "plateid",
        "timeStamp",
        "triggerType",
        "type",
    ],
)
def test_any_part_may_be_missing(missing: str) -> None:
    sighting = over_http(**{missing: None}).sighting
    assert sighting.plate == ("" if missing == "license" else PLATE)


def test_a_push_of_an_empty_result_is_a_vehicle_without_plate() -> None:
    said = read_push(b'{"AlarmInfoPlate":{"result":{"PlateResult":{}}}}', "", OPTIONS, NOW)
    assert isinstance(said, Reading)
    assert said.sighting.plate == ""
    assert said.sighting.taken_at == NOW
    assert not said.timed
    assert said.sighting.confidence is None
    assert said.sighting.direction is Direction.UNKNOWN


@pytest.mark.parametrize(
    "nothing", ["_无_", "无牌车", "无牌", "", " ", "No Plate", "noplate", b64("_无_".encode())]
)
def test_no_plate_is_no_plate(nothing: str) -> None:
    assert over_http(license=nothing).sighting.plate == ""
    assert over_mqtt(license=nothing).sighting.plate == ""


@pytest.mark.parametrize(
    ("written", "plate"),
    [
        ("粤A12345", "粤A12345"),
        ("粤Ａ·12345", "粤A12345"),
        ("粤a 12345", "粤A12345"),
        ("粤Z9065澳", "粤Z9065澳"),
        ("粤AD12345", "粤AD12345"),
        (b64("粤AD12345".encode()), "粤AD12345"),
        (b64("粤A12345".encode("gbk")), "粤A12345"),
        (b64(b"ABC1234"), "ABC1234"),
        ("ABC1234", "ABC1234"),
        ("AB12CD34", "AB12CD34"),
        ("WJ3112345", "WJ3112345"),
        ("<script>", ""),
        ("粤A12345" * 3, ""),
        ("粤" * 100, ""),
        ("\ufdfa" * 60, ""),
    ],
)
def test_plates_are_plain_or_in_base64(written: str, plate: str) -> None:
    assert over_mqtt(license=written).sighting.plate == plate


def test_older_firmware_writes_gbk() -> None:
    body = push(deviceName="东门").decode().encode("gbk")
    said = read_push(body, "text/plain", OPTIONS, NOW)
    assert isinstance(said, Reading)
    assert said.sighting == over_http().sighting


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert isinstance(read_push(b"\xef\xbb\xbf" + push(), "", OPTIONS, NOW), Reading)


@pytest.mark.parametrize(
    ("sec", "usec", "taken_at", "timed"),
    [
        (SEC, 687_772, TAKEN, True),
        (SEC * 1000 + 687, 0, TAKEN, True),
        (SEC, 10**6, from_epoch_ms(SEC * 1000), True),
        (SEC, "?", from_epoch_ms(SEC * 1000), True),
        (0, 0, NOW, False),
        (86_400, 0, NOW, False),
        (-5, 0, NOW, False),
        (10**30, 0, NOW, False),
        ("soon", 0, NOW, False),
        (None, None, NOW, False),
        (int((NOW + timedelta(days=2)).timestamp()), 0, NOW, False),
    ],
)
def test_a_time_that_cannot_be_is_now(sec: Any, usec: Any, taken_at: datetime, timed: bool) -> None:
    reading = over_http(timeStamp={"Timeval": {"sec": sec, "usec": usec}})
    assert (reading.sighting.taken_at, reading.timed) == (taken_at, timed)


def test_over_mqtt_the_time_of_the_message_stands_in() -> None:
    reading = over_mqtt(timeStamp=None)
    assert (reading.sighting.taken_at, reading.timed) == (from_epoch_ms(SEC * 1000), True)
    assert not reading.sighting.dated, "another message of the same reading has another time"


@pytest.mark.parametrize("sec", [None, 0, 86_400])
def test_a_camera_without_a_clock_says_the_same_again_and_not_the_same_of_others(sec: int | None) -> None:
    def ident(later_s: int, **fields: Any) -> str:
        body = push(timeStamp={"Timeval": {"sec": sec, "usec": 7}}, **fields)
        said = read_push(body, "", OPTIONS, NOW + timedelta(seconds=later_s))
        assert isinstance(said, Reading)
        return ident_of(said.sighting)

    assert ident(0) == ident(60)
    assert ident(0) != ident(60, plateid=21086)
    nameless = {"plateid": None, "unique_id": None, "imageFile": None, "imageFragmentFile": None}
    if not sec:
        assert ident(0, **nameless) != ident(60, **nameless), "nothing tells it from the day before"


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        (96, 96.0),
        (0, 0.0),
        (1, 1.0),
        (100, 100.0),
        (0.96, 96.0),
        (1.0, 100.0),
        ("0.5", 50.0),
        ("88", 88.0),
        (101, None),
        (-1, None),
        ("NaN", None),
        (None, None),
        ("9" * 50, None),
    ],
)
def test_confidence_is_a_percentage_or_a_fraction(said: Any, percent: float | None) -> None:
    assert over_http(confidence=said).sighting.confidence == percent


@pytest.mark.parametrize(
    ("code", "kind", "colour"),
    [
        (0, 0, PlateColour.UNKNOWN),
        (1, 1, PlateColour.BLUE),
        (2, 3, PlateColour.YELLOW),
        (3, 5, PlateColour.WHITE),
        (4, 2, PlateColour.BLACK),
        (5, 19, PlateColour.GREEN),
        (6, 20, PlateColour.YELLOW_GREEN),
        (0, 19, PlateColour.GREEN),
        (77, 20, PlateColour.YELLOW_GREEN),
        ("?", 0, PlateColour.UNKNOWN),
    ],
)
def test_colours(code: Any, kind: int, colour: PlateColour) -> None:
    assert over_http(colorType=code, type=kind).sighting.colour is colour


@pytest.mark.parametrize(
    ("code", "direction"),
    [
        (0, Direction.UNKNOWN),
        (1, Direction.UNKNOWN),
        (2, Direction.UNKNOWN),
        (3, Direction.OUT),
        (4, Direction.IN),
        (9, Direction.UNKNOWN),
    ],
)
def test_who_comes_towards_the_camera_comes_in(code: int, direction: Direction) -> None:
    assert over_http(direction=code).sighting.direction is direction


def test_the_site_says_what_movements_mean() -> None:
    turned = msgspec.structs.replace(OPTIONS, directions={"down": Direction.OUT, "left": Direction.IN})
    assert [over_http(turned, direction=code).sighting.direction for code in (0, 1, 3, 4)] == [
        Direction.UNKNOWN,
        Direction.IN,
        Direction.OUT,
        Direction.OUT,
    ]
    lane = msgspec.structs.replace(OPTIONS, direction="out")
    assert {over_http(lane, direction=code).sighting.direction for code in range(5)} == {Direction.OUT}


def test_offline_records_are_replays() -> None:
    assert over_http(isoffline=1).sighting.replay
    assert over_http(isoffline="1").sighting.replay
    said = read_message("offline_record", mqtt_result(), OPTIONS, NOW)
    assert isinstance(said, Reading)
    assert said.sighting.replay
    kept = read_message("ivs_result", mqtt_result(), OPTIONS, NOW, retained=True)
    assert isinstance(kept, Reading)
    assert kept.sighting.replay


def test_fakes() -> None:
    assert over_http(is_fake_plate=1).sighting.fake
    assert over_http(is_fake_plate=0, type=29).sighting.fake


@pytest.mark.parametrize("code", [64, 65, 66])
def test_vehicles_that_stay_or_turn_back_do_not_ask_to_pass(code: int) -> None:
    assert over_http(triggerType=code).lingers
    assert not over_http(triggerType=8).lingers


def test_a_record_is_the_same_when_it_is_said_again_and_no_other_after_a_restart() -> None:
    first = over_http().sighting.record
    assert over_http(isoffline=1, imageFile=None).sighting.record == first
    assert over_mqtt().sighting.record == first
    restarted = {"Timeval": {"sec": SEC + 900, "usec": 1}}
    assert over_http(timeStamp=restarted).sighting.record != first
    assert over_http(plateid=21086).sighting.record != first


@pytest.mark.parametrize("stamp", [None, {}, {"Timeval": {}}, {"Timeval": {"sec": 0}}])
def test_a_record_without_a_time_is_told_by_what_was_read(stamp: Any) -> None:
    first = over_http(timeStamp=stamp).sighting.record
    assert over_http(timeStamp=stamp, isoffline=1).sighting.record == first
    assert over_http(timeStamp=stamp, license="粤B99999").sighting.record != first
    assert over_http(timeStamp=stamp, imageFile=b64(SMALL)).sighting.record != first


def test_the_records_of_two_cameras_differ(tmp_path: Path) -> None:
    anybody = http_options(tmp_path)
    said = read_push(json.dumps(pushes.alarm(serial="other-01")).encode(), "", anybody, NOW)
    assert isinstance(said, Reading)
    assert said.sighting.record != over_http().sighting.record


LINES = "\r\n".join(b64(JPEG)[at : at + 76] for at in range(0, len(b64(JPEG)), 76))


@pytest.mark.parametrize(
    "written", [LINES, f"data:image/jpeg;base64,{b64(JPEG)}", b64(JPEG).rstrip("="), f" {b64(JPEG)}\n"]
)
def test_pictures_are_written_in_several_ways(written: str) -> None:
    assert over_http(imageFile=written).sighting.pictures == (JPEG, SMALL)


@pytest.mark.parametrize(
    "written",
    [
        "?",
        "AAAA",
        b64(b"GIF89a" + bytes(50)),
        b64(JPEG)[:-3] + "*",
        "图",
        7,
        True,
        b64(JPEG)[:3] + "=" + b64(JPEG),
    ],
)
def test_a_broken_picture_is_left_out_and_counted(written: Any) -> None:
    reading = over_http(imageFile=written)
    assert reading.sighting.pictures == (SMALL,)
    assert reading.sighting.plate == PLATE
    assert reading.spoiled == 1


def test_pictures_of_two_megabytes_fit_and_larger_ones_than_four_do_not() -> None:
    large = pushes.large_jpeg(2 * 1024 * 1024)
    assert over_http(imageFile=b64(large), imageFragmentFile=b64(large)).sighting.pictures == (large, large)
    limit = pushes.large_jpeg(LARGEST_PICTURE)
    assert over_http(imageFile=b64(limit)).sighting.pictures == (limit, SMALL)
    reading = over_http(imageFile=b64(pushes.large_jpeg(LARGEST_PICTURE + 1)))
    assert (reading.sighting.pictures, reading.spoiled) == ((SMALL,), 1)
    reading = over_http(imageFile="A" * 7 * 1024 * 1024)
    assert (reading.sighting.pictures, reading.spoiled) == ((SMALL,), 1)


def test_heartbeats_are_signs_of_life() -> None:
    kind, body = pushes.heartbeat()
    for said in (
        read_push(body, kind, OPTIONS, NOW),
        read_push(body, "", OPTIONS, NOW),
        read_push(b"", "", OPTIONS, NOW),
        read_push(f"serialno={SERIAL}&port=80".encode(), "application/x-www-form-urlencoded", OPTIONS, NOW),
        read_push(b'{"TriggerImage":{"imageFile":""}}', "application/json", OPTIONS, NOW),
    ):
        assert said == Alive()


def test_json_is_json_whatever_its_type_says() -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", ""):
        assert isinstance(read_push(b" \n" + push(), kind, OPTIONS, NOW), Reading)


@pytest.mark.parametrize(
    ("said", "contact"),
    [
        (pushes.gio_in(0, 1), Contact(0, closed=True)),
        (pushes.gio_in("3", "0"), Contact(3, closed=False)),
        ({"AlarmGioIn": {"TriggerResult": {"source": 1, "value": 1}}}, Contact(1, closed=True)),
    ],
)
def test_inputs(said: dict[str, Any], contact: Contact) -> None:
    assert read_push(json.dumps(said).encode(), "", OPTIONS, NOW) == contact
    assert read_message("gpio_in", envelope("gpio_in", said), OPTIONS, NOW) == contact


@pytest.mark.parametrize(
    "said", [pushes.gio_in(None, 1), pushes.gio_in(-1, 1), pushes.gio_in(999, 1), pushes.gio_in(0, "?")]
)
def test_inputs_that_cannot_be_are_refused(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage):
        read_push(json.dumps(said).encode(), "", OPTIONS, NOW)


def test_mqtt_bodies_may_lie_higher() -> None:
    flat = envelope("ivs_result", None, payload=pushes.alarm(license=b64(PLATE.encode())))
    said = read_message("ivs_result", flat, OPTIONS, NOW)
    assert isinstance(said, Reading)
    assert said.sighting.plate == PLATE


@pytest.mark.parametrize("kind", ["keep_alive", "barr_gate_status", "serial_data", "quick_ivs_result", "new"])
def test_other_messages_are_signs_of_life(kind: str) -> None:
    body = {"gate_ctrl_id": 0, "gate_status": 1, "connect_status": 1, "enable": 1, "timestamp": SEC}
    assert read_message(kind, envelope(kind, body), OPTIONS, NOW) == Alive()


def test_replies_name_their_command() -> None:
    reply = envelope("gpio_out", None, id="abc", code=200, payload=[1])
    assert read_message("gpio_out/reply", reply, OPTIONS, NOW) == Confirmation("abc", 200)
    reply = envelope("gpio_out", None, id="abc", code="500")
    assert read_message("gpio_out/reply", reply, OPTIONS, NOW) == Confirmation("abc", 500)
    with pytest.raises(InvalidMessage):
        read_message("gpio_out/reply", envelope("gpio_out", None, id=None, code=200), OPTIONS, NOW)


def test_another_camera_is_refused() -> None:
    other = json.dumps(pushes.alarm(serial="someone-else")).encode()
    kind, beat = pushes.heartbeat("someone-else")
    for body, said in ((other, ""), (beat, kind)):
        with pytest.raises(Refused) as refused:
            read_push(body, said, OPTIONS, NOW)
        assert refused.value.code == "wrong-serial"
    with pytest.raises(Refused):
        read_message("keep_alive", envelope("keep_alive", {}, sn="someone-else"), OPTIONS, NOW)
    assert isinstance(read_push(json.dumps(pushes.alarm(serial=None)).encode(), "", OPTIONS, NOW), Reading)
    assert isinstance(
        read_push(json.dumps(pushes.alarm(serial=SERIAL.upper())).encode(), "", OPTIONS, NOW), Reading
    )


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"[]",
        b"7",
        b"{",
        b'{"AlarmInfoPlate":7}',
        b'{"AlarmInfoPlate":{}}',
        b'{"AlarmInfoPlate":{"result":{"PlateResult":[]}}}',
        b'{"AlarmInfoPlate":{"result":{"PlateResult":{"license":{}}}}}',
        b'{"x":' + b"[" * 200_000,
        b"\x00\xff\xfe",
        b"{" + b" " * 13 * 1024 * 1024,
    ],
)
def test_nonsense_is_said_to_be_nonsense(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        read_push(body, "application/json", OPTIONS, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
KEYS = [*pushes.result(), "full_image_content", "small_image_content", "unique_id", "Timeval", "sec", "usec"]


@given(fields=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8))
@example(fields={"timeStamp": {"Timeval": {"sec": 1e300, "usec": -1}}})
@example(fields={"plateid": 10**30, "direction": float("inf"), "confidence": "١"})
@example(fields={"license": "\ud800"})
def test_any_fields_are_a_reading_or_nonsense(fields: dict[str, Any]) -> None:
    body = json.dumps(pushes.alarm(**fields)).encode()
    for read in (
        lambda: read_push(body, "", OPTIONS, NOW),
        lambda: read_message("ivs_result", b'{"payload":' + body + b"}", OPTIONS, NOW),
    ):
        try:
            said = read()
        except InvalidMessage:
            continue
        assert isinstance(said, Reading)
        assert len(said.sighting.plate) <= 16
        assert len(said.sighting.record) <= 200
        msgspec.json.encode(said.sighting.record)
        json.loads(answer(said, OPTIONS, opens=True))


@given(body=st.binary(max_size=300), kind=st.sampled_from(["ivs_result", "gpio_in", "keep_alive", "x/reply"]))
def test_any_bytes_are_something_or_nonsense(body: bytes, kind: str) -> None:
    for read in (
        lambda: read_push(body, kind, OPTIONS, NOW),
        lambda: read_message(kind, body, OPTIONS, NOW),
    ):
        try:
            read()
        except (InvalidMessage, Refused):
            continue


@given(value=json_values, kind=st.sampled_from(["ivs_result", "offline_record", "gpio_in", "x/reply", "x"]))
def test_any_json_is_something_or_nonsense(value: Any, kind: str) -> None:
    body = json.dumps(value).encode()
    for wrapped in (
        body,
        b'{"payload":' + body + b"}",
        b'{"AlarmInfoPlate":' + body + b"}",
        b'{"id":' + body + b"}",
    ):
        for read in (
            lambda: read_push(wrapped, "", OPTIONS, NOW),  # noqa: B023 - called at once
            lambda: read_message(kind, wrapped, OPTIONS, NOW),  # noqa: B023 - the same
        ):
            try:
                read()
            except (InvalidMessage, Refused):
                continue


def test_answers_say_what_the_vendor_wants() -> None:
    said = json.loads(answer(over_http(), OPTIONS, opens=True))["Response_AlarmInfoPlate"]
    assert said == {
        "info": "ok",
        "content": "retransfer_stop",
        "channelNum": 0,
        "is_pay": "true",
        "plateid": 21085,
    }
    said = json.loads(answer(over_http(), OPTIONS, opens=False))["Response_AlarmInfoPlate"]
    assert said["info"] == "no"


def test_an_answer_may_open_by_a_relay(tmp_path: Path) -> None:
    options = http_options(tmp_path, open_by="relay", relay=1, pulse_ms=500)
    said = json.loads(answer(over_http(), options, opens=True))["Response_AlarmInfoPlate"]
    assert (said["info"], said["ivs_ioctrl"]) == ("no", {"io": 1, "value": 2, "delay": 500})
    said = json.loads(answer(over_http(), options, opens=False))["Response_AlarmInfoPlate"]
    assert "ivs_ioctrl" not in said
    assert json.loads(opening(options)) == {
        "Response_AlarmInfoPlate": {"ivs_ioctrl": {"io": 1, "value": 2, "delay": 500}}
    }


def test_offline_records_are_asked_for_one_after_the_other() -> None:
    said = json.loads(answer(over_http(isoffline=1, plateid=123), OPTIONS, opens=False))
    assert said["Response_AlarmInfoPlate"]["ContinuePushOffline"] == {"plateid": 123, "continue": 1}


def test_commands() -> None:
    name, data = command("abc", OPTIONS, NOW)
    assert name == "gpio_out"
    assert json.loads(data) == {
        "id": "abc",
        "sn": SERIAL,
        "name": "gpio_out",
        "version": "1.0",
        "timestamp": int(NOW.timestamp()),
        "payload": {"type": "gpio_out", "body": {"io": 0, "value": 2, "delay": 1000}},
    }
    name, data = command("abc", msgspec.structs.replace(OPTIONS, direct_open=True), NOW)
    assert (name, json.loads(data)["payload"]) == (
        "gate_direct_open",
        {"type": "gate_direct_open", "body": {}},
    )


def test_nothing_that_is_skipped_costs_memory() -> None:
    """Eight megabytes of lists would be some hundred if they were kept."""
    body = b'{"x":[' + b"[]," * 2_500_000 + b'[]],"AlarmInfoPlate":{"result":{"PlateResult":{}}}}'
    tracemalloc.start()
    try:
        assert isinstance(read_push(body, "", OPTIONS, NOW), Reading)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    finally:
        tracemalloc.stop()
