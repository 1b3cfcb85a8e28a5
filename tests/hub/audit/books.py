"""An audit with a few entries in it, and ways to spoil it as only somebody behind the product's back can."""

from pathlib import Path

from sqlalchemy import Engine, Executable, text

from hub.alarms.alarm import Actor
from hub.audit.chain import append, head
from hub.audit.checkpoints import FILE, Checkpoint, Checkpoints
from hub.audit.entry import AuditEntry
from hub.audit.findings import Report
from hub.audit.trail import AuditTrail
from hub.audit.triggers import APPEND_ONLY, install
from hub.audit.verify import verify
from hub.ledger.schema import metadata
from hub.media import MediaStore
from tests.hub.alarms.made import desk_on, raised

LI = Actor(who="user:li.wei", post="gatehouse")


def entry(number: int = 0, **fields: object) -> AuditEntry:
    """Make an entry."""
    given: dict[str, object] = {
        "tenant": "default",
        "ts_ms": 1_790_000_000_000 + number,
        "who": "user:li.wei",
    }
    given |= {"what": "media.viewed", "about": f"{number:064x}", "role": "guard", "address": "10.0.0.7"}
    return AuditEntry(**(given | fields))  # type: ignore[arg-type]  # the fields of an entry


def books(ledger: Engine, count: int = 8) -> None:
    """Open an audit with `count` entries, guarded as it is in production."""
    metadata.create_all(ledger)
    install(ledger)
    for number in range(1, count + 1):
        with ledger.begin() as connection:
            assert append(connection, entry(number)) == number


async def case(ledger: Engine) -> str:
    """Open an audit with one alarm that was raised and acknowledged; return the alarm's id."""
    metadata.create_all(ledger)
    install(ledger)
    async with desk_on(ledger, None, AuditTrail()) as desk:
        await desk.take([raised(data={"position": 12.5, "largest": 2**60})], upto=None)
        (alarm,) = desk.standing().values()
        await desk.acknowledge(alarm.id, alarm.version, LI, "去看了")
        return alarm.id


def checkpoints(folder: Path) -> Checkpoints:
    """Return the file of checkpoints of a test."""
    return Checkpoints(folder / FILE)


def checkpoint(ledger: Engine, folder: Path) -> None:
    """Keep where the chain stands now."""
    with ledger.connect() as connection:
        n, hash_ = head(connection, "default")
    checkpoints(folder).keep(Checkpoint(tenant="default", n=n, hash=hash_, ts="2026-11-24T00:00:00.000Z"))


def look(ledger: Engine, folder: Path) -> Report:
    """Verify everything."""
    return verify(ledger, "default", MediaStore(folder / "media"), checkpoints(folder))


def found(ledger: Engine, folder: Path) -> list[tuple[str, str, str]]:
    """Verify everything and return part, place and fault of each finding."""
    return [(each.part, each.at, each.fault.value) for each in look(ledger, folder).findings]


def behind_its_back(ledger: Engine, *statements: str | Executable) -> None:
    """Do what the database refuses, as whoever may drop its triggers can."""
    sqlite = ledger.dialect.name == "sqlite"
    with ledger.begin() as connection:
        for table in APPEND_ONLY:
            names = [f"{table}_no_update", f"{table}_no_delete"] if sqlite else [f"{table}_append_only"]
            for name in names:
                connection.execute(
                    text(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
                )
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)
    install(ledger)
