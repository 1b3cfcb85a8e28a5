"""What the site file may say about a plate camera, under `[device.options.plates]`."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from contract.broker import Broker
from contract.passes import Direction
from drivers.mqtt.endpoint import parse_broker
from drivers.plates.push import Network, Secret, parse_listen, parse_networks, read_secret
from drivers.runtime.credentials import Credentials, plain_url, read_credentials


class WireOptions(Struct, frozen=True, kw_only=True):
    """The options that a wire needs and those that it also takes, beside those for every wire.

    `moves`: the words of the camera for how a vehicle moved, and what each means if the site does not say.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...]
    moves: Mapping[str, Direction]


_ZHENSHI_MOVES: Final = {
    "left": Direction.UNKNOWN,
    "right": Direction.UNKNOWN,
    "up": Direction.OUT,
    "down": Direction.IN,
}
"""In the picture: who comes towards the camera moves down."""

_ISAPI: Final = ("ca_file", "channel", "timezone", "numbers_posts", "reply_s")
_ISAPI_MOVES: Final = {"forward": Direction.UNKNOWN, "reverse": Direction.UNKNOWN}

WIRES: Final[Mapping[str, WireOptions]] = {
    "zhenshi-http": WireOptions(
        needs=("listen", "secret_file"),
        takes=("serial", "allow", "open_by", "relay", "pulse_ms"),
        moves=_ZHENSHI_MOVES,
    ),
    "zhenshi-mqtt": WireOptions(
        needs=("broker", "serial"),
        takes=("password_file", "ca_file", "direct_open", "relay", "pulse_ms", "reply_s"),
        moves=_ZHENSHI_MOVES,
    ),
    "hikvision-push": WireOptions(
        needs=("listen", "secret_file"),
        takes=("serial", "allow", "url", "credentials_file", *_ISAPI),
        moves=_ISAPI_MOVES,
    ),
    "hikvision-stream": WireOptions(
        needs=("url", "credentials_file"), takes=("serial", *_ISAPI), moves=_ISAPI_MOVES
    ),
}

EVERY_WIRE: Final = ("wire", "direction", "directions", "min_confidence", "silence_s")


class PlateOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the camera talks to us, who it must be, and how its relay opens.

    `wire`: one of `WIRES`. Of cameras that push: `listen` is our HOST:PORT, `secret_file` holds the first
    part of the camera's path, `allow` the addresses and networks that it may push from. `serial`: the
    camera's number; others are refused. `broker`: mqtt://USER@HOST, its password in `password_file`.

    `direction`: which way this lane goes; `camera` where both, by what the camera says in words of its own,
    which `directions` translates. Readings below `min_confidence` % are not trusted. A camera that says
    nothing for `silence_s` is lost; 0: never.

    `relay` (counted from 0) opens the barrier, for `pulse_ms`. `open_by`: how the answer to a push opens.
    `direct_open`: by the camera's own command for a barrier, which newer firmware has. `reply_s`: how long
    the camera may take to confirm.

    Of Hikvision's: `url` is where the camera is asked (http[s]://HOST[:PORT]), with the account in
    `credentials_file`; `channel` its barrier; `timezone` that of times without one; `numbers_posts` says that
    its `activePostCount` counts everything that it posts.
    """

    wire: str
    listen: str | None = None
    secret_file: str | None = None
    allow: tuple[str, ...] = ()
    serial: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}\Z")] | None = None
    broker: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    url: str | None = None
    credentials_file: str | None = None
    channel: Annotated[int, Meta(ge=1, le=64)] = 1
    timezone: str = "Asia/Shanghai"
    numbers_posts: bool = False

    direction: Literal["in", "out", "camera"] = "camera"
    directions: dict[str, Direction] = {}
    min_confidence: Annotated[float, Meta(ge=0, le=100)] = 60.0
    silence_s: Annotated[float, Meta(ge=0, le=3600)] | None = None

    open_by: Literal["answer", "relay"] = "answer"
    relay: Annotated[int, Meta(ge=0, le=3)] = 0
    pulse_ms: Annotated[int, Meta(ge=500, le=5000)] = 1000
    direct_open: bool = False
    reply_s: Annotated[float, Meta(ge=0.5, le=30)] = 3.0

    def __post_init__(self) -> None:
        if self.wire not in WIRES:
            raise ValueError(f"wire must be one of {', '.join(WIRES)}")
        self._check_names(WIRES[self.wire])
        if self.listen is not None:
            self.listening()
            self.secret()
            self.networks()
        if self.broker is not None:
            self.parsed_broker()
        if self.url is not None:
            plain_url("url", self.url, ("http", "https"))
        self.account()
        self.zone()

    def _check_names(self, wire: WireOptions) -> None:
        given = {each for each, default in _defaults() if getattr(self, each) != default}
        missing = [each for each in wire.needs if each not in given]
        if missing:
            raise ValueError(f"{self.wire} needs {', '.join(missing)}")
        odd = sorted(given.difference(wire.needs, wire.takes, EVERY_WIRE))
        if odd:
            allowed = ", ".join((*wire.needs, *wire.takes, *EVERY_WIRE))
            raise ValueError(f"{', '.join(odd)} is not for {self.wire}; allowed: {allowed}")
        unknown = sorted(self.directions.keys() - wire.moves)
        if unknown:
            raise ValueError(f"directions: unknown {', '.join(unknown)}; allowed: {', '.join(wire.moves)}")

    def listening(self) -> tuple[str, int]:
        """Return where we listen, host and port; ValueError if that is wrong."""
        return parse_listen(self.listen or "")

    def secret(self) -> Secret:
        """Return the camera's secret, read anew; ValueError if the file is wrong."""
        return read_secret(self.secret_file or "")

    def networks(self) -> tuple[Network, ...]:
        """Return where the camera may push from; ValueError if that is wrong."""
        return parse_networks("allow", self.allow)

    def parsed_broker(self) -> Broker:
        """Return the broker, its password read anew; ValueError if anything is wrong."""
        return parse_broker(self.broker or "", self.password_file, self.ca_file)

    def account(self) -> Credentials | None:
        """Return our account at the camera, read anew; ValueError if the file is wrong."""
        return read_credentials(self.credentials_file) if self.credentials_file else None

    def zone(self) -> ZoneInfo:
        """Return the zone of the camera's times that name none; ValueError if there is no such zone."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"timezone {self.timezone!r} is not known; allowed: as Asia/Shanghai") from None

    @property
    def can_open(self) -> bool:
        """Whether the camera's relay can be told to open: Hikvision's are asked, where they are known."""
        return self.wire != "hikvision-push" or self.url is not None

    def passing(self, move: str | None) -> Direction:
        """Return which way a vehicle passes that, by the camera's word, moved so; None: it does not say."""
        if self.direction != "camera":
            return Direction(self.direction)
        if move is None:
            return Direction.UNKNOWN
        return self.directions.get(move, WIRES[self.wire].moves.get(move, Direction.UNKNOWN))

    def silence(self, usual_s: float) -> float:
        """Return after how many silent seconds the camera is lost; infinite: never."""
        seconds = usual_s if self.silence_s is None else self.silence_s
        return seconds or float("inf")


def _defaults() -> list[tuple[str, object]]:
    return [
        (each.name, None if each.required else _default(each))
        for each in msgspec.structs.fields(PlateOptions)
    ]


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default is not msgspec.NODEFAULT else {}
