"""What the site file may say about a pretend plate camera, beside a board or alone at its gate."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from simulators.broker import AtBroker, line_of
from simulators.camera.digest import Account
from simulators.charger.wire import EVERYWHERE
from simulators.errors import BadOptions
from simulators.lpr.record import MOST_BYTES

Layout = Literal["device-first", "serial-first"]
WireName = Literal["zhenshi-http", "zhenshi-mqtt", "hikvision-push", "hikvision-stream"]
Seconds = Annotated[float, Meta(gt=0)]


class PlateWire(Struct, frozen=True, kw_only=True):
    """The other end of `[device.options.plates]`: what is written there for the driver says where it listens.

    Of cameras that push: `listen` is HOST:PORT, `secret_file` holds the first part of the path. `broker` is
    mqtt://USER@HOST:PORT, its password in `password_file`. `url` is where a camera that is called listens,
    with the account in `credentials_file`.
    """

    wire: WireName
    listen: str | None = None
    secret_file: str | None = None
    serial: str | None = None
    broker: str | None = None
    password_file: str | None = None
    url: str | None = None
    credentials_file: str | None = None
    direction: Literal["in", "out", "camera"] = "camera"

    def push_url(self, path: str) -> str:
        """Return where to push to; BadOptions where that is not said."""
        if self.listen is None or self.secret_file is None:
            raise BadOptions(f"plates: {self.wire} needs listen and secret_file")
        host, _, port = self.listen.rpartition(":")
        host = EVERYWHERE.get(host.strip("[]"), host)
        return f"http://{host}:{port}/{line_of(self.secret_file)}{path}"

    def account(self) -> Account | None:
        """Return the camera's account for those who call it."""
        return None if self.credentials_file is None else Account.read(Path(self.credentials_file))

    def at_broker(self) -> AtBroker:
        """Return broker and account; BadOptions where they are not said."""
        return AtBroker.parse(self.broker or "", self.password_file)


class CameraOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is the pretend camera's alone.

    `plates_file` says who comes (see `simulators.lpr.fleet`). `account_file` (user:password) is the camera's
    own account at the broker, by default the driver's. `comet`: orders come with the answers to its polls.
    Cars turn round after `patience_s`; those of an `inner` gate are inside before and after. `picture_bytes`:
    how long its pictures are at least.
    """

    plates_file: str | None = None
    account_file: str | None = None
    layout: Layout = "device-first"
    direct_open: bool = True
    comet: bool = False
    poll_s: Seconds | None = None
    patience_s: Seconds = 45.0
    inner: bool = False
    picture_bytes: Annotated[int, Meta(ge=0, le=MOST_BYTES)] = 0
