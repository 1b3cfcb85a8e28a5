"""A vendor's event channel, as Hikvision cameras have it: one endless multipart/mixed answer over HTTP.

Parts are XML or JSON, a JPEG may follow. What cameras do: an event is sent again every second while it
lasts, with a growing `activePostCount`, nobody says when it ends; a heartbeat is `videoloss` `inactive`.
The shapes are those of public parsers (the envelope, `TargetRect`, the list `ObjectsThrownDetection`); how a
real camera fills them for a falling object could not be seen.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeAlias

from simulators.clock import Clock

Form: TypeAlias = Literal["xml", "json"]

BOUNDARY = "boundary"
HEARTBEAT_S = 10.0
REPEAT_S = 1.0
LASTS_S = 3.0
MOST_UNREAD = 64  # parts for a listener who does not listen
_ZONE = timezone(timedelta(hours=8))
_DESCRIPTION = {
    "objectsThrownDetection": "Objects thrown detection alarm",
    "VMD": "Motion alarm",
    "shelteralarm": "Video tampering alarm",
    "videoloss": "videoloss alarm",
}
_NAMESPACE = "http://www.isapi.org/ver20/XMLSchema"
_OLD_NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"  # the same firmware uses both


@dataclass(slots=True)
class _Alert:
    event: str
    picture: bytes | None
    left_s: float = LASTS_S
    until_repeat_s: float = 0.0
    count: int = 0


class Alerts:
    """The channel of one camera; `started` counts events, `sent` counts parts to somebody."""

    def __init__(self, clock: Clock, form: Form = "xml") -> None:
        self.started = self.sent = 0
        self._clock = clock
        self._form = form
        self._alerts: list[_Alert] = []
        self._until_heartbeat_s = 0.0
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    def start(self, event: str, picture: bytes | None = None) -> None:
        """Let an event begin; it lasts some seconds. Its first message is followed by `picture`."""
        self.started += 1
        self._alerts.append(_Alert(event, picture))

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass, and say what is due."""
        self._until_heartbeat_s -= dt_s
        if self._until_heartbeat_s <= 0:
            self._until_heartbeat_s = HEARTBEAT_S
            self._send(_part("application/xml", self._xml("videoloss", "inactive", 0, _OLD_NAMESPACE)))
        for alert in self._alerts:
            self._repeat(alert, dt_s)
        self._alerts = [alert for alert in self._alerts if alert.left_s > 0]

    def _repeat(self, alert: _Alert, dt_s: float) -> None:
        if alert.until_repeat_s <= 0:
            alert.until_repeat_s += REPEAT_S
            alert.count += 1
            self._send(self._message(alert))
            if alert.picture and alert.count == 1:
                self._send(_part("image/jpeg", alert.picture))
        alert.until_repeat_s -= dt_s
        alert.left_s -= dt_s

    def listen(self) -> asyncio.Queue[bytes | None]:
        """Join; None in the queue is the end."""
        self._until_heartbeat_s = 0.0
        listener: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNREAD)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: asyncio.Queue[bytes | None]) -> None:
        """Listen no more."""
        self._listeners.discard(listener)

    def hang_up(self) -> None:
        """End the channel for everybody who listens now."""
        for listener in self._listeners:
            while not listener.empty():
                listener.get_nowait()
            listener.put_nowait(None)
        self._listeners.clear()

    def _send(self, part: bytes) -> None:
        for listener in self._listeners:
            if not listener.full():
                listener.put_nowait(part)
                self.sent += 1

    def _message(self, alert: _Alert) -> bytes:
        if self._form == "json":
            return _part("application/json", self._json(alert))
        return _part("application/xml", self._xml(alert.event, "active", alert.count, _NAMESPACE))

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock.now_s(), _ZONE).isoformat(timespec="milliseconds")

    def _xml(self, event: str, state: str, count: int, namespace: str) -> bytes:
        region = (
            "<DetectionRegionList><DetectionRegionEntry><regionID>1</regionID><TargetRect>"
            "<X>0.380</X><Y>0.050</Y><width>0.030</width><height>0.900</height>"
            "</TargetRect></DetectionRegionEntry></DetectionRegionList>"
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\r\n<EventNotificationAlert version="2.0" '
            f'xmlns="{namespace}">\r\n<ipAddress>192.0.2.64</ipAddress><portNo>80</portNo>'
            f"<protocol>HTTP</protocol><macAddress>44:a6:42:00:00:01</macAddress><channelID>1</channelID>"
            f"<dateTime>{self._now()}</dateTime><activePostCount>{count}</activePostCount>"
            f"<eventType>{event}</eventType><eventState>{state}</eventState>"
            f"<eventDescription>{_DESCRIPTION[event]}</eventDescription>"
            f"{region if event == 'objectsThrownDetection' else ''}</EventNotificationAlert>\r\n"
        ).encode()

    def _json(self, alert: _Alert) -> bytes:
        said: dict[str, object] = {
            "ipAddress": "192.0.2.64",
            "macAddress": "44:a6:42:00:00:01",
            "channelID": 1,
            "dateTime": self._now(),
            "activePostCount": alert.count,
            "eventType": alert.event,
            "eventState": "active",
            "eventDescription": _DESCRIPTION[alert.event],
        }
        if alert.event == "objectsThrownDetection":
            rectangle = {"X": 0.38, "Y": 0.05, "width": 0.03, "height": 0.9}
            said["ObjectsThrownDetection"] = [{"regionID": 1, "TargetRect": rectangle}]
        return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _part(kind: str, body: bytes) -> bytes:
    charset = "" if kind.startswith("image/") else '; charset="UTF-8"'
    head = f"--{BOUNDARY}\r\nContent-Type: {kind}{charset}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"
