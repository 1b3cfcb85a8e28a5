"""The data sheet of a gate that its plate camera opens: a barrier gate's, as far as contacts and relay go."""

from typing import Final

from contract.things import ThingModel
from drivers.gate import watch
from drivers.gate.model import GATE
from drivers.plates import sheet

_PROPERTIES: Final = (
    "state",
    "position",
    "vehicle-under-boom",
    "vehicle-approaching",
    "held-open",
    "fire",
)

LPR: Final = ThingModel(
    heartbeat_s=GATE.heartbeat_s,
    properties={**{name: GATE.properties[name] for name in _PROPERTIES}, **sheet.PROPERTIES},
    actions={name: GATE.actions[name] for name in ("open", "fire-release")},
    events={**{name: GATE.events[name] for name in (watch.OPENED, watch.CLOSED)}, **sheet.EVENTS},
)
