"""What goes and what stays: evidence, alarms and the audit have their own retention, and a hold keeps all.

docs/complaints.md, 15: elsewhere cleaning up history destroys records of alarms.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from contract.errors import InvalidMessage
from hub.alarms.alarm import Actor, Alarm
from hub.alarms.schema import alarms, entries
from hub.api.app import openapi_document
from hub.audit.entry import AuditEntry
from hub.audit.queries import Wanted, find
from hub.audit.schema import audit
from hub.evidence.piece import Piece, PieceKind, PieceState
from hub.evidence.purge import Namer, Purge
from hub.evidence.retention import DAY_MS, RecordRetention, held, hold, may_go, release
from tests.hub.alarms.made import GATE
from tests.hub.evidence.scene import WANTED, Scene

LI = Actor(who="user:li.wei")
KEEP = RecordRetention(evidence_days=365, media_days=90)


def purge(yard: Scene, tmp_path: Path, *namers: Namer) -> Purge:
    return Purge(yard.ledger, tmp_path / "media", "default", yard.clock, KEEP, namers)


def picture(yard: Scene, content: bytes) -> str:
    """Take a picture as old as the scene's clock."""
    sha256 = hashlib.sha256(content).hexdigest()
    yard.media.save(sha256, content)
    age(yard, sha256)
    return sha256


def age(yard: Scene, sha256: str) -> None:
    path = yard.media.path(sha256)
    assert path is not None
    os.utime(path, (yard.clock.now_ms() / 1000,) * 2)


async def closed_case(yard: Scene) -> tuple[Alarm, str]:
    """Let an alarm gather a picture, and close it."""
    event = yard.event(GATE, "hemei.gate.faulted", [b"evidence"])
    alarm = await yard.alarm(event)
    await yard.steps(1)
    sha256 = hashlib.sha256(b"evidence").hexdigest()
    age(yard, sha256)
    (found,) = yard.desk.standing().values()
    acknowledged = await yard.desk.acknowledge(alarm.id, found.version, LI)
    await yard.desk.close(alarm.id, acknowledged.version, LI, "mended", forced=True)
    return alarm, sha256


def entry(alarm: Alarm, what: str, reason: str) -> AuditEntry:
    return AuditEntry(tenant="default", ts_ms=0, who="user:zhao", what=what, about=alarm.id, reason=reason)


def rows(yard: Scene) -> list[int]:
    with yard.engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (alarms, entries)
        ]


async def test_a_file_goes_when_nothing_names_it_and_evidence_only_after_its_own_time(
    yard: Scene, tmp_path: Path
) -> None:
    _, sha256 = await closed_case(yard)
    loose = picture(yard, b"named by nothing")
    before = rows(yard)
    yard.clock.advance(89 * 86400)
    assert await purge(yard, tmp_path).once() == 0
    yard.clock.advance(2 * 86400)
    assert await purge(yard, tmp_path).once() == 1
    assert yard.media.path(loose) is None
    assert yard.media.path(sha256) is not None
    yard.clock.advance(275 * 86400)
    assert await purge(yard, tmp_path).once() == 1
    assert yard.media.path(sha256) is None
    assert rows(yard) == before, "alarms and their timelines stay"
    assert yard.verified().right, "what went by the rules is no fault"
    with yard.engine.connect() as connection:
        gone, loose_gone = find(connection, "default", Wanted(what="media.purged"))
    assert gone.about == sha256
    assert loose_gone.details == {"files": 1}


async def test_a_held_alarm_keeps_its_files_until_it_is_released(yard: Scene, tmp_path: Path) -> None:
    alarm, sha256 = await closed_case(yard)
    with yard.engine.begin() as connection:
        hold(connection, entry(alarm, "hold.set", "case 41 of the police"))
        assert held(connection, "default") == {alarm.id}
    yard.clock.advance(5000 * 86400)
    assert await purge(yard, tmp_path).once() == 0
    with yard.engine.begin() as connection:
        release(connection, entry(alarm, "hold.released", "case 41 is over"))
    assert await purge(yard, tmp_path).once() == 1
    assert yard.media.path(sha256) is None
    with yard.engine.connect() as connection:
        said = find(connection, "default", Wanted(what="hold."))
    assert [(each.what, each.who, each.reason) for each in said] == [
        ("hold.released", "user:zhao", "case 41 is over"),
        ("hold.set", "user:zhao", "case 41 of the police"),
    ]


