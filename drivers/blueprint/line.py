r"""The call counter's words: ASCII lines that end in `\n`. Bytes and meaning, no socket.

We say `HELLO 1`, `ACK <n>`, `TEMP?` and `BEEP <seconds>`. It answers `HELLO <serial> <celsius>`, nothing,
`TEMP <celsius>`, and `OK` or `ERR <reason>`. By itself it says `PULSE <n> <unix ms>` for every happening, in
order, again from the last `ACK` after each `HELLO`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contract.clock import from_epoch_ms
from contract.errors import DeviceError

LONGEST_LINE: Final = 200

HELLO: Final = b"HELLO 1\n"
TEMPERATURE: Final = b"TEMP?\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The device says which one it is; the temperature in °C."""

    serial: str
    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Happening number `number`, counted at `time`."""

    number: int
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """The temperature in the housing in °C."""

    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The device has done it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The device has not done it."""

    reason: str


Answer = Hello | Temperature | Done | Trouble


def acknowledge(number: int) -> bytes:
    """Let the device forget all pulses up to `number`."""
    return b"ACK %d\n" % number


def beep(seconds: float) -> bytes:
    """Let the device beep for `seconds`."""
    return f"BEEP {seconds:g}\n".encode("ascii")


def read(line: bytes) -> Answer | Pulse:
    """Say what a line of the device means; DeviceError if it means nothing."""
    try:
        word, *rest = line.decode("ascii").rstrip("\r\n").split(" ", 1)
        return _read(word, rest[0] if rest else "")
    except (ValueError, OverflowError) as wrong:
        raise DeviceError(f"the device says {line!r}", code="bad-protocol") from wrong


def _read(word: str, rest: str) -> Answer | Pulse:
    if word == "PULSE":
        number, unix_ms = rest.split(" ")
        return Pulse(number=int(number), time=from_epoch_ms(int(unix_ms)))
    if word == "TEMP":
        return Temperature(celsius=float(rest))
    if word == "HELLO":
        serial, celsius = rest.split(" ")
        return Hello(serial=serial, celsius=float(celsius))
    if word == "OK":
        return Done()
    if word == "ERR":
        return Trouble(reason=rest)
    raise ValueError(word)
