"""OSDP's numbers (SIA OSDP 2.2, annex A), as far as a door's reader needs them."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self


class Command(IntEnum):
    """What a control panel says."""

    POLL = 0x60
    ID = 0x61
    CAP = 0x62
    LSTAT = 0x64
    ISTAT = 0x65
    OSTAT = 0x66
    RSTAT = 0x67
    OUT = 0x68
    LED = 0x69
    BUZ = 0x6A
    KEYSET = 0x75
    CHLNG = 0x76
    SCRYPT = 0x77
    ACURXSIZE = 0x7B
    ABORT = 0xA2


class Reply(IntEnum):
    """What a peripheral device says."""

    ACK = 0x40
    NAK = 0x41
    PDID = 0x45
    PDCAP = 0x46
    LSTATR = 0x48
    ISTATR = 0x49
    OSTATR = 0x4A
    RSTATR = 0x4B
    RAW = 0x50
    KEYPAD = 0x53
    CCRYPT = 0x76
    RMAC_I = 0x78


class Nak(IntEnum):
    """Why a peripheral device says no."""

    LENGTH = 2
    UNKNOWN_COMMAND = 3
    SEQUENCE = 4
    SECURITY_CONDITIONS = 6
    RECORD = 9


class Block(IntEnum):
    """Types of security block: whose message it is, and whether its data are enciphered."""

    CHALLENGE = 0x11
    CHALLENGED = 0x12
    CRYPTOGRAM = 0x13
    ACCEPTED = 0x14
    COMMAND = 0x15
    REPLY = 0x16
    COMMAND_HIDDEN = 0x17
    REPLY_HIDDEN = 0x18


class OutputCode(IntEnum):
    """Control codes of an output; the timer counts tenths of a second, 0 without end."""

    NOP = 0
    OFF = 1
    ON = 2
    OFF_AFTER_TIMER = 3
    ON_AFTER_TIMER = 4
    ON_FOR = 5
    OFF_FOR = 6


class Colour(IntEnum):
    """Colours of an LED."""

    OFF = 0
    RED = 1
    GREEN = 2
    AMBER = 3
    BLUE = 4
    MAGENTA = 5
    CYAN = 6
    WHITE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Blink:
    """How an LED is lit: tenths of a second of one colour and of another, over and over."""

    on: Colour = Colour.OFF
    off: Colour = Colour.OFF
    on_tenths: int = 1
    off_tenths: int = 0

    @classmethod
    def read(cls, record: bytes) -> Self:
        """Read `on time, off time, on colour, off colour`; ValueError where it says nothing sensible."""
        on_tenths, off_tenths, on, off = record
        if not on_tenths and not off_tenths:
            raise ValueError("an LED that is neither on nor off")
        return cls(on=Colour(on), off=Colour(off), on_tenths=on_tenths, off_tenths=off_tenths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a peripheral device says that it is. `client_id` goes into the keys of a site's master key."""

    vendor: int
    model: int
    version: int
    serial: int
    firmware: tuple[int, int, int]

    @property
    def client_id(self) -> bytes:
        """The eight bytes of CCRYPT."""
        return self._maker() + self.serial.to_bytes(4, "little")[:3]

    def report(self) -> bytes:
        """Give the data of PDID."""
        return self._maker() + self.serial.to_bytes(4, "little") + bytes(self.firmware)

    def _maker(self) -> bytes:
        return self.vendor.to_bytes(3, "little") + bytes([self.model, self.version])
