"""Makes the camera that a site file describes, on whichever wire it talks."""

import importlib
from collections.abc import Mapping
from typing import Final

from contract.errors import DeviceError
from drivers.plates.camera import PlateCamera
from drivers.plates.options import PlateOptions
from drivers.runtime.interface import Port

MODULES: Final[Mapping[str, str]] = {
    "zhenshi-http": "drivers.plates.zhenshi_http",
    "zhenshi-mqtt": "drivers.plates.zhenshi_mqtt",
    "hikvision-push": "drivers.plates.hikvision",
    "hikvision-stream": "drivers.plates.hikvision",
}
"""Of each wire the module, which is loaded only where it is spoken; its `camera` makes one."""


def make_camera(options: PlateOptions, port: Port) -> PlateCamera:
    """Return the camera; DeviceError `configuration` if its files have become wrong.

    Call it on the event loop, once for each device: the same object lives through every loss of the wire.
    """
    module = importlib.import_module(MODULES[options.wire])
    try:
        camera: PlateCamera = module.camera(options, port)
    except ValueError as wrong:
        raise DeviceError(str(wrong), code="configuration") from None
    return camera
