"""The control room: everything about alarms, put together. What each part does is said where it is."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, or_

from contract.clock import Clock
from contract.topics import Address
from hub.access.roles import Principal
from hub.alarms.alarm import Actor, Alarm, Change
from hub.alarms.board import Board
from hub.alarms.definition import Words, by_key
from hub.alarms.desk import Desk
from hub.alarms.links.linker import Linker
from hub.alarms.rules.engine import Rules
from hub.alarms.schema import alarms
from hub.alarms.view import AlarmView, CaseView
from hub.audit.auditor import Auditor
from hub.audit.checkpoints import FILE, Checkpoints
from hub.audit.trail import AuditTrail
from hub.core import Core
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.live.stream import LiveStream
from hub.notify.escalation import Escalator
from hub.notify.letter import SiteWords
from hub.notify.notifier import Notifier, NotifySettings
from hub.orders.service import Orders, OrderSettings
from hub.posts.duty import Duty
from hub.posts.reach import Reach
from hub.posts.trail import in_audit
from hub.reports.service import Reports
from hub.selfwatch.clocks import ClockWatch

REACHED_INTERVAL_S: Final = 1.0
"""How often it is written when alarms reached the screens."""


class ControlRoom:
    """One hub's alarms: the desk, who is on duty, and what follows from a change."""

    def __init__(self, core: Core, live: LiveStream, clock: Clock) -> None:
        settings = core.settings
        self._core = core
        self._clock = clock
        self._live = live
        tenant = settings.tenant
        zone = ZoneInfo(settings.timezone)
        ledger = Transactions(core.engine, core.committer.thread)
        self.definitions = by_key(settings.alarms)
        self.desk = Desk(ledger, clock, tenant, on_change=self._changed)
        self.board = Board(self.definitions, self.desk.standing, live.announce_alarm, clock)
        self.rules = Rules(settings.alarms, core.shadows, clock, self.desk, core.events, tenant=tenant)
        self.auditor = Auditor(ledger, tenant, clock, Checkpoints(settings.data_dir / FILE))
        self.duty = Duty(
            settings.posts,
            zone,
            ledger,
            self.desk.store,
            clock,
            tenant=tenant,
            record=in_audit(tenant),
        )
        self.duty.on_change = self._duty_changed
        words = SiteWords(
            title=settings.title, areas=settings.areas, zone=zone, device_title=self._device_title
        )
        told = NotifySettings(
            tenant=tenant, definitions=settings.alarms, contacts=settings.contacts, words=words
        )
        self.notifier = Notifier(told, ledger, clock, self.desk, duty=self.duty)
        self.escalator = Escalator(
            tenant, self.definitions, self.notifier.recipients, ledger, clock, self.desk
        )
        self.linker = Linker(ledger, clock, tenant, settings.alarms, self.desk, core.actions, core.shadows)
        self.clocks = ClockWatch(core.shadows, clock)
        self.reports = Reports(ledger, tenant, settings.alarms, settings.posts, self.clocks.offset)
        self.orders = Orders(
            ledger,
            clock,
            tenant,
            OrderSettings(
                site=settings.site_id, zone=zone, kinds=settings.order_kinds, hours=settings.working_hours
            ),
            definitions=settings.alarms,
            alarms=self.desk,
            teller=self.notifier,
            media=core.media,
            on_change=lambda _: self.notifier.wake(),
        )
        participants = (
            AuditTrail(),
            self.duty,
            self.escalator,
            self.notifier,
            self.linker,
            self.orders.planner,
        )
        for participant in participants:
            self.desk.join(participant)
        live.open_alarms = self.board.open
        live.on_alarms_pushed = self.board.pushed

    async def run(self) -> None:
        """Work until cancelled."""
        await self.desk.open()
        await self.duty.resume()
        await self.notifier.open()
        self.rules.remember_missed(self._core.committer.writer.missed())
        self._duty_changed()
        parts = (
            self.rules.run(),
            self.desk.run(),
            self.duty.run(),
            self.auditor.run(),
            self.notifier.run(),
            self.escalator.run(),
            self.linker.run(),
            self.orders.run(),
            self._write_reached(),
        )
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        self.rules.changed(address)
        self.linker.directory.changed(address)

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self.rules.removed(address)
        self.linker.directory.removed(address)

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        self.rules.committed(entries)

    def linked(self, online: bool) -> None:
        """Take that the link to the broker came or went."""
        self.rules.linked(online)
        self.linker.set_link(online=online)

    def reach(self, who: Principal) -> Reach:
        """Say what somebody may see of alarms and act on now."""
        return self.duty.reach(who)

    def actor(self, who: Principal, address: str) -> Actor:
        """Say who does something, at which post, from where."""
        return Actor(who=who.name, post=self.duty.actor(who).post, address=address)

    def painted(self, idents: Sequence[object]) -> None:
        """Take that a screen says it has painted these alarms."""
        self.board.painted(each for each in idents if isinstance(each, str))

    def view(self, alarm: Alarm) -> AlarmView:
        """Show an alarm."""
        return self.board.view(alarm)

    async def case(self, alarm: Alarm) -> CaseView:
        """Show an alarm and everything about it."""
        return self.board.case(alarm, await self.desk.timeline(alarm.id), (), ())

    async def find(
        self,
        *,
        opened: bool | None,
        equal: dict[str, str],
        areas: frozenset[str] | None,
        before_ms: int | None,
        limit: int,
    ) -> list[Alarm]:
        """Return alarms of `areas` (None: all) whose columns equal those given, newest raise first."""
        where: list[ColumnElement[bool]] = [alarms.c[name] == value for name, value in equal.items()]
        if opened is not None:
            where.append(alarms.c.closed_ms.is_(None) if opened else alarms.c.closed_ms.is_not(None))
        if areas is not None:
            if not areas:
                return []
            where.append(or_(alarms.c.area.is_(None), alarms.c.area.in_(areas)))
        return await self.desk.find(*where, before_ms=before_ms, limit=limit)

    def shelf_rule(self, who: Principal, alarm: str, until_ms: int) -> Callable[[Connection], None]:
        """Return what lets a shelf pass, or not, in the transaction that shelves."""
        now_ms = self._clock.now_ms()

        def rule(connection: Connection) -> None:
            self.duty.shelves.check(connection, who.name, until_ms, now_ms)
            self.duty.shelves.count(connection, who.name, alarm, now_ms)

        return rule

    def _changed(self, changes: Sequence[Change]) -> None:
        self.board.changed(changes)
        self.rules.told(changes)

    def _device_title(self, address: Address) -> Words | None:
        shadow = self._core.shadows.get(address)
        return shadow.description.titles if shadow is not None and shadow.description else None

    def _duty_changed(self) -> None:
        self._live.set_duty(self.duty.view())

    async def _write_reached(self) -> None:
        while True:
            await asyncio.sleep(REACHED_INTERVAL_S)
            reached: dict[str, Any] = self.board.take_reached()
            if reached:
                await self.desk.reached(reached)
