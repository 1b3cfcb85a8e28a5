"""Alarms by when they were raised, with what was done about them and their evidence, as of the release.

How each stood then is told by its timeline, for its row goes on changing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, or_, select

from contract.clock import rfc3339_ms
from hub.alarms.alarm import Entry, EntryKind
from hub.alarms.schema import alarms, entries
from hub.alarms.standing import TELLING, Standing, standing
from hub.alarms.store import alarm_of, entry_of
from hub.bundle.source import Scalar
from hub.disclosure.reading.bounds import at_devices
from hub.disclosure.reading.eventdata import data_of, is_meant
from hub.disclosure.reading.shown import Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.disclosure.scope import DataKind
from hub.evidence.piece import PieceKind, PieceState
from hub.evidence.schema import evidence
from hub.ledger.by_number import of_tenant
from hub.ledger.schema import events
from hub.passes.wanted import MOST_DIGITS

AT_ONCE: Final = 200
"""Alarms of one look: each has a timeline and evidence."""

_PLAIN: Final = ("id", "key", "device", "area")
_LATER: Final = ("returned", "acknowledged", "closed")
_MAY_BE_UNKNOWN: Final = ("state", "priority")
_MEDIA: Final = (PieceKind.PICTURE.value, PieceKind.SNAPSHOT.value, PieceKind.CLIP.value)
_CLOSING: Final = (EntryKind.CLOSED, EntryKind.REVIEWED)


class Spot(NamedTuple):
    """A place in the order of alarms."""

    raised_ms: int
    id: str


class About(NamedTuple):
    """What belongs to an alarm. `timeline`: until the release; `data`: of the event that raised it last."""

    stood: Standing
    timeline: Sequence[Entry]
    media: Sequence[str]
    data: Any


class AlarmTable:
    """Alarms of a scope; if it names somebody, those that name them."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._where = tuple(_conditions(asked))
        self._tells = asked.wants(DataKind.ALARMS, "timeline") or asked.wants(DataKind.ALARMS, "close_reason")

    def count(self) -> int:
        """Return how many rows there are; of those that are looked through for somebody, all."""
        query = select(func.count()).select_from(alarms).where(*self._where)
        with self._asked.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor."""
        spot = _spot(after) if after is not None else None
        while True:
            with self._asked.engine.connect() as connection:
                found = self._page(connection, spot)
                about = self._about(connection, found)
            for row in found:
                if is_meant(about[row["id"]].data, veil):
                    yield self._shown(row, about[row["id"]], veil)
            if len(found) < AT_ONCE:
                return
            spot = Spot(found[-1]["raised_ms"], found[-1]["id"])

    def _page(self, connection: Connection, spot: Spot | None) -> Sequence[RowMapping]:
        query = select(alarms).where(*self._where)
        if spot is not None:
            same = and_(alarms.c.raised_ms == spot.raised_ms, alarms.c.id > spot.id)
            later = or_(alarms.c.raised_ms > spot.raised_ms, same)
            query = query.where(alarms.c.raised_ms >= spot.raised_ms, later)
        ordered = query.order_by(alarms.c.raised_ms, alarms.c.id).limit(AT_ONCE)
        return connection.execute(ordered).mappings().all()

    def _about(self, connection: Connection, found: Sequence[RowMapping]) -> Mapping[str, About]:
        idents = [row["id"] for row in found]
        timelines, media = self._timelines(connection, idents), self._media(connection, idents)
        told = {ident: self._until_release(timelines[ident]) for ident in idents}
        stood = {
            row["id"]: standing(alarm_of(row), timelines[row["id"]], len(told[row["id"]])) for row in found
        }
        data = self._data(connection, [each.event_seq for each in stood.values()])
        return {
            ident: About(each, told[ident], media[ident], data.get(each.event_seq))
            for ident, each in stood.items()
        }

    def _until_release(self, timeline: Sequence[Entry]) -> Sequence[Entry]:
        return list(takewhile(lambda each: each.ts_ms <= self._asked.cut.at_ms, timeline))

    def _timelines(self, connection: Connection, idents: Collection[str]) -> Mapping[str, Sequence[Entry]]:
        query = select(entries).where(entries.c.tenant == self._asked.tenant, entries.c.alarm.in_(idents))
        if not self._tells:
            query = query.where(entries.c.kind.in_([each.value for each in TELLING]))
        timelines: dict[str, list[Entry]] = defaultdict(list)
        for row in connection.execute(query.order_by(entries.c.alarm, entries.c.n)).mappings():
            timelines[row["alarm"]].append(entry_of(row))
        return timelines

    def _media(self, connection: Connection, idents: Collection[str]) -> Mapping[str, Sequence[str]]:
        tenant, at_ms = self._asked.tenant, self._asked.cut.at_ms
        got = (evidence.c.tenant == tenant, evidence.c.alarm.in_(idents), evidence.c.kind.in_(_MEDIA))
        there = (evidence.c.state == PieceState.GOT.value, evidence.c.received_ms <= at_ms)
        query = select(evidence.c.alarm, evidence.c.sha256).where(*got, *there)
        media: dict[str, list[str]] = defaultdict(list)
        for alarm, sha256 in connection.execute(query.order_by(evidence.c.around_ms, evidence.c.id)):
            if sha256 is not None:
                media[alarm].append(sha256)
        return media

    def _data(self, connection: Connection, seqs: Collection[int | None]) -> Mapping[int | None, Any]:
        """Return the data of events by their numbers, where somebody is sought in it."""
        if not self._asked.scope.of_somebody:
            return {}
        query = select(events.c.seq, events.c.payload)
        ours = (of_tenant(events, self._asked.tenant), events.c.seq.in_([seq for seq in seqs if seq]))
        return {seq: data_of(payload) for seq, payload in connection.execute(query.where(*ours))}

    def _shown(self, row: RowMapping, about: About, veil: Veil) -> Shown:
        theirs = veil.subject.is_alarm(row["id"])
        values: dict[str, Scalar] = {name: row[name] for name in _PLAIN}
        return Shown(
            cursor=f"{row['raised_ms']}-{row['id']}",
            values=values
            | {"kind": row["device_kind"], "title": _title(row["title"], veil)}
            | self._stood(about.stood, veil)
            | self._told(about.timeline, veil),
            at_ms=row["raised_ms"],
            received_ms=_json(row["trace"]).get("received_ms"),
            device=f"{row['device_kind']}/{row['device']}",
            named=tuple(dict.fromkeys(about.media)),
            plain=veil.shows_pictures(theirs=theirs),
            theirs=theirs,
        )

    def _stood(self, stood: Standing, veil: Veil) -> dict[str, Scalar]:
        for name in _MAY_BE_UNKNOWN:
            if getattr(stood, name) is None and self._asked.wants(DataKind.ALARMS, name):
                veil.left_out(f"alarm-{name}")
        said: dict[str, Scalar] = {name: getattr(stood, f"{name}_ms") for name in _LATER}
        return said | {
            "state": stood.state.value if stood.state else None,
            "priority": stood.priority.value if stood.priority else None,
            "count": stood.count,
            "acknowledged_by": stood.acknowledged_by,
            "closed_by": stood.closed_by if stood.closed_ms is not None else None,
        }

    def _told(self, timeline: Sequence[Entry], veil: Veil) -> dict[str, Scalar]:
        said: dict[str, Scalar] = {}
        if self._asked.wants(DataKind.ALARMS, "timeline"):
            said["timeline"] = "\n".join(_line(entry, veil) for entry in timeline) or None
        if self._asked.wants(DataKind.ALARMS, "close_reason"):
            notes = [entry.note for entry in timeline if entry.kind in _CLOSING and entry.note]
            said["close_reason"] = veil.words("\n".join(notes))
        return said


def _line(entry: Entry, veil: Veil) -> str:
    said = (rfc3339_ms(entry.ts_ms), entry.kind.value, entry.who, veil.words(entry.note))
    return " ".join(each for each in said if each)


def _title(title: str, veil: Veil) -> str:
    words = _json(title)
    return veil.label(str(words.get("zh-CN") or next(iter(words.values()), "")))


def _json(text: str) -> dict[str, Any]:
    read = msgspec.json.decode(text)
    return read if isinstance(read, dict) else {}


def _spot(cursor: str) -> Spot:
    raised_ms, _, ident = cursor.partition("-")
    return Spot(int(raised_ms[:MOST_DIGITS]), ident)


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    scope = asked.scope
    yield alarms.c.tenant == asked.tenant
    yield from (alarms.c.raised_ms >= scope.from_ms, alarms.c.raised_ms < scope.to_ms)
    first = (entries.c.tenant == asked.tenant, entries.c.alarm == alarms.c.id, entries.c.n == 1)
    yield exists().where(*first, entries.c.ts_ms <= asked.cut.at_ms)
    yield from at_devices(scope, asked.around.areas, alarms.c.device_kind, alarms.c.device)
    if scope.alarms:
        yield alarms.c.id.in_(scope.alarms)
