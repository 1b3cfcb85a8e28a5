"""A hub's desk, notifier and escalator on a real ledger, as they are after a start."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from contract.clock import ManualClock
from hub.alarms.alarm import Actor, Alarm, Entry, EntryKind
from hub.alarms.definition import Definition, by_key
from hub.alarms.desk import Desk
from hub.ledger.transactions import Transactions
from hub.notify.contact import Contact
from hub.notify.courier import Sender
from hub.notify.escalation import Escalator
from hub.notify.letter import SiteWords
from hub.notify.news import NewsKind
from hub.notify.notifier import Notifier, NotifySettings
from hub.notify.recipients import Duty
from hub.notify.schema import notifications
from tests.hub.alarms.made import definition, raised
from tests.hub.notify.receiver import Receiver

WANG = Actor(who="wang", post="east")
WORDS = SiteWords(
    title={"zh-CN": "和美小区", "en": "Hemei"},
    areas={"east-gate": {"zh-CN": "东门", "en": "East gate"}},
    zone=ZoneInfo("Asia/Shanghai"),
    base_url="https://hub.example/",
    device_title=lambda _: {"zh-CN": "入口道闸", "en": "Entry gate"},
)


def contact(name: str, **fields: Any) -> Contact:
    """Make a contact whose address is its own path of the receiver."""
    return Contact(id=name, title={"zh-CN": name}, url_file=f"/nowhere/{name}", **fields)


def told(*names: str, **fields: Any) -> Definition:
    """Make a definition that tells `names`."""
    return definition(tell=names, steps=({"zh-CN": "到现场看", "en": "Go and look"},), **fields)


class Shifts:
    """Duty that a test arranges."""

    def __init__(self, *manned: str) -> None:
        self.posts = set(manned)

    def manned(self, post: str) -> bool:
        return post in self.posts


@dataclass
class House:
    """One run of a hub."""

    desk: Desk
    notifier: Notifier
    escalator: Escalator
    clock: ManualClock
    engine: Engine
    definition: Definition
    tenant: str

    async def raise_(self, seq: int = 1, **fields: Any) -> Alarm:
        """Let the definition be raised by an event, and tell what is due."""
        signal = raised(self.definition, at_ms=self.clock.now_ms(), event_seq=seq, **fields)
        await self.desk.take([signal], upto=seq)
        await self.notifier.turn()
        return next(iter(self.desk.standing().values()))

    async def later(self, seconds: float) -> None:
        """Let time pass, and do what is due then."""
        self.clock.advance(seconds)
        await self.escalator.turn()
        await self.notifier.turn()

    async def acknowledge(self, alarm: Alarm) -> None:
        now = await self.desk.get(alarm.id)
        assert now is not None
        await self.desk.acknowledge(alarm.id, now.version, WANG)
        await self.notifier.turn()

    async def entries(self, alarm: Alarm, kind: EntryKind) -> list[Entry]:
        """Return an alarm's entries of a kind."""
        with self.engine.connect() as connection:
            return [each for each in self.desk.store.timeline(connection, alarm.id) if each.kind is kind]

    def states(self) -> dict[str, str]:
        """Return how each notification stands, by contact and kind of news."""
        c = notifications.c
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(c.contact, c.news, c.state).where(c.tenant == self.tenant).order_by(c.id)
            ).all()
        return {f"{contact} {news.partition(':')[0]}": state for contact, news, state in rows}


@dataclass(kw_only=True)
class Given:
    """What a test may arrange otherwise."""

    clock: ManualClock = field(default_factory=ManualClock)
    tenant: str = field(default_factory=lambda: secrets.token_hex(4))
    duty: Duty | None = None
    asked: Iterable[NewsKind] = ()
    sender: Sender | None = None
    ledger_of: Callable[[Engine, Executor], Transactions] = Transactions
    limit_s: float = 5.0
    options: str = "rto=5"
    addresses: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def house(
    ledger: Engine, receiver: Receiver, of: Definition, contacts: Iterable[Contact], **given: Any
) -> AsyncIterator[House]:
    """Start a hub's desk with its notifier and escalator, a new tenant unless `given` (fields of Given)."""
    this = Given(**given)
    settings = NotifySettings(
        tenant=this.tenant,
        definitions=(of,),
        contacts=tuple(contacts),
        words=WORDS,
        asked=frozenset(this.asked),
        limit_s=this.limit_s,
    )

    def address_of(each: Contact) -> str:
        return this.addresses.get(each.id) or receiver.address(each.id, this.options)

    with ThreadPoolExecutor(1) as thread:
        writes = this.ledger_of(ledger, thread)
        desk = Desk(writes, this.clock, this.tenant)
        notifier = Notifier(
            settings, writes, this.clock, desk, duty=this.duty, sender=this.sender, address_of=address_of
        )
        escalator = Escalator(this.tenant, by_key((of,)), notifier.recipients, writes, this.clock, desk)
        desk.join(notifier)
        desk.join(escalator)
        await desk.open()
        await notifier.open()
        yield House(desk, notifier, escalator, this.clock, ledger, of, this.tenant)
