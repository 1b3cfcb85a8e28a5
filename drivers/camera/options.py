"""What the site file may say about a camera."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.camera.address import LONGEST_ACCOUNT, fits
from drivers.runtime.credentials import Credentials, plain_url, read_credentials


class CameraOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the stream is, how it is looked at, and what else the camera offers.

    `wire` is the stream (rtsp://HOST:PORT/PATH); without it the camera is asked at `onvif`
    (http://HOST[:PORT]) for that of its `profile` (its first). `hikvision` is where ISAPI sends alerts; with
    `onvif_events` those of ONVIF are taken, too: falling objects are always reported, of other events those
    named in `report`. `credentials_file` holds the account. Times are in seconds; `ring_mib` limits what the
    last `pre_event_s` may take.
    """

    wire: str | None = None
    onvif: str | None = None
    profile: str | None = None
    hikvision: str | None = None
    onvif_events: bool = False
    report: tuple[str, ...] = ()
    credentials_file: str | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    timeout_s: Annotated[float, Meta(ge=1, le=9)] = 6.0
    stalled_s: Annotated[float, Meta(ge=1, le=9)] = 3.0
    health_fps: Annotated[float, Meta(ge=0.2, le=25)] = 5.0
    decode: Literal["all", "keyframes"] = "all"
    frozen_s: Annotated[float, Meta(ge=2, le=600)] = 5.0
    learn_s: Annotated[float, Meta(ge=1, le=100)] = 10.0
    pre_event_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    ring_mib: Annotated[int, Meta(ge=1, le=256)] = 16
    preview_fps: Annotated[float, Meta(ge=0.2, le=10)] = 3.0
    telemetry_s: Annotated[float, Meta(ge=1)] = 60.0
    analyser: str | None = None
    analyser_fps: Annotated[float, Meta(ge=0.2, le=25)] = 10.0

    def __post_init__(self) -> None:
        if self.wire is None and self.onvif is None:
            raise ValueError("wire (rtsp://HOST:PORT/PATH) or onvif (http://HOST[:PORT]) is needed")
        if self.onvif_events and self.onvif is None:
            raise ValueError("onvif_events needs onvif (http://HOST[:PORT])")
        if self.wire is not None:
            plain_url("wire", self.wire, ("rtsp",))
        if self.onvif is not None:
            plain_url("onvif", self.onvif, ("http", "https"))
        if self.hikvision is not None:
            plain_url("hikvision", self.hikvision, ("http", "https"))
        self.credentials()

    def credentials(self) -> Credentials | None:
        """Return the account, read anew; ValueError if the file is wrong."""
        if self.credentials_file is None:
            return None
        account = read_credentials(self.credentials_file)
        if not fits(account):
            longest = f"user and password are longer than {LONGEST_ACCOUNT} bytes"
            raise ValueError(f"credentials_file {self.credentials_file}: {longest}")
        return account
