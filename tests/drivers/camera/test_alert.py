"""Alerts of Hikvision cameras, and one event for each happening.

Golden vectors, composed from the shapes that public parsers read; no camera was at hand, and no independent
one can be installed. What a real camera writes for a falling object may differ.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import InvalidMessage
from drivers.camera.alert import Alert, Region, read_alert
from drivers.camera.happenings import (
    ENDS_AFTER_S,
    MOST_AT_ONCE,
    MOST_PICTURES,
    PICTURE_WAIT_S,
    FallingObject,
    Happenings,
    VendorEvent,
)
from drivers.isapi.document import read_document

NOW = datetime(2026, 5, 7, 9, 48, 4, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))

FALL_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>192.0.2.4</ipAddress><protocol>HTTP</protocol><macAddress>44:a6:42:00:00:01</macAddress>
<channelID>1</channelID><dateTime>2026-05-07T17:48:03.847+08:00</dateTime><activePostCount>1</activePostCount>
<eventType>objectsThrownDetection</eventType><eventState>active</eventState>
<eventDescription>Objects thrown</eventDescription>
<DetectionRegionList><DetectionRegionEntry><regionID>1</regionID><sensitivityLevel>50</sensitivityLevel>
<TargetRect><X>0.630</X><Y>0.471</Y><width>0.038</width><height>0.108</height></TargetRect>
</DetectionRegionEntry></DetectionRegionList></EventNotificationAlert>"""

HEARTBEAT = b"""<EventNotificationAlert version="1.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<channelID>1</channelID><dateTime>2026-05-07T17:48:03+08:00</dateTime><activePostCount>0</activePostCount>
<eventType>videoloss</eventType><eventState>inactive</eventState></EventNotificationAlert>"""

FALL_JSON = b"""{"ipAddress":"192.0.2.4","channelID":1,"dateTime":"2026-05-07T17:48:03+08:00",
"activePostCount":1,"eventType":"fallingObject","eventState":"active","ObjectsThrownDetection":[{"regionID":1,
"TargetRect":{"X":0.63,"Y":0.471,"width":0.038,"height":0.108}}]}"""

REGION = Region(x=0.63, y=0.471, width=0.038, height=0.108)


def read(text: bytes) -> Alert:
    return read_alert(read_document(text))


def test_a_falling_object_in_xml() -> None:
    assert read(FALL_XML) == Alert(
        event="objectsThrownDetection",
        active=True,
        channel="1",
        time=datetime(2026, 5, 7, 17, 48, 3, 847000, tzinfo=BEIJING),
        regions=(REGION,),
    )


@pytest.mark.parametrize(
    "text",
    [
        FALL_XML.replace(b"www.isapi.org", b"www.hikvision.com"),
        FALL_XML.replace(b' xmlns="http://www.isapi.org/ver20/XMLSchema"', b""),
        FALL_XML.replace(b"EventNotificationAlert", b"h:EventNotificationAlert").replace(
            b"xmlns=", b"xmlns:h="
        ),
        b"\r\n" + FALL_XML + b"\r\n",
    ],
)
def test_the_namespace_does_not_matter(text: bytes) -> None:
    assert read(text) == read(FALL_XML)


def test_a_falling_object_in_json() -> None:
    alert = read(FALL_JSON)
    assert (alert.event, alert.channel, alert.regions) == ("fallingObject", "1", (REGION,))


def test_a_heartbeat_is_inactive() -> None:
    alert = read(HEARTBEAT)
    assert not alert.active


def test_a_time_without_its_offset_is_no_time() -> None:
    alert = read(FALL_XML.replace(b"+08:00", b""))
    assert alert.time is None


