"""The record of passes, oldest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from contract.passes import Means
from hub.bundle.source import Scalar
from hub.disclosure.bases import Reveal
from hub.disclosure.reading.bounds import at_devices
from hub.disclosure.reading.shown import AT_ONCE, Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.disclosure.reading.whose import NOBODY, Whose, owners, people_by_key
from hub.disclosure.scope import DataKind, Scope
from hub.passes.pattern import ESCAPE, PlatePattern, plate_pattern
from hub.passes.record import Pass
from hub.passes.schema import passes
from hub.passes.store import pass_of
from hub.passes.wanted import Spot, spot_of

_PLAIN: Final = ("seq", "kind", "device", "category", "confirmed", "replay", "passback", "dwell_s")
_WORDS: Final = ("outcome", "reason", "direction", "means", "colour")
_KNOWN_BY: Final = frozenset({"plate", "person", "vehicle"})
_OF_PEOPLE: Final = ("name", "telephone", "room")


class PassTable:
    """Passes of a scope."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._where = tuple(_conditions(asked))
        self._names_people = any(asked.wants(DataKind.PASSES, each) for each in _OF_PEOPLE)

    def count(self) -> int:
        """Return how many rows there are."""
        query = select(func.count()).select_from(passes).where(*self._where)
        with self._asked.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor."""
        spot = spot_of(after) if after is not None else None
        while True:
            with self._asked.engine.connect() as connection:
                found = self._page(connection, spot)
                whose = self._whose(connection, found) if self._names_people else {}
            for each in found:
                yield self._shown(each, veil, whose)
            if len(found) < AT_ONCE:
                return
            spot = Spot(found[-1].at_ms, found[-1].seq)

    def _page(self, connection: Connection, spot: Spot | None) -> list[Pass]:
        query = select(passes).where(*self._where)
        if spot is not None:
            same = and_(passes.c.at_ms == spot.at_ms, passes.c.seq > spot.seq)
            query = query.where(passes.c.at_ms >= spot.at_ms, or_(passes.c.at_ms > spot.at_ms, same))
        ordered = query.order_by(passes.c.at_ms, passes.c.seq).limit(AT_ONCE)
        return [pass_of(row) for row in connection.execute(ordered).mappings()]

    def _whose(self, connection: Connection, found: Sequence[Pass]) -> Mapping[int, Whose]:
        """Return who passed, by the numbers of the passes."""
        tenant = self._asked.tenant
        cars = owners(connection, tenant, {each.vehicle for each in found if each.vehicle})
        keys = {each.seq: each.person or cars.get(each.vehicle or "") for each in found}
        known = people_by_key(connection, tenant, {key for key in keys.values() if key})
        return {seq: known.get(key or "", NOBODY) for seq, key in keys.items()}

    def _shown(self, record: Pass, veil: Veil, whose: Mapping[int, Whose]) -> Shown:
        device = f"{record.kind}/{record.device}"
        theirs = _is_of_subject(record, veil)
        values: dict[str, Scalar] = {name: getattr(record, name) for name in _PLAIN}
        values |= {name: _word(getattr(record, name)) for name in _WORDS}
        values |= {"area": self._asked.area(device), "tailgating": record.means is Means.TAILGATING}
        return Shown(
            cursor=str(Spot(record.at_ms, record.seq)),
            values=values | self._of_people(record, veil, whose.get(record.seq, NOBODY), theirs=theirs),
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


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    scope, cut = asked.scope, asked.cut
    yield passes.c.tenant == asked.tenant
    yield from (passes.c.at_ms >= scope.from_ms, passes.c.at_ms < scope.to_ms)
    yield from (passes.c.received_ms <= cut.at_ms, passes.c.seq <= cut.passes)
    yield from at_devices(scope, asked.around.areas, passes.c.kind, passes.c.device)
    yield from _of_whom(scope)


def _of_whom(scope: Scope) -> Iterator[ColumnElement[bool]]:
    pattern = plate_pattern(scope.plate) if scope.plate else None
    if pattern is not None:
        yield _like(pattern)
    if scope.person:
        yield passes.c.person == scope.person
    if scope.vehicle:
        yield passes.c.vehicle == scope.vehicle
    if scope.passes:
        yield passes.c.seq.in_(scope.passes)


def _like(pattern: PlatePattern) -> ColumnElement[bool]:
    if pattern.wild:
        return passes.c.folded.like(pattern.like, escape=ESCAPE)
    return passes.c.folded == pattern.sought


def _is_of_subject(record: Pass, veil: Veil) -> bool:
    named = veil.subject
    keys = (record.person, record.vehicle)
    return named.is_pass(record.seq) or named.is_plate(record.plate) or any(map(named.is_key, keys))


def _word(value: str | None) -> str | None:
    return None if value is None else str(value)
