"""What the rules keep of one device."""

from typing import Any, Final

from contract.things import Description
from contract.topics import Address
from hub.alarms.rules.checks import Held
from hub.alarms.rules.condition import Condition
from hub.alarms.rules.occasion import Happening
from hub.alarms.rules.watch import Plan

NOTHING_HELD: Final[Held] = set()
"""Shared by all devices without a hysteresis; nothing is ever added to it."""


class Device:
    """One device. `conditions` holds those that are not at rest.

    `met`: since when we know of it. `seen`: what was looked at last. `missed`: how many missed events are
    dealt with; None: as many as were missed when it is first seen. `parked`: events that wait until it
    describes itself. `waits`: it is in the queue of those to be looked at.
    """

    __slots__ = (
        "address",
        "conditions",
        "description",
        "held",
        "met",
        "missed",
        "parked",
        "plan",
        "seen",
        "timer",
        "waits",
    )

    def __init__(self, address: Address, met: float, missed: int | None = None) -> None:
        self.address = address
        self.met = met
        self.missed = missed
        self.description: Description | None = None
        self.plan: Plan | None = None
        self.conditions: dict[str, Condition] = {}
        self.held: Held = NOTHING_HELD
        self.seen: list[Any] | None = None
        self.parked: list[Happening] = []
        self.timer: float | None = None
        self.waits = False

    def take(self, plan: Plan, description: Description | None) -> None:
        """Take which watches are over it, now that it is described so."""
        self.plan = plan
        self.description = description
        self.seen = None
        if plan.hysteresis and self.held is NOTHING_HELD:
            self.held = set()
