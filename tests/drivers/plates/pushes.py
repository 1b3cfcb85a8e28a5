"""What Zhenshi (臻识) cameras send, composed by us from the vendor's HTTP protocol and public notes on MQTT.

None of it was recorded from a camera: names, nesting and odd encodings are those that these sources show.
"""

import base64
import json
from typing import Any

SERIAL = "265e1040-85e01fb7"
PLATE = "粤A12345"
SEC = 1_751_515_200
USEC = 687_772

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200 + b"\xff\xd9"
SMALL = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x01" * 50 + b"\xff\xd9"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def large_jpeg(size: int) -> bytes:
    """Return bytes that begin and end as a picture does."""
    return JPEG[:-2] + b"\x5a" * (size - len(JPEG)) + b"\xff\xd9"


def result(**fields: Any) -> dict[str, Any]:
    """Return a `PlateResult` with every field that the vendor's document names; None leaves one out."""
    rect = {"RECT": {"bottom": 674, "left": 1002, "right": 1263, "top": 565}}
    every: dict[str, Any] = {
        "bright": 0,
        "carBright": 0,
        "carColor": 255,
        "car_brand": {"brand": 255, "type": 255, "year": 65535},
        "carlocation": rect,
        "clean_time": 0,
        "colorType": 1,
        "colorValue": 0,
        "confidence": 96,
        "direction": 4,
        "feature_code": True,
        "imageFile": b64(JPEG),
        "imageFileLen": len(JPEG),
        "imageFragmentFile": b64(SMALL),
        "imageFragmentFileLen": len(SMALL),
        "gioouts": [{"ctrltype": 0, "ionum": "0"}, {"ctrltype": 0, "ionum": "1"}],
        "is_fake_plate": 0,
        "isoffline": 0,
        "license": PLATE,
        "license_ext_type": 0,
        "location": rect,
        "plate_distance": 0,
        "plate_true_width": 25,
        "plateid": 21085,
        "plates": [{"color": 1, "license": PLATE, "plate_width": 281, "pos": rect["RECT"], "type": 1}],
        "timeStamp": {
            "Timeval": {
                "decday": 3,
                "dechour": 12,
                "decmin": 0,
                "decmon": 7,
                "decsec": 0,
                "decyear": 2025,
                "sec": SEC,
                "usec": USEC,
            }
        },
        "timeUsed": 0,
        "triggerType": 1,
        "type": 1,
    }
    every |= fields
    return {key: value for key, value in every.items() if value is not None}


def alarm(serial: str | None = SERIAL, **fields: Any) -> dict[str, Any]:
    """Return what is pushed over HTTP."""
    said = {
        "channel": 0,
        "deviceName": "IN-1",
        "ipaddr": "192.168.1.100",
        "result": {"PlateResult": result(**fields)},
        "rule_id": 1,
        "serialno": serial,
        "user_data": "",
    }
    return {"AlarmInfoPlate": {key: value for key, value in said.items() if value is not None}}


def push(**fields: Any) -> bytes:
    """Return the body of a push of a plate."""
    return json.dumps(alarm(**fields), ensure_ascii=False).encode()


def gio_in(source: Any = 0, value: Any = 1) -> dict[str, Any]:
    """Return that an input has changed."""
    trigger = {"TriggerResult": {"source": source, "value": value}}
    return {
        "AlarmGioIn": {
            "deviceName": "IVS",
            "ipaddr": "192.168.1.100",
            "result": trigger,
            "serialno": SERIAL,
        }
    }


def heartbeat(serial: str = SERIAL) -> tuple[str, bytes]:
    """Return the type and the body of a heartbeat, which cameras send with their account in it."""
    boundary = "-" * 26 + "caa771fe4a61f3d9"
    fields = {
        "device_name": "IVS",
        "ipaddr": "192.168.1.100",
        "port": "80",
        "user_name": "admin",
        "pass_wd": "hunter2hunter2",
        "serialno": serial,
        "channel_num": "1",
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"multipart/form-data; boundary={boundary}", ("".join(parts) + f"--{boundary}--\r\n").encode()


def envelope(kind: str, body: dict[str, Any] | None, **fields: Any) -> bytes:
    """Return an MQTT message."""
    said: dict[str, Any] = {
        "id": "1751515200-17",
        "sn": SERIAL,
        "name": kind,
        "version": "1.0",
        "timestamp": SEC,
        "payload": {"type": kind, "body": body} if body is not None else None,
    }
    return json.dumps(said | fields, ensure_ascii=False).encode()


def mqtt_result(**fields: Any) -> bytes:
    """Return a plate as it comes over MQTT: the plate in base64, and the pictures elsewhere."""
    moved = {
        "license": b64(PLATE.encode()),
        "imageFile": None,
        "imageFragmentFile": None,
        "full_image_content": b64(JPEG),
        "small_image_content": b64(SMALL),
    }
    return envelope("ivs_result", alarm(**(moved | fields)))
