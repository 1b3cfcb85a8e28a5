"""What is said in 云快充 frames (1.6 and 1.7): the body of each message.

A pile's number is 14 digits and an order's 32, a gun's two, all as BCD; integers are little-endian. Money is
in yuan with four decimals, prices with five, energy in kWh with four; here money is whole fen and energy Wh.
"""

import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NamedTuple, Self

NO_ORDER: Final = "0" * 32
CHINA: Final = timezone(timedelta(hours=8))
_TENTH_WH: Final = 10  # four decimals of a kWh
_COLDEST: Final = 50
_METER_CIPHER: Final = bytes(6 + 34 + 2 + 1)  # 1.7: the meter's number, its cipher text, version and method


class Login(NamedTuple):
    """What a pile is (§6.1). `version` 16 is protocol 1.6."""

    pile: str
    guns: int
    version: int
    software: str
    sim: str

    def encode(self) -> bytes:
        """Give the body; AC, connected by a SIM card of China Unicom."""
        software = self.software.encode().ljust(8, b"\0")
        head = bcd(self.pile, 7) + bytes([1, self.guns, self.version])
        return head + software + b"\0" + bcd(self.sim, 10) + b"\x02"


class Realtime(NamedTuple):
    """How a gun is (§7.2). Energy in Wh, money in fen; `faults` are bits of `GunFault`."""

    order: str
    pile: str
    gun: int
    state: int
    plugged: bool
    voltage: float
    current: float
    temperature: float
    soc: int
    minutes: int
    left_minutes: int
    energy: float
    amount: int
    faults: int

    def encode(self) -> bytes:
        """Give the body. The gun lies in its holder where it is not in a car; no losses are added."""
        energy = _tenths(self.energy)
        return (
            bcd(self.order, 16)
            + bcd(self.pile, 7)
            + bcd(str(self.gun), 1)
            + bytes([self.state, not self.plugged, self.plugged])
            + struct.pack("<HH", round(self.voltage * 10), round(self.current * 10))
            + bytes([celsius(self.temperature)])
            + bytes(8)  # the cable's number
            + bytes([self.soc, celsius(self.temperature)])
            + struct.pack("<HH", self.minutes, self.left_minutes)
            + struct.pack("<III", energy, energy, self.amount * 100)
            + struct.pack("<H", self.faults)
        )


class Share(NamedTuple):
    """What of a charge fell to one of the prices: that in 1e-5 yuan a kWh, energy in Wh, money in fen."""

    price: int
    energy: float = 0.0
    amount: int = 0

    def encode(self) -> bytes:
        """Give its part of a record."""
        energy = _tenths(self.energy)
        return struct.pack("<IIII", self.price, energy, energy, self.amount * 100)


class Record(NamedTuple):
    """A charge that is over (§8.7). Times in Unix seconds, meters in Wh; `shares`: dearest price first."""

    order: str
    pile: str
    gun: int
    began: float
    ended: float
    shares: tuple[Share, Share, Share, Share]
    meter_began: int
    meter_ended: int
    why: int
    flag: int = 1  # begun by an app

    def encode(self, *, version: int = 16) -> bytes:
        """Give the body of a 3B, or of a 3D from protocol 1.7 on."""
        energy = _tenths(sum(share.energy for share in self.shares))
        amount = sum(share.amount for share in self.shares) * 100
        return (
            bcd(self.order, 16)
            + bcd(self.pile, 7)
            + bcd(str(self.gun), 1)
            + cp56(self.began)
            + cp56(self.ended)
            + (_METER_CIPHER if version >= 17 else b"")
            + b"".join(share.encode() for share in self.shares)
            + (self.meter_began * _TENTH_WH).to_bytes(5, "little")
            + (self.meter_ended * _TENTH_WH).to_bytes(5, "little")
            + struct.pack("<III", energy, energy, amount)
            + bytes(17)  # the car's VIN, which AC does not tell
            + bytes([self.flag])
            + cp56(self.ended)
            + bytes([self.why])
            + bytes(8)  # no card
        )


class Start(NamedTuple):
    """The platform's wish to start (§8.3): `balance` in fen is what the charge may cost."""

    order: str
    pile: str
    gun: int
    balance: int

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body; ValueError where it makes no sense."""
        order, pile, gun, _cards, balance = struct.unpack("<16s7s1s16sI", fitting(body, 44))
        return cls(digits(order), digits(pile), int(digits(gun)), balance)


def fitting(body: bytes, length: int) -> bytes:
    """Return a body that has at least `length` bytes, cut to it; later versions add some at the end."""
    if len(body) < length:
        raise ValueError(f"a body of {len(body)} bytes, not {length}")
    return body[:length]


def bcd(number: str, length: int) -> bytes:
    """Write decimal digits two a byte, with zeros before them."""
    return bytes.fromhex(number.zfill(length * 2))


def digits(text: bytes) -> str:
    """Read BCD; ValueError where it is none."""
    number = text.hex()
    if not number.isdecimal():
        raise ValueError(f"not BCD: {number}")
    return number


def _tenths(energy_wh: float) -> int:
    return max(0, round(energy_wh * _TENTH_WH))


def celsius(temperature: float) -> int:
    """Write a temperature."""
    return max(0, min(255, round(temperature) + _COLDEST))


def cp56(at: float) -> bytes:
    """Write a time as CP56Time2a (IEC 60870-5-4), by China's clocks as the piles do."""
    local = datetime.fromtimestamp(at, UTC).astimezone(CHINA)
    milliseconds = local.second * 1000 + local.microsecond // 1000
    day = local.day | local.isoweekday() << 5
    rest = bytes([local.minute, local.hour, day, local.month, local.year - 2000])
    return milliseconds.to_bytes(2, "little") + rest


def read_cp56(text: bytes) -> float:
    """Read a time; ValueError where it is none."""
    milliseconds = int.from_bytes(text[:2], "little")
    masks = (0x3F, 0x1F, 0x1F, 0x0F, 0x7F)
    minute, hour, day, month, year = (byte & mask for byte, mask in zip(text[2:7], masks, strict=True))
    local = datetime(2000 + year, month, day, hour, minute, tzinfo=CHINA)
    return local.timestamp() + milliseconds / 1000
