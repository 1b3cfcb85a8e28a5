"""`hemei audit verify` on a site: right, changed, and what there is nothing of."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from hemei.cli import main
from hub.alarms.alarm import EntryKind
from hub.alarms.definition import Evidence
from hub.alarms.desk import Desk
from hub.audit.trail import AuditTrail
from hub.evidence.piece import Piece, PieceKind, PieceState
from hub.evidence.schema import evidence
from hub.evidence.store import PieceStore
from hub.ledger.engine import open_ledger
from hub.media import MediaStore
from tests.hemei.test_site import GOOD
from tests.hub.alarms.made import GATE, desk_on, raised
from tests.hub.audit.books import behind_its_back, checkpoint

PICTURE = b"\xff\xd8\xff what the camera saw"
SHA256 = hashlib.sha256(PICTURE).hexdigest()
Verify = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data folder of a site."""
    (tmp_path / "site.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path / "data" / "hub"


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    def run(*options: str) -> Result:
        arguments = ["audit", "verify", "--config", str(tmp_path / "site.toml"), *options]
        return CliRunner().invoke(main, arguments, env={"LC_ALL": "C"})

    return run


async def site(data: Path) -> None:
    """Let a site have one alarm with one picture, in its ledger and its media folder."""
    ledger = open_ledger(f"sqlite:///{data / 'ledger.sqlite'}")
    MediaStore(data / "media").save(SHA256, PICTURE)
    async with desk_on(ledger, None, AuditTrail()) as desk:
        await desk.take([raised()], upto=None)
        await _gather(desk)
    checkpoint(ledger, data)
    ledger.dispose()


async def _gather(desk: Desk) -> None:
    (alarm,) = desk.standing().values()
    piece = Piece(
        id="1",
        tenant="default",
        alarm=alarm.id,
        kind=PieceKind.PICTURE,
        device=str(GATE),
        area=None,
        wanted=Evidence(),
        around_ms=0,
        state=PieceState.GOT,
        sha256=SHA256,
    )
    said = {"piece": piece.id, "sha256": SHA256}
    store = PieceStore("default")
    add = lambda connection: store.add(connection, [piece])  # noqa: E731 - read in one line
    await desk.note(alarm.id, EntryKind.EVIDENCE, data=said, also=add)


async def test_an_untouched_site_is_right(data: Path, verify: Verify) -> None:
    await site(data)
    done = verify()
    assert done.exit_code == 0, done.output
    assert (
        "Nothing was changed: 2 entries, 2 of timelines, 1 pieces of evidence, 1 checkpoints" in done.output
    )
    report = msgspec.json.decode(verify("--json").stdout)
    assert (report["right"], report["findings"]) == (True, [])
    assert report["head"]["n"] == report["checkpoint"]["n"] == 2


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET body = replace(body, 'hub', 'nobody') WHERE n = 1", "audit 1: changed: "),
        ("DELETE FROM audit WHERE n = 2", "audit 2: cut off: the last 1 of 2 entries are cut off"),
        ("UPDATE alarm_entries SET note = 'no' WHERE n = 1", "/1: changed: "),
        ("UPDATE evidence SET sha256 = 'other'", "its row names another file than the timeline"),
        ("DELETE FROM evidence", "removed: a timeline tells of this piece, its row is gone"),
    ],
)
async def test_one_changed_row_is_found(data: Path, verify: Verify, statement: str, said: str) -> None:
    await site(data)
    ledger = open_ledger(f"sqlite:///{data / 'ledger.sqlite'}")
    behind_its_back(ledger, statement)
    ledger.dispose()
    done = verify()
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert msgspec.json.decode(verify("--json").stdout)["right"] is False


@pytest.mark.parametrize(
    ("content", "said"), [(b"another", "changed: its file was changed"), (None, "missing")]
)
async def test_a_changed_file_of_evidence_is_found(
    data: Path, verify: Verify, content: bytes | None, said: str
) -> None:
    await site(data)
    file = data / "media" / SHA256[:2] / SHA256
    file.write_bytes(content) if content else file.unlink()
    done = verify()
    assert done.exit_code == 1
    assert SHA256 in done.stderr
    assert said in done.stderr


async def test_a_piece_slipped_in_is_found(data: Path, verify: Verify) -> None:
    await site(data)
    ledger = open_ledger(f"sqlite:///{data / 'ledger.sqlite'}")
    with ledger.begin() as connection:
        columns = [column.name for column in evidence.c]
        (row,) = connection.execute(evidence.select()).mappings().all()
        slipped = {name: row[name] for name in columns} | {"id": "2"}
        connection.execute(insert(evidence).values(slipped))
    ledger.dispose()
    assert "inserted: no timeline tells of this piece" in verify().stderr


def test_a_site_without_a_ledger_says_so_and_makes_none(data: Path, verify: Verify) -> None:
    done = verify()
    assert done.exit_code == 2
    assert "nothing to verify" in done.stderr
    assert not data.exists()
