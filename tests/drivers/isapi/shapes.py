"""What Hikvision's cameras write, in the shapes that public parsers and their tests hold; composed by us.

No camera was at hand: these are golden vectors, and prove no more than that we read those shapes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ISAPI: Final = "http://www.isapi.org/ver20/XMLSchema"
HIKVISION: Final = "http://www.hikvision.com/ver20/XMLSchema"
STD_CGI: Final = "http://www.std-cgi.com/ver10/XMLSchema"

UUID: Final = "a0fe72d4-3652-464a-aebd-3f9190010236"
MAC: Final = "44:a6:42:00:00:01"
AT: Final = "2026-05-07T17:48:03.847+08:00"


def anpr(
    plate: str = "浙B12345",
    *,
    namespace: str = ISAPI,
    encoding: str = "utf-8",
    top: Mapping[str, str] = MappingProxyType({}),
    **fields: str,
) -> bytes:
    """Write an alert as `anpr.xml` has it; `fields` replace or add to those of ANPR, `top` those around."""
    inside = {
        "country": "86",
        "licensePlate": plate,
        "line": "1",
        "direction": "forward",
        "confidenceLevel": "98",
        "plateType": "unknown",
        "plateColor": "blue",
        "vehicleType": "SUVMPV",
        "vehicleInfo": "<index>0</index><color>black</color><vehicleLogoRecog>1036</vehicleLogoRecog>",
        "originalLicensePlate": plate,
    } | fields
    around = {
        "ipAddress": "192.0.2.4",
        "protocol": "HTTP",
        "macAddress": MAC,
        "channelID": "1",
        "dateTime": AT,
        "activePostCount": "1",
        "eventType": "ANPR",
        "eventState": "active",
        "eventDescription": "ANPR",
        "ANPR": "\n" + _elements(inside),
        "UUID": UUID,
        "picNum": "2",
    } | dict(top)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<EventNotificationAlert version="2.0" '
        f'xmlns="{namespace}">\n{_elements(around)}</EventNotificationAlert>\n'
    ).encode(encoding)


def _elements(texts: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{text}</{name}>\n" for name, text in texts.items())


JSON: Final = (
    '{"ipAddress":"192.0.2.4","portNo":80,"protocol":"HTTP","macAddress":"44:a6:42:00:00:01","channelID":1,'
    '"dateTime":"2026-05-07T17:48:03+08:00","activePostCount":1,"eventType":"ANPR","eventState":"active",'
    '"eventDescription":"ANPR","ANPR":{"licensePlate":"浙B12345","line":1,"direction":"reverse",'
    '"confidenceLevel":0.98,"plateColor":"newEnergyGreen"},"UUID":"a0fe72d4-3652-464a-aebd-3f9190010236",'
    '"picNum":1}'
).encode()

HEARTBEAT: Final = (
    b'<EventNotificationAlert version="1.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n'
    b"<ipAddress>192.0.2.4</ipAddress>\n<portNo>80</portNo>\n<protocol>HTTP</protocol>\n"
    b"<macAddress>44:a6:42:00:00:01</macAddress>\n<channelID>0</channelID>\n"
    b"<dateTime>2026-05-07T17:48:00+08:00</dateTime>\n<activePostCount>0</activePostCount>\n"
    b"<eventType>videoloss</eventType>\n<eventState>inactive</eventState>\n"
    b"<eventDescription>videoloss alarm</eventDescription>\n</EventNotificationAlert>\n"
)

MOTION: Final = HEARTBEAT.replace(b"videoloss", b"VMD").replace(b"inactive", b"active")

PASS: Final = (
    b'{"ipAddress":"192.0.2.9","macAddress":"44:a6:42:00:00:09","dateTime":"2026-09-08T07:42:18+08:00",'
    b'"activePostCount":1,"eventType":"AccessControllerEvent","eventState":"active","deviceID":"1",'
    b'"AccessControllerEvent":{"majorEventType":5,"subEventType":75,"employeeNoString":"1001","serialNo":123,'
    b'"currentEvent":true,"picturesNumber":0}}'
)

SCENE: Final = b"\xff\xd8\xff\xe0" + b"scene" * 4000 + b"\xff\xd9"
PLATE: Final = b"\xff\xd8\xff\xe0" + b"plate" * 400 + b"\xff\xd9"
FACE: Final = b"\xff\xd8\xff\xe0" + b"face!" * 900 + b"\xff\xd9"


def form(*parts: tuple[str, str, bytes], boundary: str = "boundary", end: str = "\r\n") -> bytes:
    """Write form data of parts (name, media type or nothing, body) as the cameras' own code does."""
    body = b""
    for name, kind, content in parts:
        head = f'--{boundary}{end}Content-Disposition: form-data; name="{name}"; filename="{name}"{end}'
        head += f"Content-Type: {kind}{end}" if kind else ""
        body += (head + f"Content-Length: {len(content)}{end}{end}").encode() + content + end.encode()
    return body + f"--{boundary}--{end}".encode()


def mixed(content: bytes, kind: str = 'application/xml; charset="UTF-8"') -> bytes:
    """Write one part of an event channel."""
    head = f"--boundary\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n"
