"""What the site file may say about a face terminal."""

from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from contract.broker import Broker
from contract.passes import Direction, Means
from drivers.mqtt.endpoint import parse_broker
from drivers.runtime.credentials import Credentials, read_credentials

MeansWord = Literal["face", "card", "code"]

EXAMPLE: Final = "mqtt[s]://[USER@]HOST[:PORT]/SERIAL or http[s]://HOST[:PORT]"

CAN: Final = {"mqtt": frozenset({"face", "card"}), "http": frozenset({"face", "card", "code"})}
"""What can open a terminal of either wire: facesluice's document knows no codes."""


class Wire(NamedTuple):
    """Where a terminal is: with `serial` on a broker, without at its own address."""

    scheme: str
    host: str
    port: int | None
    serial: str

    @property
    def is_mqtt(self) -> bool:
        """Whether it speaks facesluice, over a broker."""
        return self.scheme.startswith("mqtt")


class FaceOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the terminal is, what opens it, and how its people are kept.

    `wire`: mqtt[s]://[USER@]HOST[:PORT]/SERIAL[?protocol=3.1.1] (facesluice: the broker, and the terminal's
    serial number), with `password_file` for the user; or http[s]://HOST[:PORT] (Hikvision's ISAPI), with
    `credentials_file`. `ca_file` goes with mqtts, and may go with https. `door` is its number on a terminal
    with several. `others`: what becomes of people on the terminal whom no list has. `enrolment`: a folder of
    pictures, each sent to this terminal once and then deleted. Times are in seconds.
    """

    wire: str
    credentials_file: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    means: tuple[MeansWord, ...] = ("face", "card")
    direction: Direction = Direction.UNKNOWN
    door: Annotated[int, Meta(ge=1, le=256)] = 1
    timezone: str = "Asia/Shanghai"
    others: Literal["keep", "remove"] = "keep"
    enrolment: str | None = None
    stranger_pictures: bool = False
    fire_release: bool = False
    pace_s: Annotated[float, Meta(ge=0, le=60)] = 0.1
    check_s: Annotated[float, Meta(ge=5, le=86400)] = 3600.0
    silence_s: Annotated[float, Meta(ge=1, le=3600)] = 150.0

    def __post_init__(self) -> None:
        wire = self.parsed_wire()
        self.zone()
        self._check_account(wire)
        if set(self.means) <= {"face"}:
            raise ValueError("means must hold card or code: the face must not be the only way in")
        can = CAN["mqtt" if wire.is_mqtt else "http"]
        if not can.issuperset(self.means):
            raise ValueError(f"means: this wire knows only {', '.join(sorted(can))}")
        if wire.is_mqtt and self.fire_release:
            raise ValueError("fire_release: a terminal on facesluice cannot be held open")
        if self.enrolment is not None and not Path(self.enrolment).is_dir():
            raise ValueError(f"enrolment {self.enrolment}: is no folder")

    def parsed_wire(self) -> Wire:
        """Return the wire taken apart; ValueError if it is wrong."""
        try:
            parts = urlsplit(self.wire)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        serial = parts.path.strip("/")
        mqtt = parts.scheme in ("mqtt", "mqtts")
        known = parts.hostname and (mqtt or parts.scheme in ("http", "https"))
        if not known or bool(serial) != mqtt or not _is_serial(serial):
            raise ValueError(f"wire must be {EXAMPLE}")
        if not mqtt and "@" in self.wire:
            raise ValueError("wire must not hold an account: put it into credentials_file")
        return Wire(parts.scheme, parts.hostname or "", port, serial)

    def broker(self) -> Broker:
        """Return the broker that a terminal on facesluice talks through; ValueError if the wire is wrong."""
        parts = urlsplit(self.wire)
        return parse_broker(parts._replace(path="").geturl(), self.password_file, self.ca_file)

    def _check_account(self, wire: Wire) -> None:
        if wire.is_mqtt:
            self.broker()
        elif self.password_file is not None:
            raise ValueError("password_file goes with mqtt://; of http:// the account is in credentials_file")
        self.credentials()

    def zone(self) -> ZoneInfo:
        """Return the time zone of the terminal's clock; ValueError if there is no such zone."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"timezone {self.timezone!r} is not known; allowed: such as Asia/Shanghai"
            ) from None

    def credentials(self) -> Credentials | None:
        """Return the account, of the terminal or on its broker; ValueError if the file is wrong."""
        if self.credentials_file is None:
            return None
        return read_credentials(self.credentials_file)

    def chosen(self) -> frozenset[Means]:
        """Return what opens it."""
        return frozenset(Means(each) for each in self.means)


def _is_serial(text: str) -> bool:
    return not text or (
        len(text) <= 64 and all(each.isalnum() or each in "_-" for each in text) and text.isascii()
    )