def test_a_rectangle_outside_of_the_picture_is_none() -> None:
    alert = read(FALL_XML.replace(b"0.630", b"nan"))
    assert alert.regions == ()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"<EventNotificationAlert>",
        b"<Other><eventType>VMD</eventType></Other>",
        FALL_XML.replace(b"objectsThrownDetection", b"a b"),
        b'<!DOCTYPE a [<!ENTITY b "VMD">]>'
        + FALL_XML.replace(b"objectsThrownDetection", b"&b;").split(b"?>")[1],
        b"<EventNotificationAlert>" + b" " * 600_000 + b"</EventNotificationAlert>",
        b'{"eventType":"VMD"',
        b"{}",
        b"{" * 5000,
        b'{"a":' + b"[" * 200_000,
    ],
)
def test_nonsense_is_refused(nonsense: bytes) -> None:
    with pytest.raises(InvalidMessage):
        read(nonsense)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_an_alert_or_refused(body: bytes) -> None:
    for text in (body, b"<" + body, b"{" + body, FALL_XML[:500] + body + FALL_XML[500:]):
        with suppress(InvalidMessage):
            read(text)


class Camera:
    """Alerts over time."""

    def __init__(self) -> None:
        self.happenings, self.now_s = Happenings(), 0.0

    def says(self, event: str, *, active: bool = True, time: datetime | None = None) -> list[VendorEvent]:
        alert = Alert(event=event, active=active, channel="1", time=time, regions=())
        return list(self.happenings.alert(alert, self.now_s, NOW))

    def waits(self, seconds: float) -> list[VendorEvent]:
        self.now_s += seconds
        return list(self.happenings.due(self.now_s))


def test_repeats_are_one_event_with_the_pictures_that_follow_it() -> None:
    camera = Camera()
    assert camera.says("objectsThrownDetection", time=NOW.astimezone(BEIJING)) == []
    camera.happenings.picture(b"one")
    camera.happenings.picture(b"two")
    fall = FallingObject(
        event="objectsThrownDetection", time=NOW, channel="1", pictures=(b"one", b"two"), clock_error_s=0
    )
    assert camera.waits(PICTURE_WAIT_S) == [fall]
    for _ in range(20):
        assert camera.waits(1) == []
        assert camera.says("objectsThrownDetection") == []
        camera.happenings.picture(b"of a repeat")
    camera.waits(ENDS_AFTER_S + 0.1)
    camera.says("objectsThrownDetection")
    assert [type(event) for event in camera.waits(1)] == [FallingObject]


def test_an_end_that_is_told_is_an_end() -> None:
    camera = Camera()
    camera.says("VMD")
    assert len(camera.waits(1)) == 1
    camera.says("VMD", active=False)
    camera.says("VMD")
    assert len(camera.waits(1)) == 1


def test_another_event_ends_the_wait_and_takes_the_pictures() -> None:
    camera = Camera()
    camera.says("VMD")
    first = camera.says("fallingObject")
    camera.happenings.picture(b"of the fall")
    assert [(type(event), event.event, event.pictures) for event in first] == [(VendorEvent, "VMD", ())]
    assert [event.pictures for event in camera.happenings.rest()] == [(b"of the fall",)]


def test_pictures_and_kinds_of_events_are_bounded() -> None:
    camera = Camera()
    camera.happenings.picture(b"of nothing")
    for number in range(3 * MOST_AT_ONCE):
        camera.says(f"event-{number}")
    assert len(camera.happenings._last_s) == MOST_AT_ONCE
    for _ in range(9):
        camera.happenings.picture(b"x")
    assert [len(event.pictures) for event in camera.waits(1)] == [MOST_PICTURES]


@pytest.mark.parametrize(
    ("said", "taken", "error_s"),
    [
        (NOW - timedelta(seconds=59), NOW - timedelta(seconds=59), -59),
        (NOW + timedelta(hours=8), NOW, 8 * 3600),
        (None, NOW, None),
    ],
)
def test_the_cameras_time_is_believed_within_a_minute(
    said: datetime | None, taken: datetime, error_s: float | None
) -> None:
    camera = Camera()
    camera.says("VMD", time=said)
    (event,) = camera.waits(1)
    assert (event.time, event.clock_error_s) == (taken, error_s)
