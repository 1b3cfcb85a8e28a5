"""Alarms and measurements as they leave."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from contract.topics import Address
from hub.alarms.schema import alarms, entries
from hub.disclosure.scope import DataKind
from hub.evidence.schema import evidence
from hub.history.sqlite import SqliteHistory
from hub.history.store import Sample, SeriesKey
from hub.settings import Retention
from tests.hub.disclosure.reading.test_leaving import held_back, left
from tests.hub.disclosure.yard import DECIDED_MS, NOON_MS, NOTHING, SCOPE, TENANT, Yard, basis, filled


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """Give a site."""
    made = Yard(tmp_path)
    yield made
    made.close()


def alarm(yard: Yard, ident: str, at_ms: int = NOON_MS, **fields: Any) -> None:
    """Put an alarm into the ledger, that a guard has closed with a remark, and evidence of it."""
    said = {"id": ident, "device_kind": "gate", "device": "east-in", "raised_ms": at_ms, "dedup": ident}
    said |= {"title": '{"zh-CN": "强行通过"}', "trace": "{}", "data": "{}", "state": "normal"}
    said |= {"kind": "incident", "priority": "high", "suppression": "none"}
    said |= {"closed_ms": at_ms + 60, "closed_by": "user:li.wei"}
    yard.write(alarms, [filled(alarms, said | fields)])
    told = {"alarm": ident, "n": 1, "ts_ms": at_ms + 60, "kind": "closed", "who": "user:li.wei"}
    late = {"alarm": ident, "n": 2, "ts_ms": DECIDED_MS + 1, "kind": "commented", "who": "user:li.wei"}
    for entry in (told | {"note": "王小明 46010619900101123X"}, late):
        yard.write(entries, [filled(entries, entry | {"data": "{}"})])
    piece = {"id": ident, "alarm": ident, "kind": "snapshot", "state": "got", "received_ms": at_ms}
    yard.write(evidence, [filled(evidence, piece | {"sha256": yard.picture()})])


def test_of_alarms_what_was_until_the_release_leaves_and_remarks_if_all_are_revealed(yard: Yard) -> None:
    alarm(yard, "a-1")
    alarm(yard, "a-2", NOON_MS + 5, tenant="next-door")
    scope = replace(SCOPE, kinds=(DataKind.ALARMS,))
    [row] = left(yard, basis("criminal"), scope, "alarms")
    assert row["title"] == "强行通过"
    assert row["close_reason"] == "王小明 46***"
    assert row["timeline"].count("\n") == 0
    assert row["closed"] == NOON_MS + 60
    assert row["masked"] == [False]
    narrow = basis("criminal", reveals=basis("public-security").reveals)
    [row] = left(yard, narrow, scope, "alarms")
    assert row["close_reason"] == "***"
    assert "王" not in str(row)
    assert held_back(yard, narrow, scope) == {"words": 2, "pictures-masked": 1}
    assert left(yard, narrow, replace(scope, alarms=("a-1",)), "alarms")[0]["masked"] == [False]


def test_measurements_leave_series_by_series_while_the_hub_writes_them(yard: Yard) -> None:
    store = SqliteHistory(yard.settings.history_file, Retention())
    for device in ("east-out", "east-in"):
        key = SeriesKey(TENANT, Address("hemei", "gate", device), "position")
        store.write([Sample(key, NOON_MS + n * 1000, None if n == 3 else float(n)) for n in range(5)])
    scope = replace(SCOPE, kinds=(DataKind.HISTORY,), pictures=False)
    around = msgspec.structs.replace(NOTHING, units={"gate/east-in": {"position": "%"}})
    with yard.reader.source(basis("criminal"), scope, yard.reader.cut(scope, DECIDED_MS), around) as source:
        rows = list(source.rows("history", None))
        assert [row.values[1:] for row in rows[:4:3]] == [
            ("east-in", "position", 0.0, "%", "good"),
            ("east-in", "position", None, "%", "unknown"),
        ]
        assert len(rows) == source.count("history") == 10
        for place in (0, 4, 6, 9):
            assert list(source.rows("history", rows[place].cursor)) == rows[place + 1 :]
    assert not left(yard, basis("criminal"), replace(scope, plate="琼A12345"), "history")
    store.close()