async def test_what_a_recent_event_or_somebody_else_names_stays(yard: Scene, tmp_path: Path) -> None:
    picture(yard, b"plate")
    proof = picture(yard, b"proof of a work order")

    def proofs(_connection: Connection, _now_ms: int) -> Iterable[str]:
        return [proof]

    yard.clock.advance(100 * 86400)
    yard.event(GATE, "hemei.gate.plate-recognised", [b"plate"])
    assert await purge(yard, tmp_path, proofs).once() == 0


async def test_if_it_is_not_known_what_is_needed_nothing_goes(yard: Scene, tmp_path: Path) -> None:
    loose = picture(yard, b"loose")

    def broken(_connection: Connection, _now_ms: int) -> Iterable[str]:
        raise OSError("the orders' table is gone")

    yard.clock.advance(100 * 86400)
    with pytest.raises(OSError, match="gone"):
        await purge(yard, tmp_path, broken).once()
    assert yard.media.path(loose) is not None


async def test_a_picture_that_comes_again_is_new_again(yard: Scene, tmp_path: Path) -> None:
    sha256 = picture(yard, b"the same")
    path = yard.media.path(sha256)
    assert path is not None
    old = path.stat().st_mtime
    yard.media.save(sha256, b"the same")
    assert path.stat().st_mtime > old


@pytest.mark.parametrize(
    ("closed_days", "is_held", "goes"),
    [(None, False, False), (364, False, False), (366, False, True), (366, True, False)],
)
def test_when_a_piece_may_go(closed_days: int | None, is_held: bool, goes: bool) -> None:
    piece = Piece(
        id="1",
        tenant="default",
        alarm="1",
        kind=PieceKind.PICTURE,
        device=str(GATE),
        area=None,
        wanted=WANTED,
        around_ms=0,
        state=PieceState.GOT,
    )
    now_ms = 1000 * DAY_MS
    closed_ms = None if closed_days is None else now_ms - closed_days * DAY_MS
    assert may_go(piece, closed_ms=closed_ms, held=is_held, now_ms=now_ms, retention=KEEP) is goes
    waiting = [PieceState.PLANNED, PieceState.ASKED]
    for state in waiting:
        unfinished = Piece(
            **{name: getattr(piece, name) for name in piece.__struct_fields__} | {"state": state}
        )
        assert not may_go(unfinished, closed_ms=closed_ms, held=is_held, now_ms=now_ms, retention=KEEP)


async def test_a_hold_needs_a_reason_and_an_alarm(yard: Scene) -> None:
    alarm = await yard.alarm()
    with pytest.raises(InvalidMessage, match="say why"), yard.engine.begin() as connection:
        hold(connection, entry(alarm, "hold.set", " "))
    unknown = AuditEntry(tenant="default", ts_ms=0, who="user:zhao", what="hold.set", about="x", reason="y")
    with pytest.raises(InvalidMessage, match="no such alarm"), yard.engine.begin() as connection:
        hold(connection, unknown)


def test_the_api_deletes_no_record() -> None:
    deleting = [path for path, methods in openapi_document()["paths"].items() if "delete" in methods]
    revoking = "/api/v1/charging/codes/{code}"  # the code opens nothing any more, and stays in the ledger
    listed = ("levels/{key}", "households/{key}", "households/{key}/link")
    kept = [f"/api/v1/register/{each}" for each in listed]  # lists of people are no record; the audit is
    drawn = ("plans/{plan}", "areas/{area}", "placements/{site}/{kind}/{device}")
    rights = ("session", "people/{name}/sessions", "tokens/{name}", "community-links/{link}")
    others = (f"/api/v1/{each}" for each in (*drawn, *rights, "definitions/trials/{trial}"))
    assert set(deleting) == {revoking, *kept, *others}


@pytest.mark.parametrize("table", [audit.name, entries.name])
async def test_nor_does_the_product_itself(yard: Scene, table: str) -> None:
    await yard.alarm()
    with pytest.raises(DBAPIError, match="append-only"), yard.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a table of ours
