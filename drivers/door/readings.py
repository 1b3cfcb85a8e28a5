"""What a reader says of the door: inputs, output and its own box, report by report. No socket, no clock."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from drivers.door.member import Kind, Report
from drivers.door.options import DoorOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the reader's inputs, output and local status say. None: not said yet, or not fitted."""

    contact_open: bool | None = None
    exit_request: bool | None = None
    fire_contact: bool | None = None
    unlocked: bool | None = None
    tamper: bool | None = None
    power_fault: bool | None = None


NOTHING: Final = Readings()


class Reported:
    """The latest readings of one reader. `of_strike` is set at every report of its output."""

    def __init__(self, options: DoorOptions) -> None:
        self.now = NOTHING
        self.seen: set[Kind] = set()
        """Which reports have come in this session."""
        self.of_strike = asyncio.Event()
        self._options = options

    def forget(self) -> None:
        """Note that the reader does not answer: nothing is known any more."""
        self.now = NOTHING

    def wake(self) -> None:
        """Wake who waits for the strike: no report will come."""
        self.of_strike.set()

    def take(self, report: Report) -> None:
        """Take a report, as the door is wired."""
        options, values = self._options, report.values
        self.seen.add(report.kind)
        if report.kind is Kind.INPUTS:
            self.now = replace(
                self.now,
                contact_open=options.contact.value(values),
                exit_request=options.exit_request.value(values),
                fire_contact=options.fire_contact.value(values),
            )
        elif report.kind is Kind.LOCAL:
            tamper, power = (bool(value) for value in values[:2].ljust(2, b"\0"))
            self.now = replace(self.now, tamper=tamper, power_fault=power)
        elif options.strike.number < len(values):
            unlocked = bool(values[options.strike.number]) != options.strike.inverted
            self.now = replace(self.now, unlocked=unlocked)
            self.of_strike.set()
