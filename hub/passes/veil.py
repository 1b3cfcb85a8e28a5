"""Events without what they say of whose vehicle passed: for screens and people that may see figures alone."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from contract.passes import BLOCKED_PLATE, GATE_PASSED, PLATE_RECOGNISED, TAILGATED
from hub.access.roles import Permission, Principal
from hub.ledger.queries import EventView

TELLING: Final = frozenset({PLATE_RECOGNISED, GATE_PASSED, TAILGATED, BLOCKED_PLATE})
HIDDEN: Final = frozenset({"plate", "before", "vehicle", "person", "record"})


def veiled(event: EventView) -> EventView:
    """Leave out of an event at a gate which vehicle it was."""
    if event.type not in TELLING or not isinstance(event.data, dict):
        return event
    return replace(event, data={name: value for name, value in event.data.items() if name not in HIDDEN})


def shown_to(who: Principal, events: Sequence[EventView]) -> Sequence[EventView]:
    """Show events as `who` may see them."""
    return events if who.may(Permission.PASS_SHEETS) else [veiled(each) for each in events]
