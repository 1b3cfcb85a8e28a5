"""What tests of the police desk are made of: a desk on a real ledger, people, a request."""

import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from contract.clock import ManualClock
from hub.alarms.alarm import Actor
from hub.audit.entry import NumberedEntry, read_body
from hub.audit.schema import audit
from hub.disclosure.moves import Press
from hub.disclosure.request import Disclosure, Draft, Made, Officer
from hub.disclosure.scope import DAY_MS, DataKind, Scope
from hub.disclosure.service import Disclosures, DisclosureSite
from hub.disclosure.settings import DisclosureSettings
from hub.disclosure.states import Step
from hub.ledger.transactions import Transactions

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZHAO = Actor(who="user:zhao.min", address="192.0.2.7")
CHEN = Actor(who="user:chen.jing")
HE = Actor(who="user:he.yan")
TO_MS = 1_790_000_000_000
BUNDLE = Made(
    name="2026-0001.zip", bytes=1234, sha256="ab" * 32, files=9, encrypted=False, made_ms=1_790_000_000_000
)


def scope(**fields: Any) -> Scope:
    """Make a scope of two days."""
    usual: dict[str, Any] = {"from_ms": TO_MS - 2 * DAY_MS, "to_ms": TO_MS, "kinds": (DataKind.PASSES,)}
    return Scope(**usual | fields)


def draft(**fields: Any) -> Draft:
    """Make a request."""
    usual: dict[str, Any] = {
        "basis": "criminal",
        "document_number": "甬公(刑)调证字〔2026〕17号",
        "case_number": "A3302-2026-00017",
        "unit": "鄞州分局刑侦大队",
        "officers": (Officer(name="周正", number="031177"),),
        "purpose": "查找涉案车辆",
        "scope": scope(),
    }
    return Draft(**usual | fields)


class Desk:
    """A police desk as a hub has it."""

    def __init__(self, engine: Engine, ledger: Transactions, clock: ManualClock, settings: Any) -> None:
        self.engine = engine
        self.ledger = ledger
        self.clock = clock
        self.tenant = f"tenant-{secrets.token_hex(6)}"
        site = DisclosureSite(
            tenant=self.tenant, title={}, zone=SHANGHAI, folder=Path("bundles"), settings=settings
        )
        self.service = Disclosures(ledger, clock, site)
        self.desk = self.service.desk

    async def request(self, by: Actor = ZHAO, **fields: Any) -> Disclosure:
        """Ask for data to leave."""
        return await self.desk.request(draft(**fields), by)

    async def press(self, found: Disclosure, step: Step, by: Actor = ZHAO, **fields: Any) -> Disclosure:
        """Press on what was seen."""
        releases = fields.pop("releases", by != ZHAO)
        press = Press(step=step, **fields)
        return await self.desk.press(found.id, found.version, press, by, releases=releases)

    async def approved(self, **fields: Any) -> Disclosure:
        """Have a request released."""
        return await self.press(await self.request(**fields), Step.APPROVE, CHEN)

    async def ready(self, **fields: Any) -> Disclosure:
        """Have a bundle made."""
        found = await self.approved(**fields)
        await self.desk.begin(found.id)
        return await self.desk.made(found.id, BUNDLE)

    async def way(self, found: Disclosure) -> list[str]:
        """Return what its way tells."""
        return [step.what.value for step in await self.desk.way(found.id)]

    async def audit(self) -> list[NumberedEntry]:
        """Return what the audit has, oldest first."""
        query = select(audit.c.body).where(audit.c.tenant == self.tenant).order_by(audit.c.n)
        bodies = await self.ledger.read(lambda connection: list(connection.execute(query).scalars()))
        return [read_body(body) for body in bodies]


@asynccontextmanager
async def desk_on(engine: Engine, **settings: Any) -> AsyncIterator[Desk]:
    """Open a desk, of a tenant of its own."""
    with ThreadPoolExecutor(1) as thread:
        ledger = Transactions(engine, thread)
        yield Desk(engine, ledger, ManualClock(), DisclosureSettings(**settings))
