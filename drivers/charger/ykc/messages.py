"""What 云快充 messages say of the pile itself: login, heartbeat, time, restart. SI units. Pure.

Later versions add fields at the end, which are left alone. InvalidMessage if something is missing.
"""

from datetime import datetime
from struct import Struct as Layout
from typing import Final, Self

from msgspec import Struct

from contract.errors import InvalidMessage
from drivers.charger.tcp.layouts import unpacked
from drivers.charger.ykc import values

_LOGIN: Final = Layout("<7sBBB8sB10sB")
_HEARTBEAT: Final = Layout("<7ssB")
PILE: Final = 7


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
