"""What happens to the parts of an OCPP 2.0.1 station (part 2 N): dangers, faults, and the rest."""

from drivers.charger.ocpp.post import Post
from drivers.charger.ocpp.v201 import words
from drivers.charger.ocpp.v201.bays import Bays
from drivers.charger.ocpp.v201.messages import EventData
from drivers.charger.words import Fault


async def take_event(post: Post, bays: Bays, event: EventData) -> None:
    """Take one event, at one EVSE or at the whole station."""
    part, what = event.component.name, event.variable.name
    connector = event.component.evse.id if event.component.evse else 0
    active = not event.cleared and event.actual_value not in words.NO
    if event.trigger == "Periodic":
        return  # a measurement
    if part in words.DANGERS and what in words.WARNING:
        await post.danger(connector, words.DANGERS[part], active=active)
    elif part in words.FAULTS and what == words.PROBLEM:
        _fault(post, bays, connector, words.FAULTS[part] if active else Fault.NONE)
    elif event.trigger == "Alerting" and active:
        await post.warn(f"{part} {what}: {event.actual_value[:50]}")


def _fault(post: Post, bays: Bays, connector: int, fault: Fault) -> None:
    for number, bay in bays.known.items():
        ear = post.ear(number)
        if ear is not None and connector in (0, number):
            bay.fault = fault
            ear.status(bay.status(None))
