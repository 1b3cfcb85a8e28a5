"""What a terminal's records become: who came in, who did not, what the door did. Nothing names a person."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from contract.lists import Level, Person
from contract.passes import Direction, Means, Reason
from drivers.face import events
from drivers.face.model import DENIALS, Cause
from drivers.face.options import FaceOptions
from drivers.face.people import People
from drivers.face.rights import KIND
from drivers.face.terminal import Record, What
from drivers.lists.permit import refusal
from drivers.runtime.interface import Port

PASSING_S: Final = 10.0
"""So long after a record or a command the door's opening is put down to it."""

LATELY_S: Final = 600.0
MOST_STRANGERS: Final = 1000

PLAIN: Final[Mapping[What, str]] = {
    What.DOOR_CLOSED: events.CLOSED,
    What.FORCED: events.FORCED,
    What.HELD_OPEN: events.HELD_OPEN,
    What.EXIT_BUTTON: events.REQUEST_TO_EXIT,
    What.TAMPER: events.TAMPER,
    What.TAMPER_RESTORED: events.TAMPER_RESTORED,
    What.FIRE: events.FIRE_RELEASED,
    What.FIRE_ENDED: events.FIRE_RELEASE_ENDED,
}
"""Records whose events have no data."""

_CAUSES: Final = {Means.FACE: Cause.FACE, Means.CARD: Cause.CARD, Means.CODE: Cause.CODE}


class Passes:
    """Those of one terminal."""

    def __init__(self, options: FaceOptions, port: Port, people: People) -> None:
        self._direction = options.direction
        self._port, self._people = port, people
        self._persons, self._levels = port.listed(Person), port.listed(Level)
        self._device = port.name.rpartition("/")[2]
        self._cause, self._cause_until = Cause.UNKNOWN, float("-inf")
        self._strangers: deque[float] = deque(maxlen=MOST_STRANGERS)

    @property
    def strangers(self) -> int:
        """How many strangers came lately."""
        since = self._port.clock.monotonic() - LATELY_S
        while self._strangers and self._strangers[0] < since:
            self._strangers.popleft()
        return len(self._strangers)

    async def take(self, record: Record) -> None:
        """Report a record; on disk when this returns. StorageError if it is not."""
        event = self._event(record)
        if event is not None:
            media = [record.picture] if record.picture else []
            await self._port.emit(*event, media=media, id=record.number or None, time=record.happened_at)
        if not record.replay:
            self._note_cause(record)

    def expect(self, cause: Cause) -> None:
        """Note why the door may open now."""
        self._cause, self._cause_until = cause, self._port.clock.monotonic() + PASSING_S

    def _note_cause(self, record: Record) -> None:
        if record.what is What.GRANTED:
            self.expect(_CAUSES.get(record.means, Cause.UNKNOWN))
        elif record.what is What.EXIT_BUTTON:
            self.expect(Cause.EXIT)
        elif record.what is What.STRANGER:
            self._strangers.append(self._port.clock.monotonic())

    def _event(self, record: Record) -> tuple[str, dict[str, Any]] | None:
        if record.what in PLAIN:
            return PLAIN[record.what], {}
        if record.what is What.DOOR_OPENED:
            fresh = not record.replay and self._port.clock.monotonic() < self._cause_until
            return events.OPENED, {"cause": str(self._cause if fresh else Cause.UNKNOWN)}
        return self._about_somebody(record)

    def _about_somebody(self, record: Record) -> tuple[str, dict[str, Any]] | None:
        way = self._way(record)
        holder = {"holder": record.person if self._people.knows(record.person) else ""}
        how = {"means": str(record.means), **way}
        match record.what:
            case What.GRANTED:
                return events.GRANTED, {"credential": "", **holder, **how}
            case What.DENIED:
                return events.DENIED, {"reason": str(self._reason(record)), **holder, **how}
            case What.STRANGER:
                return events.STRANGER, way
            case What.LIVENESS_FAILED:
                return events.LIVENESS_FAILED, {**holder, **way}
        return None

    def _way(self, record: Record) -> dict[str, Any]:
        told = record.direction is not Direction.UNKNOWN
        direction = record.direction if told else self._direction
        return {"direction": str(direction), "replay": record.replay}

    def _reason(self, record: Record) -> Reason:
        """Say why, by the lists if they say so: a terminal knows only that it was told to bar somebody."""
        person = self._persons.entries.get(record.person)
        reason = record.reason
        if person is not None:
            levels = self._levels.entries
            ours = refusal(person, levels, KIND, self._device, record.happened_at)
            reason = ours or (Reason.UNCERTAIN if reason is Reason.UNKNOWN else reason)
        return reason if reason in DENIALS else Reason.UNCERTAIN
