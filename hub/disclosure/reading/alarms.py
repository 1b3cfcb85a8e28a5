"""Alarms by when they were raised, with what was done about them and their evidence."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select

from contract.clock import rfc3339_ms
from hub.alarms.alarm import EntryKind
from hub.alarms.schema import alarms, entries
from hub.bundle.source import Scalar
from hub.disclosure.reading.bounds import at_devices
from hub.disclosure.reading.eventdata import is_meant
from hub.disclosure.reading.shown import Asked, Shown
from hub.disclosure.reading.veil import Veil
from hub.disclosure.scope import DataKind
from hub.evidence.piece import PieceKind, PieceState
from hub.evidence.schema import evidence
from hub.passes.wanted import MOST_DIGITS

AT_ONCE: Final = 200
"""Alarms of one look: each has a timeline and evidence."""

_PLAIN: Final = ("id", "key", "priority", "device", "area", "state", "count")
_LATER: Final = ("returned", "acknowledged", "closed")
_BY: Final = ("acknowledged_by", "closed_by")
_MEDIA: Final = (PieceKind.PICTURE.value, PieceKind.SNAPSHOT.value, PieceKind.CLIP.value)
_CLOSING: Final = (EntryKind.CLOSED.value, EntryKind.REVIEWED.value)


class Spot(NamedTuple):
    """A place in the order of alarms."""

    raised_ms: int
    id: str


class About(NamedTuple):
    """What belongs to alarms, by their ids."""

    timelines: Mapping[str, Sequence[RowMapping]]
    media: Mapping[str, Sequence[str]]


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
                about = self._about(connection, [row["id"] for row in found])
            for row in found:
                if is_meant(_json(row["data"]), veil):
                    yield self._shown(row, about, veil)
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

    def _about(self, connection: Connection, idents: Collection[str]) -> About:
        tenant, at_ms = self._asked.tenant, self._asked.cut.at_ms
        timelines: dict[str, list[RowMapping]] = defaultdict(list)
        if self._tells:
            told = (entries.c.tenant == tenant, entries.c.alarm.in_(idents), entries.c.ts_ms <= at_ms)
            for row in connection.execute(select(entries).where(*told).order_by(entries.c.n)).mappings():
                timelines[row["alarm"]].append(row)
        got = (evidence.c.tenant == tenant, evidence.c.alarm.in_(idents), evidence.c.kind.in_(_MEDIA))
        there = (evidence.c.state == PieceState.GOT.value, evidence.c.received_ms <= at_ms)
        query = select(evidence.c.alarm, evidence.c.sha256).where(*got, *there)
        media: dict[str, list[str]] = defaultdict(list)
        for alarm, sha256 in connection.execute(query.order_by(evidence.c.around_ms, evidence.c.id)):
            if sha256 is not None:
                media[alarm].append(sha256)
        return About(timelines, media)

    def _shown(self, row: RowMapping, about: About, veil: Veil) -> Shown:
        theirs = veil.subject.is_alarm(row["id"])
        timeline = about.timelines.get(row["id"], ())
        at_ms = self._asked.cut.at_ms
        later = {name: row[f"{name}_ms"] for name in _LATER}
        values: dict[str, Scalar] = {name: row[name] for name in _PLAIN}
        values |= {name: ms if ms is not None and ms <= at_ms else None for name, ms in later.items()}
        values |= {name: row[name] if values[name.removesuffix("_by")] is not None else None for name in _BY}
        return Shown(
            cursor=f"{row['raised_ms']}-{row['id']}",
            values=values
            | {"kind": row["device_kind"], "title": _title(row["title"], veil)}
            | self._told(timeline, veil),
            at_ms=row["raised_ms"],
            received_ms=_json(row["trace"]).get("received_ms"),
            device=f"{row['device_kind']}/{row['device']}",
            named=tuple(dict.fromkeys(about.media.get(row["id"], ()))),
            plain=veil.shows_pictures(theirs=theirs),
            theirs=theirs,
        )

    def _told(self, timeline: Sequence[RowMapping], veil: Veil) -> dict[str, Scalar]:
        said: dict[str, Scalar] = {}
        if self._asked.wants(DataKind.ALARMS, "timeline"):
            said["timeline"] = "\n".join(_line(entry, veil) for entry in timeline) or None
        if self._asked.wants(DataKind.ALARMS, "close_reason"):
            notes = [entry["note"] for entry in timeline if entry["kind"] in _CLOSING and entry["note"]]
            said["close_reason"] = veil.words("\n".join(notes))
        return said


def _line(entry: RowMapping, veil: Veil) -> str:
    said = (rfc3339_ms(entry["ts_ms"]), entry["kind"], entry["who"], veil.words(entry["note"]))
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
    yield alarms.c.raised_ms <= asked.cut.at_ms
    yield from at_devices(scope, asked.around.areas, alarms.c.device_kind, alarms.c.device)
    if scope.alarms:
        yield alarms.c.id.in_(scope.alarms)
