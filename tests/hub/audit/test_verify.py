"""Any change behind the product's back is found, and the report says which entry and what; both databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from hub.audit.checkpoints import Checkpoint
from hub.audit.entry import GENESIS, hash_of
from hub.audit.schema import audit, heads
from tests.hub.audit.books import behind_its_back, books, case, checkpoint, checkpoints, found, look

SWAP = (
    "UPDATE audit SET n = -1 WHERE n = 4",
    "UPDATE audit SET n = 4 WHERE n = 5",
    "UPDATE audit SET n = 5 WHERE n = -1",
)


def test_an_untouched_chain_is_right(ledger: Engine, tmp_path: Path) -> None:
    books(ledger)
    checkpoint(ledger, tmp_path)
    report = look(ledger, tmp_path)
    assert report.right
    assert report.checked == {"audit": 8, "checkpoints": 1, "timeline": 0, "disclosure": 0, "evidence": 0}
    assert report.head.n == report.checkpoint.n == 8  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        (["UPDATE audit SET body = replace(body, 'li.wei', 'wu.jun') WHERE n = 3"], [("3", "changed")]),
        (["UPDATE audit SET who = 'user:wu.jun' WHERE n = 3"], [("3", "changed")]),
        (["UPDATE audit SET ts_ms = ts_ms + 1 WHERE n = 8"], [("8", "changed")]),
        (["UPDATE audit SET body = 'gone' WHERE n = 3"], [("3", "changed")]),
        (["UPDATE audit SET hash = 'none' WHERE n = 3"], [("3", "changed"), ("4", "changed")]),
        (["DELETE FROM audit WHERE n IN (3, 4)"], [("3-4", "removed")]),
        (["DELETE FROM audit WHERE n = 1"], [("1", "removed")]),
        (["DELETE FROM audit WHERE n > 6"], [("7-8", "cut-off")]),
        (["DELETE FROM audit"], [("1-8", "cut-off")]),
        (list(SWAP), [("4", "reordered"), ("5", "reordered"), ("6", "changed")]),
        (["UPDATE audit SET n = 9 WHERE n = 2"], [("2", "removed"), ("9", "reordered"), ("9", "inserted")]),
        (
            [
                "INSERT INTO audit SELECT tenant, 9, ts_ms, who, what, about, body, hash"
                " FROM audit WHERE n = 8"
            ],
            [("9", "reordered"), ("9", "inserted")],
        ),
        (["DELETE FROM audit_heads"], [("1-8", "inserted")]),
    ],
)
def test_a_change_is_found_and_named(
    sqlite: Engine, tmp_path: Path, spoilt: list[str], expected: list[tuple[str, str]]
) -> None:
    books(sqlite)
    behind_its_back(sqlite, *spoilt)
    assert [(at, fault) for _, at, fault in found(sqlite, tmp_path)] == expected


def test_an_end_cut_off_together_with_its_head_shows_against_the_checkpoint(
    ledger: Engine, tmp_path: Path
) -> None:
    books(ledger)
    checkpoint(ledger, tmp_path)
    behind_its_back(
        ledger,
        "DELETE FROM audit WHERE n > 6",
        "UPDATE audit_heads SET n = 6, hash = (SELECT hash FROM audit WHERE n = 6)",
    )
    assert found(ledger, tmp_path) == [("audit", "7-8", "cut-off")]


def test_a_chain_hashed_anew_from_a_changed_entry_on_shows_against_the_checkpoint(
    sqlite: Engine, tmp_path: Path
) -> None:
    books(sqlite)
    checkpoint(sqlite, tmp_path)
    with sqlite.connect() as connection:
        bodies = connection.execute(select(audit.c.n, audit.c.body).order_by(audit.c.n)).all()
    before, statements = GENESIS, []
    for n, body in bodies:
        forged = body.replace("10.0.0.7", "10.0.0.8") if n == 2 else body
        before = hash_of(before, forged)
        changed = {"body": forged, "hash": before}
        statements.append(update(audit).where(audit.c.n == n).values(changed))
    behind_its_back(sqlite, *statements, update(heads).values(hash=before))
    assert found(sqlite, tmp_path) == [("audit", "8", "rewritten")]


def test_a_trigger_that_was_dropped_is_missed(ledger: Engine, tmp_path: Path) -> None:
    books(ledger, 1)
    name = "audit_no_delete" if ledger.dialect.name == "sqlite" else "audit_append_only"
    drop = f"DROP TRIGGER {name}" + ("" if ledger.dialect.name == "sqlite" else " ON audit")
    with ledger.begin() as connection:
        connection.execute(text(drop))
    assert found(ledger, tmp_path) == [("database", name, "removed")]


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ("UPDATE alarm_entries SET note = 'nobody went' WHERE n = 2", "changed"),
        ("UPDATE alarm_entries SET who = 'user:wu.jun' WHERE n = 2", "changed"),
        ("UPDATE alarm_entries SET data = '{' WHERE n = 2", "changed"),
        ("DELETE FROM alarm_entries WHERE n = 2", "removed"),
    ],
)
async def test_a_changed_timeline_is_found(sqlite: Engine, tmp_path: Path, spoilt: str, fault: str) -> None:
    ident = await case(sqlite)
    assert look(sqlite, tmp_path).right
    behind_its_back(sqlite, spoilt)
    assert found(sqlite, tmp_path) == [("timeline", f"{ident}/2", fault)]


async def test_an_entry_slipped_into_a_timeline_is_found(ledger: Engine, tmp_path: Path) -> None:
    ident = await case(ledger)
    slip = "INSERT INTO alarm_entries SELECT tenant, alarm, 3, ts_ms, 'reviewed', who, post, note, data"
    behind_its_back(ledger, slip + " FROM alarm_entries WHERE n = 2")
    assert found(ledger, tmp_path) == [("timeline", f"{ident}/3", "inserted")]


def test_a_checkpoint_torn_by_a_crash_does_not_swallow_the_next(sqlite: Engine, tmp_path: Path) -> None:
    books(sqlite, 1)
    kept = checkpoints(tmp_path)
    kept.file.write_text('{"tenant":"defau')
    checkpoint(sqlite, tmp_path)
    assert kept.of("default").last is not None
    assert found(sqlite, tmp_path) == [("checkpoints", "line 1", "unreadable")]


def test_checkpoints_that_contradict_each_other_are_found(sqlite: Engine, tmp_path: Path) -> None:
    books(sqlite, 1)
    checkpoint(sqlite, tmp_path)
    checkpoints(tmp_path).keep(Checkpoint(tenant="default", n=1, hash=GENESIS, ts="later"))
    assert found(sqlite, tmp_path) == [("checkpoints", "line 2", "changed")]
