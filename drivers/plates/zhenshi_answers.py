"""What Zhenshi (臻识) cameras are told: answers to what they push, and commands over MQTT. No socket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from drivers.plates.options import PlateOptions
from drivers.plates.zhenshi_result import Reading

IDLE: Final = b'{"status":"ok"}'
"""To heartbeats, and to whatever asks for nothing."""

PULSE: Final = 2
"""`value` of an output: on, and off after `delay` ms (§2.6.6)."""


def answer(reading: Reading, options: PlateOptions, *, opens: bool) -> bytes:
    """Answer a pushed result; `opens`: now.

    `info` "ok" opens (§2.6.1). `retransfer_stop`: cameras that do not hear it send the result for ever. An
    offline record is named, so that the camera goes on with the next (§2.1.2).
    """
    by_answer = opens and options.open_by == "answer"
    said: dict[str, Any] = {
        "info": "ok" if by_answer else "no",
        "content": "retransfer_stop",
        "channelNum": reading.channel,
        "is_pay": "true",
    }
    if opens and not by_answer:
        said["ivs_ioctrl"] = pulse(options)
    if reading.plate_id is not None:
        said["plateid"] = reading.plate_id
        if reading.sighting.replay:
            said["ContinuePushOffline"] = {"plateid": reading.plate_id, "continue": 1}
    return msgspec.json.encode({"Response_AlarmInfoPlate": said})


def opening(options: PlateOptions) -> bytes:
    """Answer a poll so that the camera opens (§2.6.6)."""
    return msgspec.json.encode({"Response_AlarmInfoPlate": {"ivs_ioctrl": pulse(options)}})


def pulse(options: PlateOptions) -> Mapping[str, int]:
    """Say how the relay opens the barrier."""
    return {"io": options.relay, "value": PULSE, "delay": options.pulse_ms}


def command(ident: str, options: PlateOptions, now: datetime) -> tuple[str, bytes]:
    """Return the name and the envelope of the command that opens."""
    name = "gate_direct_open" if options.direct_open else "gpio_out"
    envelope = {
        "id": ident,
        "sn": options.serial,
        "name": name,
        "version": "1.0",
        "timestamp": int(now.timestamp()),
        "payload": {"type": name, "body": {} if options.direct_open else pulse(options)},
    }
    return name, msgspec.json.encode(envelope)
