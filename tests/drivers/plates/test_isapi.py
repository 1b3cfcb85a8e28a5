"""What Hikvision's alerts mean: golden vectors, composed by us from shapes in public; see `shapes`."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import InvalidMessage, Refused
from contract.passes import Direction, PlateColour
from drivers.isapi.document import read_document
from drivers.isapi.push import Picture, Push
from drivers.plates.isapi import read_sighting
from drivers.plates.sighting import Sighting
from tests.drivers.isapi.shapes import (
    FACE,
    HEARTBEAT,
    HIKVISION,
    ISAPI,
    JSON,
    MOTION,
    PASS,
    PLATE,
    SCENE,
    STD_CGI,
    UUID,
    anpr,
)

NOW = datetime(2026, 5, 7, 9, 48, 5, tzinfo=UTC)
AT = datetime(2026, 5, 7, 9, 48, 3, 847000, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MOVES = {"forward": Direction.IN, "reverse": Direction.OUT, None: Direction.UNKNOWN}

Read = Callable[[bytes], Sighting]


def said(body: bytes, *pictures: Picture, **more: object) -> Sighting | None:
    push = Push(read_document(body), pictures)
    return read_sighting(push, NOW, SHANGHAI, lambda move: MOVES.get(move, Direction.UNKNOWN), **more)  # type: ignore[arg-type] # words of the one under test


def seen(body: bytes, *pictures: Picture, **more: object) -> Sighting:
    sighting = said(body, *pictures, **more)
    assert sighting is not None
    return sighting


@pytest.mark.parametrize("namespace", [ISAPI, HIKVISION, STD_CGI])
def test_an_alert_is_a_sighting(namespace: str) -> None:
    assert seen(anpr(namespace=namespace)) == Sighting(
        plate="浙B12345",
        record=UUID,
        taken_at=AT,
        colour=PlateColour.BLUE,
        confidence=98.0,
        direction=Direction.IN,
    )


def test_json_says_the_same() -> None:
    assert seen(JSON) == Sighting(
        plate="浙B12345",
        record=UUID,
        taken_at=AT.replace(microsecond=0),
        colour=PlateColour.GREEN,
        confidence=98.0,
        direction=Direction.OUT,
    )


@pytest.mark.parametrize(
    ("written", "plate"),
    [
        ("浙B·12345", "浙B12345"),
        ("浙b 12345", "浙B12345"),
        ("粤B12345学", "粤B12345学"),
        ("WX1234A", "WX1234A"),
        ("unknown", ""),
        ("UNKNOWN", ""),
        ("无车牌", ""),
        ("noPlate", ""),
        ("no plate", ""),
        ("null", ""),
        ("", ""),
        ("-", ""),
        ("1กข2345", ""),
        ("浙" * 40, ""),
    ],
)
def test_plates_as_cameras_write_them(written: str, plate: str) -> None:
    assert seen(anpr(written)).plate == plate


def test_what_the_camera_read_first_stands_in_for_what_it_made_of_it() -> None:
    assert seen(anpr("unknown", originalLicensePlate="浙B12345")).plate == "浙B12345"
    assert seen(anpr("浙B12345", originalLicensePlate="浙B1234S")).plate == "浙B12345"


@pytest.mark.parametrize(
    ("word", "colour"),
    [
        ("blue", PlateColour.BLUE),
        ("Yellow", PlateColour.YELLOW),
        ("newEnergyGreen", PlateColour.GREEN),
        ("newEnergyYellowGreen", PlateColour.YELLOW_GREEN),
        ("yellow-green", PlateColour.YELLOW_GREEN),
        ("白色", PlateColour.WHITE),
        ("other", PlateColour.UNKNOWN),
        ("", PlateColour.UNKNOWN),
    ],
)
def test_colours(word: str, colour: PlateColour) -> None:
    assert seen(anpr(plateColor=word)).colour is colour


@pytest.mark.parametrize(
    ("written", "colour"), [("蓝浙B12345", PlateColour.BLUE), ("黄绿浙BD12345", PlateColour.YELLOW_GREEN)]
)
def test_a_plate_may_begin_with_its_colour(written: str, colour: PlateColour) -> None:
    sighting = seen(anpr(written, plateColor="unknown"))
    assert (sighting.plate[:2], sighting.colour) == ("浙B", colour)
    assert seen(anpr(written, plateColor="white")).colour is PlateColour.WHITE


@pytest.mark.parametrize(
    ("written", "confidence"),
    [
        ("98", 98.0),
        ("92.5", 92.5),
        ("0.95", 95.0),
        ("1.0", 100.0),
        ("1", 1.0),
        ("0", 0.0),
        ("", None),
        ("101", None),
        ("-1", None),
        ("nan", None),
        ("high", None),
    ],
)
def test_confidence_is_a_percentage_or_a_fraction(written: str, confidence: float | None) -> None:
    assert seen(anpr(confidenceLevel=written)).confidence == confidence


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-07T17:48:03.847+08:00", AT),
        ("2026-05-07T09:48:03.847Z", AT),
        ("2026-05-07T17:48:03.847+0800", AT),
        ("2026-05-07T17:48:03.847+8:00", AT),
        ("2026-05-07T17:48:03.847 08:00", AT),
        ("2026-05-07T17:48:03.847", AT),
        ("2026-05-07 17:48:03.847", AT),
        ("2026-05-07T17:48:03,8470001", AT),
        ("2026-5-7T17:48:03.847", AT),
        ("20260507T174803.847", AT),
        ("2026-05-07T04:48:03.847-05:00", AT),
        ("2026-05-07T17:48:03", AT.replace(microsecond=0)),
        ("1970-01-01T08:00:00+08:00", NOW),
        ("0001-06-01T00:00:00Z", NOW),
        ("9999-12-31T23:59:59Z", NOW),
        ("2026-02-30T00:00:00", NOW),
        ("2026-05-07T17:48:03+99:00", NOW),
        ("0001-01-01T00:00:00+08:00", NOW),
        ("yesterday", NOW),
        ("", NOW),
    ],
)
def test_times_as_cameras_write_them(written: str, expected: datetime) -> None:
    sighting = seen(anpr(top={"dateTime": written}))
    assert (sighting.taken_at, sighting.dated) == (expected, expected != NOW)


def test_directions_are_the_sites_to_name() -> None:
    words = {
        "forward": Direction.IN,
        "reverse": Direction.OUT,
        "Forward": Direction.IN,
        "sideways": Direction.UNKNOWN,
    }
    words |= {"unknown": Direction.UNKNOWN, "": Direction.UNKNOWN}
    assert {word: seen(anpr(direction=word)).direction for word in words} == words


@pytest.mark.parametrize(
    ("body", "replay"),
    [
        (anpr(), False),
        (anpr(top={"activePostCount": "0"}), False),
        (anpr(top={"activePostCount": ""}), False),
        (anpr(top={"activePostCount": "2"}), True),
        (anpr(top={"activePostCount": "80"}), True),
        (anpr(top={"isDataRetransmission": "true"}), True),
        (anpr(top={"isDataRetransmission": "false"}), False),
        (anpr(alarmDataType="1"), True),
        (anpr(alarmDataType="0"), False),
        (JSON.replace(b'"activePostCount":1', b'"activePostCount":2'), True),
        (JSON.replace(b'"picNum":1', b'"isDataRetransmission":true'), True),
    ],
)
def test_what_is_said_again_or_late_is_a_replay(body: bytes, replay: bool) -> None:
    assert seen(body).replay is replay


def test_a_camera_that_numbers_its_posts_is_known_by_its_options() -> None:
    assert not seen(anpr(top={"activePostCount": "80"}), numbers_posts=True).replay
    assert seen(
        anpr(top={"activePostCount": "80", "isDataRetransmission": "true"}), numbers_posts=True
    ).replay


def test_a_record_is_the_same_when_it_is_said_again_and_no_others() -> None:
    for uuid in ("", "x", "00000000-0000-0000-0000-000000000000"):
        one = seen(anpr(top={"UUID": uuid})).record
        assert len(one) == 32
        assert seen(anpr(top={"UUID": uuid, "activePostCount": "2"}, confidenceLevel="60")).record == one
        others = [
            anpr("浙B54321", top={"UUID": uuid}),
            anpr(top={"UUID": uuid, "dateTime": "2026-05-07T17:48:04.847+08:00"}),
            anpr(top={"UUID": uuid, "macAddress": "44:a6:42:00:00:02"}),
            anpr(top={"UUID": uuid, "channelID": "2"}),
        ]
        assert one not in {seen(each).record for each in others}
    assert seen(anpr(top={"UUID": UUID.upper()})).record == UUID


def test_the_whole_comes_first_then_the_plate_and_no_faces() -> None:
    scene, plate = Picture("detectionPicture.jpg", SCENE), Picture("licensePlatePicture.jpg", PLATE)
    face, pilot = Picture("featurePicture.jpg", FACE), Picture("pilotPicture.jpg", FACE)
    vehicle = Picture("vehiclePicture.jpg", FACE)
    assert seen(anpr(), plate, face, pilot, scene, vehicle).pictures == (SCENE, PLATE)
    assert seen(anpr(), plate).pictures == (PLATE,)
    assert seen(anpr(), face).pictures == ()
    assert seen(anpr(), Picture("", PLATE), Picture("", SCENE)).pictures == (SCENE, PLATE)


@pytest.mark.parametrize("body", [HEARTBEAT, MOTION, PASS, anpr(top={"eventState": "inactive"})])
def test_other_events_are_no_sightings(body: bytes) -> None:
    assert said(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body/></html>",
        b"<ResponseStatus><eventType>ANPR</eventType></ResponseStatus>",
        b"<EventNotificationAlert/>",
        b"<EventNotificationAlert><eventType>ANPR</eventType></EventNotificationAlert>",
        b"{}",
        b'{"eventType":{"it":"ANPR"}}',
    ],
)
def test_what_is_no_alert_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        said(body)


def test_another_cameras_alert_is_refused() -> None:
    assert seen(anpr(), serial="44:A6:42:00:00:01")
    told = {"deviceUUID": "DS-TCG405-E 20220323AIJ67694167"}
    assert seen(anpr(top=told), serial="20220323aij67694167")
    assert seen(
        b"<EventNotificationAlert><eventType>ANPR</eventType><ANPR/></EventNotificationAlert>", serial="1"
    )
    for body in (anpr(), HEARTBEAT):
        with pytest.raises(Refused) as refused:
            said(body, serial="44:a6:42:00:00:02")
        assert refused.value.code == "wrong-serial"


@given(
    st.dictionaries(
        st.sampled_from(["licensePlate", "confidenceLevel", "direction", "plateColor"]), st.text()
    )
)
def test_any_words_make_a_sighting_that_fits(words: dict[str, str]) -> None:
    fields = {name: "".join(each for each in text if each.isalnum()) for name, text in words.items()}
    with suppress(InvalidMessage):
        sighting = seen(anpr(**fields))
        assert sighting.confidence is None or 0 <= sighting.confidence <= 100
        assert len(sighting.plate) <= 16


@given(st.text(alphabet="0123456789-:T .+Z٣", max_size=32))
def test_any_time_is_an_aware_one(text: str) -> None:
    assert seen(anpr(top={"dateTime": text})).taken_at.utcoffset() == timedelta(0)
