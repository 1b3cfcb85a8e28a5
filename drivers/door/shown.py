"""What is published of a door, in the words of its data sheet. Pure."""

from typing import Any, Final

from contract.messages import Scalar
from drivers.door.cache import AccessCache
from drivers.door.entry import Verdict
from drivers.door.model import ListState, Mode
from drivers.door.watch import Cause, Watch

_MODES: Final = {Cause.FIRE: Mode.FIRE, Cause.HOLD: Mode.HELD_UNLOCKED, None: Mode.NORMAL}


def properties(
    watch: Watch,
    *,
    free: Cause | None,
    fire: bool,
    secure: bool,
    cache: AccessCache | None,
    wrong_tries: int,
) -> dict[str, Scalar]:
    """Return all properties; `fire`: by command."""
    readings = watch.readings
    return {
        "state": watch.state.value,
        "mode": _MODES[free].value,
        "locked": None if readings.unlocked is None else not readings.unlocked,
        "contact-open": readings.contact_open,
        "exit-request": readings.exit_request,
        "fire": fire or readings.fire_contact is True,
        "tamper": readings.tamper,
        "power-fault": readings.power_fault,
        "secure-channel": secure,
        "access-list": list_state(cache).value,
        "credentials": len(cache.access) if cache and cache.loaded else None,
        "wrong-tries": wrong_tries,
    }


def list_state(cache: AccessCache | None) -> ListState:
    """Say whether what is in the access file is in force."""
    if cache is None:
        return ListState.NONE
    return ListState.GOOD if cache.good else ListState.BROKEN


def denied(verdict: Verdict) -> dict[str, Any]:
    """Return the data of `access-denied`: whose card, or of a stranger's the last digits."""
    credential, card = verdict.credential, verdict.card
    return {
        "reason": str(verdict.denial),
        "credential": credential.id if credential else "",
        "holder": (credential.holder or "") if credential else "",
        "card-ending": card.ending if card and not credential else "",
    }
