"""The control room: everything about alarms, put together. What each part does is said where it is."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contract.clock import Clock
from contract.topics import DRIVER_KIND, HUB_KIND, Address
from hub.access.roles import Principal
from hub.alarms.alarm import Actor, Alarm, Change
from hub.alarms.board import Board
from hub.alarms.definition import by_key
from hub.alarms.desk import Desk
from hub.alarms.folding.folder import Folder
from hub.alarms.links.linker import Linker
from hub.alarms.reached import Reached
from hub.alarms.rules.engine import Rules
from hub.alarms.view import AlarmView
from hub.audit.auditor import Auditor
from hub.audit.checkpoints import FILE, Checkpoints
from hub.audit.trail import AuditTrail
from hub.built_in import BUILT_IN
from hub.casework import Casework, SiteTitles
from hub.community.links import CommunityLinks
from hub.core import Core
from hub.evidence.cases import Cases
from hub.evidence.gatherer import EvidenceGatherer
from hub.evidence.store import PieceStore
from hub.health.service import Health
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.lists.pusher import Pusher
from hub.live.stream import LiveStream
from hub.making import (
    Ground,
    make_charging,
    make_commissioning,
    make_duty,
    make_heard,
    make_means,
    make_notifier,
    make_orders,
    make_outside,
    make_passes,
    make_plans,
    make_purge,
    make_referrals,
    make_register,
)
from hub.notify.escalation import Escalator
from hub.past import Past
from hub.police import Police
from hub.posts.reach import Reach
from hub.selfwatch.canary import Canary
from hub.selfwatch.clocks import ClockWatch
from hub.selfwatch.watch import SelfWatch
from hub.vitals import health_sources_of, probes_of, slow_probes_of


class ControlRoom:
    """One hub's alarms: the rules, the desk, who is on duty, and whatever follows from a change."""

    def __init__(self, core: Core, live: LiveStream, clock: Clock) -> None:
        settings = core.settings
        self.core, self.live, self.clock = core, live, clock
        self._ledger = Transactions(core.engine, core.committer.thread)
        self._ground = ground = Ground(
            core=core,
            live=live,
            clock=clock,
            ledger=self._ledger,
            zone=ZoneInfo(settings.timezone),
            alarms=(*settings.alarms, *BUILT_IN),
        )
        self.definitions = by_key(ground.alarms)
        self.desk = desk = Desk(self._ledger, clock, settings.tenant, on_change=self._changed)
        self.board = Board(self.definitions, desk.standing, live.announce_alarm, clock, lambda: live.watched)
        self.orders_overdue = 0
        self.plans = make_plans(ground, self._plans_changed)
        self.drafting = settings.drafting
        self.duty = make_duty(ground, desk, self._duty_changed)
        self.notifier = make_notifier(ground, desk, self.duty, self.plans.areas)
        self.orders = make_orders(ground, desk, self.notifier, self._take_overdue)
        self.referrals = make_referrals(ground, desk, self.notifier, self.plans.areas)
        self.auditor = Auditor(self._ledger, settings.tenant, clock, Checkpoints(settings.data_dir / FILE))
        self.clocks = ClockWatch(core.shadows, clock)
        self.charging = make_charging(ground, desk, self.definitions, self.plans.areas)
        self.lists = Pusher(self._ledger, clock, settings.tenant, core.shadows, core.publish)
        self.register = make_register(ground, self.lists.wake)
        self.passes = make_passes(ground, live.boards.set_passes)
        self.heard = make_heard(ground)
        self.police = Police(ground, self.clocks)
        self._make_what_follows()
        self._make_self_watch()
        self.commissioning = make_commissioning(ground)
        self.outside = make_outside(ground, self.plans.areas)
        asked = health_sources_of(self)
        self.health = Health(self._ledger, clock, settings, asked)
        self.past = Past(ground, desk, self.passes, self.charging, self.clocks, asked.dropped)
        self.community = CommunityLinks(self._ledger, clock, settings.tenant)
        self._join()

    def _make_what_follows(self) -> None:
        core, clock, settings = self.core, self.clock, self.core.settings
        tenant, ledger, desk, ground = settings.tenant, self._ledger, self.desk, self._ground
        self.escalator = Escalator(tenant, self.definitions, self.notifier.recipients, ledger, clock, desk)
        self.linker = Linker(ledger, clock, tenant, ground.alarms, desk, core.actions, core.shadows)
        self.folder = Folder(desk, core.shadows, clock, settings.site_id, ground.alarms, settings.supplies)
        pieces = PieceStore(tenant)
        self.evidence = EvidenceGatherer(make_means(ground, desk, pieces), self.definitions)
        self.purge = make_purge(ground, self.orders)
        cases = Cases(ledger, core.media, pieces)
        titles = SiteTitles(title=settings.title, areas=self.plans.areas, zone=ground.zone)
        self.casework = Casework(desk, self.board, cases, self.orders, titles, clock)

    def _make_self_watch(self) -> None:
        core, clock, settings = self.core, self.clock, self.core.settings
        site, tenant = settings.site_id, settings.tenant
        self.canary = Canary(site, clock, core.publish, self.live.boards.set_canary)
        self.watch = SelfWatch(site, tenant, clock, probes_of(self), slow=slow_probes_of(self))
        self.rules = Rules(
            self._ground.alarms,
            core.shadows,
            clock,
            self.desk,
            core.events,
            tenant=tenant,
            own=self.watch.shadow,
        )
        self.watch.on_change = lambda _: self.rules.own_changed()

    def _join(self) -> None:
        participants = (
            AuditTrail(),
            self.duty,
            self.escalator,
            self.notifier,
            self.referrals,
            self.linker,
            self.evidence,
            self.orders.planner,
            self.folder,
            self.canary,
            self.commissioning,
            self.outside.webhooks,
        )
        for participant in participants:
            self.desk.join(participant)
        self.desk.mark_by(self.commissioning.windows.marks)
        self.desk.cover_by(self.folder.cover)
        self.live.open_alarms = self.board.open
        self.live.on_alarms_pushed = self.board.pushed
        self.core.shadows.on_turn = self._turned

    async def run(self) -> None:
        """Work until cancelled."""
        await self.desk.open()
        await self.duty.resume()
        await self.notifier.open()
        await self.commissioning.open()
        await self.plans.begin()
        await self.passes.count()
        self.rules.remember_missed(self.core.committer.writer.missed())
        self._duty_changed()
        workers = (
            self.rules,
            self.desk,
            self.duty,
            self.auditor,
            self.notifier,
            self.escalator,
            self.linker,
            self.folder,
            self.evidence,
            self.orders,
            self.charging,
            self.lists,
            self.passes,
            self.register,
            self.police.disclosures,
            self.police.bundles,
            self.purge,
            self.watch,
            self.canary,
            self.commissioning,
            self.health,
            self.outside,
            self.heard,
            Reached(self.board, self.desk),
            self.police.feed,
        )
        async with asyncio.TaskGroup() as group:
            for worker in workers:
                group.create_task(worker.run())

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name; what was dropped is among it."""
        counts = self.rules.counts
        names = ("raised", "returned", "desk_failures", "ledger_failures", "signals_refused", "faults")
        rules = {f"rules_{name}": partial(counts.__getitem__, name) for name in names}
        return {
            "rules_waiting": lambda: self.rules.waiting,
            **rules,
            **self.notifier.figures(),
            **self.charging.gauges(),
            **self.lists.figures(),
            **self.passes.gauges(),
            **self.register.gauges(),
            **self.commissioning.gauges(),
            **self.outside.figures(),
            **self.police.feed.figures(),
        }

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        self.rules.changed(address)
        self.charging.changed(address)
        self.outside.changed(address)

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self.rules.removed(address)
        self.linker.directory.removed(address)
        self.folder.removed(address)
        self.lists.removed(address)
        self.register.removed(address)
        self.commissioning.removed(address)
        self.outside.removed(address)
        self.heard.removed(address)

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        self.rules.committed(entries)
        self.evidence.on_events(entries)
        self.charging.committed(entries)
        self.passes.committed(entries)
        self.register.committed(entries)
        self.outside.committed()
        self.police.feed.wake()

    def linked(self, online: bool) -> None:
        """Take that the link to the broker came or went."""
        self.rules.linked(online)
        self.linker.set_link(online=online)
        self.lists.linked()

    def reach(self, who: Principal) -> Reach:
        """Say what somebody may see of alarms and act on now."""
        return self.duty.reach(who)

    def actor(self, who: Principal, address: str) -> Actor:
        """Say who does something, at which post, from where."""
        return Actor(who=who.name, post=self.duty.actor(who).post, address=address)

    def painted(self, idents: Sequence[object], who: Principal) -> None:
        """Take that somebody's screen says it has painted these alarms."""
        self.board.painted((each for each in idents if isinstance(each, str)), who.name)

    def view(self, alarm: Alarm) -> AlarmView:
        """Show an alarm."""
        return self.board.view(alarm)

    def shelf_rule(self, who: Principal, alarm: str, until_ms: int) -> Callable[[Connection], None]:
        """Return what lets a shelf pass, or not, in the transaction that shelves."""
        return self.duty.shelves.rule(who.name, alarm, until_ms)

    def _turned(self, address: Address) -> None:
        """Take that a device describes itself anew, or is heard or lost."""
        self.linker.directory.changed(address)
        self.folder.changed(address)
        self.lists.turned(address)
        self.commissioning.turned(address)
        shadow = self.core.shadows.get(address)
        self.register.described(address, shadow.description if shadow is not None else None)
        if shadow is not None:
            self.heard.turned(shadow)

    def _changed(self, changes: Sequence[Change]) -> None:
        self.board.changed(changes)
        self.rules.told(changes)

    def _take_overdue(self, count: int) -> None:
        self.orders_overdue = count

    def unplaced(self) -> list[str]:
        """Say which devices stand on no plan."""
        there = (each for each in self.core.shadows if each.address.kind not in (DRIVER_KIND, HUB_KIND))
        return self.plans.unplaced(
            (str(each.address), each.description.location if each.description else None) for each in there
        )

    def _plans_changed(self) -> None:
        self.live.boards.set_plans(dict(self.plans.areas), self.plans.views(), self.plans.placements)

    def _duty_changed(self) -> None:
        self.live.boards.set_duty(self.duty.view())
