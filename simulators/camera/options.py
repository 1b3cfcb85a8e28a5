"""What the site file may say about a pretend camera."""

from typing import Annotated

from msgspec import Meta, Struct

from simulators.camera.alerts import Form
from simulators.camera.digest import Scheme
from simulators.camera.look import Light, Scene


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera at `wire` (rtsp://HOST:PORT/NAME), and with `http` (http://HOST:PORT) its events and ONVIF.

    Cameras may share an RTSP port, each has an HTTP port of its own. `credentials_file` holds one line
    `user:password`; without it anybody may look. `alerts` is how the vendor's channel writes its events.
    `seed` None makes the camera's numbers follow from the device's id.
    """

    wire: str
    scene: Scene = "courtyard"
    light: Light = "day"
    fps: Annotated[int, Meta(ge=1, le=30)] = 10
    width: Annotated[int, Meta(ge=160, le=1920, multiple_of=2)] = 640
    height: Annotated[int, Meta(ge=90, le=1080, multiple_of=2)] = 360
    credentials_file: str | None = None
    authentication: Scheme = "digest"
    http: str | None = None
    alerts: Form = "xml"
    seed: int | None = None
