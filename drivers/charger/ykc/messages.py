"""What 云快充 messages say of the pile itself: login, heartbeat, prices, time, restart. SI units. Pure.

Later versions add fields at the end, which are left alone. InvalidMessage if something is missing.
"""

from datetime import datetime
from enum import IntEnum
from struct import Struct as Layout
from typing import Any, Final, Self

from msgspec import Struct

from contract.errors import InvalidMessage
from drivers.charger.ykc import values

_LOGIN: Final = Layout("<7sBBB8sB10sB")
_HEARTBEAT: Final = Layout("<7ssB")
_TARIFF_CHECK: Final = Layout("<7s2s")
_PRICES: Final = Layout("<8I")
PILE: Final = 7
HALF_HOURS: Final = 48


class Kind(IntEnum):
    """What a frame is about: from the pile with odd numbers, to it mostly with even ones."""

    LOGIN = 0x01
    LOGGED_IN = 0x02
    HEARTBEAT = 0x03
    HEARTBEAT_ANSWER = 0x04
    TARIFF_CHECK = 0x05
    TARIFF_CHECKED = 0x06
    TARIFF_WANTED = 0x09
    TARIFF = 0x0A
    READ = 0x12
    REALTIME = 0x13
    CARD = 0x31
    CARD_ANSWER = 0x32
    STARTED = 0x33
    START = 0x34
    STOPPED = 0x35
    STOP = 0x36
    RECORD = 0x3B
    RECORD_17 = 0x3D
    RECORD_ANSWER = 0x40
    WORK_DONE = 0x51
    WORK = 0x52
    TIME_TAKEN = 0x55
    TIME = 0x56
    RESTARTED = 0x91
    RESTART = 0x92


class Login(Struct, frozen=True, kw_only=True):
    """01: what a pile is. `version` 16 is protocol V1.6; `sim` and `network` are kept nowhere."""

    pile: str
    direct: bool
    guns: int
    version: int
    software: str = ""
    network: int = 0
    sim: bytes = bytes(10)
    carrier: int = 0

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, type_, guns, version, software, network, sim, carrier = unpacked(_LOGIN, body, "login")
        return cls(
            pile=values.number(pile, "pile"),
            direct=type_ == 0,
            guns=guns,
            version=version,
            software=software.rstrip(b"\0").decode("ascii", "replace"),
            network=network,
            sim=sim,
            carrier=carrier,
        )

    def encode(self) -> bytes:
        """Write the body."""
        pile, software = values.bcd(self.pile, PILE), self.software.encode("ascii", "replace")
        said = (not self.direct, self.guns, self.version, software, self.network, self.sim, self.carrier)
        return _LOGIN.pack(pile, *said)

    @property
    def product(self) -> str:
        """What it is, for people."""
        protocol = f"V{self.version // 10}.{self.version % 10}"
        software = "".join(each for each in self.software if each.isprintable())
        return f"云快充 {protocol}, {'DC' if self.direct else 'AC'}, {self.guns} guns, {software}"


class Heartbeat(Struct, frozen=True, kw_only=True):
    """03: a gun of the pile, every 10 s."""

    pile: str
    gun: int
    faulty: bool

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, gun, state = unpacked(_HEARTBEAT, body, "heartbeat")
        return cls(pile=values.number(pile, "pile"), gun=int(values.number(gun, "gun")), faulty=state != 0)

    def encode(self) -> bytes:
        """Write the body."""
        return gun_of(self.pile, self.gun) + bytes([self.faulty])


class TariffCheck(Struct, frozen=True, kw_only=True):
    """05: which prices the pile has, by their number of four digits. 06 says whether they are right."""

    pile: str
    model: str

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        pile, model = unpacked(_TARIFF_CHECK, body, "check of the tariff")
        return cls(pile=values.number(pile, "pile"), model=values.number(model, "tariff"))

    def encode(self) -> bytes:
        """Write the body."""
        return values.bcd(self.pile, PILE) + values.bcd(self.model, 2)

    def answer(self, *, right: bool) -> bytes:
        """Write the body of 06."""
        return self.encode() + bytes([not right])


class Tariff(Struct, frozen=True, kw_only=True):
    """0A: prices in 1e-5 yuan a kWh, one of four (尖峰平谷) for each half hour; the pile adds `loss` in %."""

    pile: str
    model: str
    energy: tuple[int, int, int, int]
    service: tuple[int, int, int, int] = (0, 0, 0, 0)
    loss: int = 0
    slots: bytes = bytes(HALF_HOURS)

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        head, prices, rest = (
            body[: PILE + 2],
            body[PILE + 2 :][: _PRICES.size],
            body[PILE + 2 + _PRICES.size :],
        )
        each = unpacked(_PRICES, prices, "tariff")
        if len(rest) < 1 + HALF_HOURS:
            raise InvalidMessage(f"tariff: {len(body)} bytes")
        return cls(
            pile=values.number(head[:PILE], "pile"),
            model=values.number(head[PILE:], "tariff"),
            energy=(each[0], each[2], each[4], each[6]),
            service=(each[1], each[3], each[5], each[7]),
            loss=rest[0],
            slots=rest[1 : 1 + HALF_HOURS],
        )

    def encode(self) -> bytes:
        """Write the body."""
        head = values.bcd(self.pile, PILE) + values.bcd(self.model, 2)
        prices = [each for both in zip(self.energy, self.service, strict=True) for each in both]
        return head + _PRICES.pack(*prices) + bytes([self.loss]) + self.slots


class Clock(Struct, frozen=True, kw_only=True):
    """56 and 55: the time that a pile is to have, and has. None: it makes no sense."""

    pile: str
    at: datetime | None

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        if len(body) < PILE + values.CP56:
            raise InvalidMessage(f"time: {len(body)} bytes")
        at = values.read_cp56(body[PILE : PILE + values.CP56])
        return cls(pile=values.number(body[:PILE], "pile"), at=at)

    def encode(self) -> bytes:
        """Write the body; a time that makes no sense as zeros."""
        return values.bcd(self.pile, PILE) + (values.cp56(self.at) if self.at else bytes(values.CP56))


class Done(Struct, frozen=True, kw_only=True):
    """51 and 91: whether a pile has done what concerns it as a whole."""

    pile: str
    done: bool

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Read the body."""
        if len(body) <= PILE:
            raise InvalidMessage(f"outcome: {len(body)} bytes")
        return cls(pile=values.number(body[:PILE], "pile"), done=body[PILE] == 1)

    def encode(self) -> bytes:
        """Write the body."""
        return values.bcd(self.pile, PILE) + bytes([self.done])


def logged_in(pile: str, *, admitted: bool) -> bytes:
    """Write the body of 02."""
    return values.bcd(pile, PILE) + bytes([not admitted])


def gun_of(pile: str, gun: int) -> bytes:
    """Write which gun is meant: the whole body of 12 and 36, the beginning of others."""
    return values.bcd(pile, PILE) + values.bcd(str(gun), 1)


def unpacked(layout: Layout, body: bytes, what: str) -> tuple[Any, ...]:
    """Read what `layout` says is at the beginning of `body`."""
    if len(body) < layout.size:
        raise InvalidMessage(f"{what}: {len(body)} bytes, not {layout.size}")
    return layout.unpack_from(body)
