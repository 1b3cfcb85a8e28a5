"""The chain: dense, append-only, written with what it tells of; on both databases."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from hub.access.roles import Role
from hub.access.store import AccessStore
from hub.alarms.alarm import Actor
from hub.audit.chain import append, append_all, head
from hub.audit.entry import GENESIS, read_body
from hub.audit.queries import Wanted, find
from hub.audit.schema import audit
from hub.audit.trail import AuditTrail
from hub.audit.triggers import install
from tests.hub.alarms.made import desk_on, raised
from tests.hub.audit.books import books, case, entry


def test_anybody_can_check_a_hash_with_sha256sum(sqlite: Engine) -> None:
    books(sqlite, 2)
    with sqlite.connect() as connection:
        first, second = connection.execute(select(audit.c.body, audit.c.hash).order_by(audit.c.n)).all()
        assert head(connection, "default") == (2, second.hash)
    assert hashlib.sha256((GENESIS + first.body).encode()).hexdigest() == first.hash
    assert hashlib.sha256((first.hash + second.body).encode()).hexdigest() == second.hash


def test_numbers_are_dense_whoever_writes_at_the_same_time(ledger: Engine) -> None:
    books(ledger, 0)

    def write(number: int) -> None:
        with ledger.begin() as connection:
            append_all(connection, [entry(number), entry(number, who="user:wang.fang")])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(20)))
    with ledger.connect() as connection:
        assert list(connection.execute(select(audit.c.n).order_by(audit.c.n)).scalars()) == list(range(1, 41))


def test_an_entry_stands_or_falls_with_its_transaction(sqlite: Engine) -> None:
    books(sqlite, 1)

    def fail(connection: Connection) -> None:
        append(connection, entry(2))
        raise KeyError

    with pytest.raises(KeyError), sqlite.begin() as connection:
        fail(connection)
    with sqlite.begin() as connection:
        assert append(connection, entry(3)) == 2


def test_each_tenant_has_its_own_chain(sqlite: Engine) -> None:
    books(sqlite, 3)
    with sqlite.begin() as connection:
        assert append(connection, entry(1, tenant="next-door")) == 1
        assert head(connection, "default").n == 3


CHANGES = (
    "UPDATE audit SET who = 'user:nobody' WHERE n = 1",
    "DELETE FROM audit WHERE n = 2",
    "UPDATE alarm_entries SET note = 'nothing happened'",
    "DELETE FROM alarm_entries",
)


async def test_the_database_itself_refuses_to_change_what_was_written(ledger: Engine) -> None:
    await case(ledger)
    install(ledger)  # again is no error
    for statement in CHANGES:
        with pytest.raises(DBAPIError, match="append-only"), ledger.begin() as connection:
            connection.execute(text(statement))


def test_nothing_can_be_replaced_or_emptied_either(ledger: Engine) -> None:
    books(ledger, 2)
    if ledger.dialect.name == "sqlite":
        statement = (
            "INSERT OR REPLACE INTO audit SELECT tenant, 1, ts_ms, who, what, about, body, hash FROM audit"
        )
    else:
        statement = "TRUNCATE audit"
    with pytest.raises(DBAPIError, match="append-only"), ledger.begin() as connection:
        connection.execute(text(statement))


async def test_the_trail_says_who_in_which_role_did_what_to_an_alarm_and_why(sqlite: Engine) -> None:
    books(sqlite, 0)
    AccessStore(sqlite, "default").add_user("li.wei", Role.GUARD, None, 0)
    ident = await case(sqlite)
    with sqlite.connect() as connection:
        acknowledged, was_raised = find(connection, "default", Wanted(about=ident))
    assert (was_raised.who, was_raised.role, was_raised.what) == ("hub", "", "alarm.raised")
    assert (acknowledged.who, acknowledged.role) == ("user:li.wei", "guard")
    assert (acknowledged.what, acknowledged.post) == ("alarm.acknowledged", "gatehouse")
    assert acknowledged.reason == "去看了"
    assert acknowledged.details["device"] == "hemei/gate/east-in"


async def test_links_and_machines_have_their_role_too(sqlite: Engine) -> None:
    books(sqlite, 0)
    async with desk_on(sqlite, None, AuditTrail()) as desk:
        await desk.take([raised()], upto=None)
        (alarm,) = desk.standing().values()
        await desk.comment(alarm.id, alarm.version, Actor(who="link:supervisor"), "seen")
    with sqlite.connect() as connection:
        (commented,) = find(connection, "default", Wanted(what="alarm.commented"))
    assert commented.role == "supervisor"


def test_what_cannot_be_text_in_a_database_is_kept_all_the_same(sqlite: Engine) -> None:
    books(sqlite, 0)
    odd = entry(
        1, about="/x\0\ud800", reason="\0\u2028😀", details={"many": 2**63, "part": 0.1, "no": float("nan")}
    )
    with sqlite.begin() as connection:
        append(connection, odd)
        body = connection.execute(select(audit.c.body)).scalar_one()
    assert read_body(body).reason == odd.reason
    assert read_body(body).details == {"many": str(2**63), "part": 0.1, "no": None}
