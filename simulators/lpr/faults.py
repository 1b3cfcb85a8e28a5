"""What can be wrong with a plate camera, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulators.lpr.camera import PlateCamera

FAULTS: Final[Mapping[str, Callable[["PlateCamera"], None]]] = MappingProxyType(
    {
        "power-loss": lambda camera: camera.lose_power(),
        "network-loss": lambda camera: camera.lose_network(),
        "clock-wrong": lambda camera: setattr(camera, "clock_wrong", True),
        "misreads": lambda camera: setattr(camera, "misreads", True),
    }
)
BROKEN: Final[Mapping[str, Callable[["PlateCamera"], bool]]] = MappingProxyType(
    {
        "power-loss": lambda camera: not camera.powered,
        "network-loss": lambda camera: not camera.online,
        "clock-wrong": lambda camera: camera.clock_wrong,
        "misreads": lambda camera: camera.misreads,
    }
)
"""Which of them are."""


def broken(camera: "PlateCamera", prefix: str = "") -> list[str]:
    """Name what is wrong, each behind `prefix`."""
    return [f"{prefix}{name}" for name, is_so in BROKEN.items() if is_so(camera)]
