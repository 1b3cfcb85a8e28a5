"""The record of passes, oldest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table

from contract.passes import Means
from hub.bundle.source import Scalar
from hub.disclosure.bases import Reveal
from hub.disclosure.reading.bounds import at_devices
from hub.disclosure.reading.recorded import PassRecord
from hub.disclosure.reading.shown import AT_ONCE, Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.disclosure.reading.whose import CHANGED, NOBODY, AsEntered, Whose
from hub.disclosure.scope import DataKind, Scope
from hub.passes.pattern import ESCAPE, PlatePattern, plate_pattern
from hub.passes.record import Pass
from hub.passes.wanted import Spot, spot_of

_PLAIN: Final = ("seq", "kind", "device", "category", "confirmed", "replay", "passback", "dwell_s")
_WORDS: Final = ("outcome", "reason", "direction", "means", "colour")
_KNOWN_BY: Final = frozenset({"plate", "person", "vehicle"})
_OF_PEOPLE: Final = ("name", "telephone", "room")


class PassTable:
    """Passes of a scope."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._record = PassRecord(lambda table: _conditions(asked, table), asked.cut.passes)
        self._names_people = any(asked.wants(DataKind.PASSES, each) for each in _OF_PEOPLE)

    def count(self) -> int:
        """Return how many rows there are."""
        with self._asked.engine.connect() as connection:
            return self._record.count(connection)

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor."""
        spot = spot_of(after) if after is not None else None
        while True:
            with self._asked.engine.connect() as connection:
                found = self._record.page(connection, spot)
                whose = self._whose(connection, found) if self._names_people else {}
            for each in found:
                yield self._shown(each, veil, whose)
            if len(found) < AT_ONCE:
                return
            spot = Spot(found[-1].at_ms, found[-1].seq)

    def _whose(self, connection: Connection, found: Sequence[Pass]) -> Mapping[int, Whose]:
        """Return who passed, by the numbers of the passes."""
        register = AsEntered(connection, self._asked.tenant, self._asked.cut.at_ms)
        cars = register.owners({each.vehicle for each in found if each.vehicle})
        keys = {each.seq: each.person or cars.get(each.vehicle or "", "") for each in found}
        known = register.people({key for key in keys.values() if key})
        return {seq: CHANGED if key is None else known.get(key, NOBODY) for seq, key in keys.items()}

    def _shown(self, record: Pass, veil: Veil, whose: Mapping[int, Whose]) -> Shown:
        device = f"{record.kind}/{record.device}"
        theirs = _is_of_subject(record, veil)
        values: dict[str, Scalar] = {name: getattr(record, name) for name in _PLAIN}
        values |= {name: _word(getattr(record, name)) for name in _WORDS}
        values |= {"area": self._asked.area(device), "tailgating": record.means is Means.TAILGATING}
        entered = whose.get(record.seq, NOBODY)
        if entered.changed:
            veil.left_out("register-changed")
        return Shown(
            cursor=str(Spot(record.at_ms, record.seq)),
            values=values | self._of_people(record, veil, entered, theirs=theirs),
            at_ms=record.at_ms,
            received_ms=record.received_ms,
            device=device,
            named=record.pictures,
            plain=veil.shows_pictures(theirs=theirs),
            theirs=theirs,
        )

    def _of_people(self, record: Pass, veil: Veil, whose: Whose, *, theirs: bool) -> dict[str, Scalar]:
        said = {
            "plate": (Reveal.PLATES, record.plate),
            "person": (Reveal.PERSONS, record.person),
            "vehicle": (Reveal.PERSONS, record.vehicle),
            "name": (Reveal.NAMES, whose.name),
            "telephone": (Reveal.TELEPHONES, whose.telephone),
            "room": (Reveal.NAMES, whose.room),
        }
        wanted = {name: each for name, each in said.items() if self._asked.wants(DataKind.PASSES, name)}
        return {
            name: veil.whose(name, text, what, theirs=theirs)
            if name in _KNOWN_BY
            else veil.text(what, text, theirs=theirs)
            for name, (what, text) in wanted.items()
        }


def _conditions(asked: Asked, of: Table) -> Iterator[ColumnElement[bool]]:
    scope, cut = asked.scope, asked.cut
    yield of.c.tenant == asked.tenant
    yield from (of.c.at_ms >= scope.from_ms, of.c.at_ms < scope.to_ms)
    yield from (of.c.received_ms <= cut.at_ms, of.c.seq <= cut.passes)
    yield from at_devices(scope, asked.around.areas, of.c.kind, of.c.device)
    yield from _of_whom(scope, of)


def _of_whom(scope: Scope, of: Table) -> Iterator[ColumnElement[bool]]:
    pattern = plate_pattern(scope.plate) if scope.plate else None
    if pattern is not None:
        yield _like(pattern, of)
    if scope.person:
        yield of.c.person == scope.person
    if scope.vehicle:
        yield of.c.vehicle == scope.vehicle
    if scope.passes:
        yield of.c.seq.in_(scope.passes)


def _like(pattern: PlatePattern, of: Table) -> ColumnElement[bool]:
    if pattern.wild:
        return of.c.folded.like(pattern.like, escape=ESCAPE)
    return of.c.folded == pattern.sought


def _is_of_subject(record: Pass, veil: Veil) -> bool:
    named = veil.subject
    keys = (record.person, record.vehicle)
    return named.is_pass(record.seq) or named.is_plate(record.plate) or any(map(named.is_key, keys))


def _word(value: str | None) -> str | None:
    return None if value is None else str(value)
