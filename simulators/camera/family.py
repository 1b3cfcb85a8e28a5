"""The family `camera`."""

from simulators.camera.options import Options
from simulators.clock import Clock
from simulators.families import PretendDevice

__all__ = ["KIND", "Options", "create"]

KIND = "camera"


def create(device_id: str, options: Options, clock: Clock) -> PretendDevice:
    """Build one camera."""
    # FFmpeg, OpenCV and the web server are loaded where a camera is built, not where a site file is read.
    from simulators.camera.camera import Camera  # noqa: PLC0415 - see above

    return Camera(device_id, options, clock)
