"""What tests of alarms are made of: definitions, signals and a desk on a real ledger."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Engine

from contract.clock import ManualClock
from contract.topics import Address
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, Kind, Priority, Test
from hub.alarms.desk import Desk
from hub.alarms.signals import Raise, Return
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions

GATE = Address("hemei", "gate", "east-in")


def definition(key: str = "gate-faulted", **fields: Any) -> Definition:
    """Make a definition that an event raises."""
    given = {
        "title": {"zh-CN": "道闸故障", "en": "Gate faulted"},
        "priority": Priority.HIGH,
        "raised_by": Test(event="hemei.gate.faulted"),
        "returned_by": Test(event="hemei.gate.fault-cleared"),
    }
    return Definition(key=key, **(given | fields))


def incident(key: str = "object-falling", **fields: Any) -> Definition:
    """Make a definition of which each occurrence is a case."""
    return definition(key, kind=Kind.INCIDENT, returned_by=None, **fields)


def raised(of: Definition | None = None, at_ms: int = 0, **fields: Any) -> Raise:
    """Make a raise."""
    return Raise(definition=of or definition(), address=GATE, area="east-gate", at_ms=at_ms, **fields)


def over(of: Definition | None = None, at_ms: int = 0, **fields: Any) -> Return:
    """Make a return."""
    return Return(definition=of or definition(), address=GATE, at_ms=at_ms, **fields)


@asynccontextmanager
async def desk_on(
    ledger: Engine, clock: ManualClock | None = None, *participants: Participant, **fields: Any
) -> AsyncIterator[Desk]:
    """Open a desk on a ledger, as a hub does at its start."""
    metadata.create_all(ledger)
    with ThreadPoolExecutor(1) as thread:
        desk = Desk(
            Transactions(ledger, thread), clock or ManualClock(), "default", list(participants), **fields
        )
        await desk.open()
        yield desk
