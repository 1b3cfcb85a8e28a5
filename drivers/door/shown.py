"""What is published of a door, in the words of its data sheet. Pure."""

from typing import Any, Final

from contract.messages import Scalar
from contract.passes import Direction
from drivers.door.cache import AccessCache
from drivers.door.entry import Verdict
from drivers.door.model import ListState, Mode
from drivers.door.people import People
from drivers.door.watch import Cause, Watch

_MODES: Final = {Cause.FIRE: Mode.FIRE, Cause.HOLD: Mode.HELD_UNLOCKED, None: Mode.NORMAL}


def properties(
    watch: Watch,
    *,
    free: Cause | None,
    fire: bool,
    secure: bool,
    cache: AccessCache | None,
    people: People,
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
        "access-list": list_state(cache, people).value,
        "credentials": _credentials(cache, people),
        "wrong-tries": wrong_tries,
    }


def list_state(cache: AccessCache | None, people: People) -> ListState:
    """Say whether what is in the access file is in force; without one, whether the lists have come."""
    if cache is None:
        return ListState.GOOD if people.known else ListState.NONE
    return ListState.GOOD if cache.good else ListState.BROKEN


def _credentials(cache: AccessCache | None, people: People) -> int | None:
    """Count what the file has and who is in the lists; None while there is neither."""
    loaded = cache is not None and cache.loaded
    if not (loaded or people.known):
        return None
    return (len(cache.access) if cache and loaded else 0) + (len(people) if people.known else 0)


def granted(verdict: Verdict, direction: Direction) -> dict[str, Any]:
    """Return the data of `access-granted`."""
    return {
        **_who(verdict),
        "pin": verdict.with_pin,
        "means": str(verdict.means),
        "direction": str(direction),
    }


def denied(verdict: Verdict, direction: Direction) -> dict[str, Any]:
    """Return the data of `access-denied`: whose card, or of a stranger's the last digits."""
    card = verdict.card
    stranger = verdict.credential is None and verdict.person is None
    return {
        "reason": str(verdict.denial),
        **_who(verdict),
        "card-ending": card.ending if card and stranger else "",
        "means": str(verdict.means),
        "direction": str(direction),
    }


def _who(verdict: Verdict) -> dict[str, str]:
    """Say whose it is: of the lists a person, of the access file a credential and perhaps its holder."""
    credential = verdict.credential
    if credential is None:
        return {"credential": "", "holder": verdict.person or ""}
    return {"credential": credential.id, "holder": credential.holder or ""}
