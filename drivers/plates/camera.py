"""What a gate asks of its plate camera, and what the camera's side asks of the gate."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.plates.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate says to a sighting: whether the vehicle may pass now.

    `by_camera`: the camera is the one that opens; where it does not open by the answer to its push, it must
    be told; `not_opened` hears if that fails. Else a board has opened already. `kept`: the camera may forget
    the sighting.
    """

    open: bool
    by_camera: bool = True
    kept: bool = True
    not_opened: Callable[[], None] = lambda: None

    @property
    def tells_camera(self) -> bool:
        """Whether the camera's relay is to be told."""
        return self.open and self.by_camera


Take = Callable[[Sighting], Awaitable[Answer]]
"""What a gate does with a sighting. Returns at once when it is decided, at the latest within 200 ms, with the
event on disk unless the disk is slower than that. Never raises. What was not kept may be said again."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An input of the camera that changed: a loop or a limit switch, by the installer's numbering."""

    number: int
    closed: bool


class PlateCamera(Protocol):
    """One plate camera on its wire."""

    @property
    def opens(self) -> bool:
        """Whether the camera's own relay can open the barrier."""
        ...

    async def serve(self, take: Take, contact: Callable[[Contact], None], heard: Callable[[], None]) -> None:
        """Take what the camera says until cancelled; `heard` at every sign of life.

        DeviceUnreachable when the wire dies, such as an address that cannot be listened on; call it again.
        """
        ...

    async def open(self) -> bool:
        """Open with the camera's relay, once; whether the camera confirmed. DeviceError if it refused.

        Where the relay is told by answers to pushes alone, Refused with code `not-supported`.
        """
        ...
