"""The reader of one door, as the parts of its driver use it."""

import asyncio
from dataclasses import dataclass

from drivers.door.member import Kind, Member
from drivers.door.sharing import SharedLine
from drivers.runtime.interface import Port


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader on its line, and the runtime's side of its door."""

    port: Port
    line: SharedLine
    member: Member

    @property
    def now(self) -> float:
        """Seconds of the injected clock, which never goes back."""
        return self.port.clock.monotonic()

    def output(self, number: int, *, on: bool, seconds: float = 0.0) -> asyncio.Future[bool]:
        """Switch an output once, for `seconds` or, with 0, for good; DeviceError if that is not confirmed."""
        return self.line.panel.output(self.member, number, on=on, seconds=seconds)

    def ask(self, kind: Kind) -> None:
        """Ask for a report, unless it gives none."""
        self.line.panel.ask(self.member, kind)

    def signal(self, colour: str, *, seconds: float, beeps: int) -> None:
        """Show `red`, `green` or `amber` for a while, and beep."""
        self.line.panel.signal(self.member, colour, seconds=seconds, beeps=beeps)
