"""What is published of a gate that its plate camera opens. Pure."""

from contract.messages import Scalar
from drivers.gate.state import GateState
from drivers.lpr.contacts import Contacts

_POSITION = {GateState.OPEN: 100, GateState.CLOSED: 0}


def properties(contacts: Contacts, *, fire: bool) -> dict[str, Scalar]:
    """Return what contacts and fire tell; None is what no contact tells. A relay's pulse holds nothing up."""
    return {
        "state": contacts.state.value,
        "position": _POSITION.get(contacts.state),
        "vehicle-under-boom": contacts["loop"],
        "vehicle-approaching": contacts["approach"],
        "held-open": False,
        "fire": fire,
    }
