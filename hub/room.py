"""The control room: everything about alarms, put together. What each part does is said where it is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contract.clock import Clock
from contract.topics import DRIVER_KIND, HUB_KIND, Address
from hub.access.roles import Principal
from hub.alarms.alarm import Actor, Alarm, Change
from hub.alarms.board import Board
from hub.alarms.definition import Words, by_key
from hub.alarms.desk import Desk
from hub.alarms.folding.folder import Folder
from hub.alarms.links.failed import DEFINITION as LINK_FAILED
from hub.alarms.links.linker import Linker
from hub.alarms.past.service import Kept, Trials
from hub.alarms.rules.engine import Rules
from hub.alarms.view import AlarmView
from hub.audit.auditor import Auditor
from hub.audit.checkpoints import FILE, Checkpoints
from hub.audit.trail import AuditTrail
from hub.casework import Casework, SiteTitles
from hub.charging.interlock import AlarmInterlock
from hub.charging.service import Charging, ChargingSite
from hub.commissioning.service import Commissioning
from hub.core import Core
from hub.evidence.cases import Cases
from hub.evidence.gatherer import EvidenceGatherer
from hub.evidence.means import Means
from hub.evidence.purge import Purge
from hub.evidence.retention import RecordRetention
from hub.evidence.store import PieceStore
from hub.figures.board import FigureBoard, Sources
from hub.health.dropped import dropped
from hub.health.inside import Inside
from hub.health.service import Health, HealthSources
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.lists.pusher import Pusher
from hub.live.stream import LiveStream
from hub.notify.escalation import Escalator
from hub.notify.letter import SiteWords
from hub.notify.notifier import Notifier, NotifySettings
from hub.orders.service import Orders, OrderSettings
from hub.orders.trail import in_audit as steps_in_audit
from hub.passes.service import Passes, PassSite
from hub.plan import read_plan
from hub.plans.book import Plans, PlanSite
from hub.posts.duty import Duty
from hub.posts.reach import Reach
from hub.posts.trail import in_audit
from hub.register.service import Register, RegisterSite
from hub.reports.service import Reports
from hub.selfwatch.canary import DEFINITION as CANARY
from hub.selfwatch.canary import Canary
from hub.selfwatch.clocks import ClockWatch
from hub.selfwatch.disk import free_percent
from hub.selfwatch.watch import Probe, SelfWatch

REACHED_INTERVAL_S: Final = 1.0
"""How often it is written when alarms reached the screens."""


class ControlRoom:
    """One hub's alarms: the rules, the desk, who is on duty, and whatever follows from a change."""

    def __init__(self, core: Core, live: LiveStream, clock: Clock) -> None:
        settings = core.settings
        self._core, self._live, self._clock = core, live, clock
        self._ledger = Transactions(core.engine, core.committer.thread)
        self._zone = ZoneInfo(settings.timezone)
        self._alarms = (*settings.alarms, CANARY, LINK_FAILED)
        self.definitions = by_key(self._alarms)
        self.desk = Desk(self._ledger, clock, settings.tenant, on_change=self._changed)
        self.board = Board(
            self.definitions, self.desk.standing, live.announce_alarm, clock, lambda: live.watched
        )
        self._overdue = 0
        self.plans = self._make_plans()
        kept = Kept(history=core.history, log=core.events, raw_days=settings.retention.raw_days)
        self.drafting = settings.drafting
        self.trials = Trials(kept, core.shadows, clock, settings.tenant)
        self.duty = self._make_duty()
        self.notifier = self._make_notifier()
        self.orders = self._make_orders()
        self.auditor = Auditor(self._ledger, settings.tenant, clock, Checkpoints(settings.data_dir / FILE))
        self.clocks = ClockWatch(core.shadows, clock)
        self.reports = Reports(
            self._ledger, settings.tenant, settings.alarms, settings.posts, self.clocks.offset
        )
        self.charging = self._make_charging()
        self.lists = Pusher(self._ledger, clock, settings.tenant, core.shadows, core.publish)
        self.register = self._make_register()
        self.passes = self._make_passes()
        sources = Sources(self.passes, self.charging, core.history, core.shadows)
        self.wall = FigureBoard(settings.tenant, self._zone, clock, sources)
        self._pieces = PieceStore(settings.tenant)
        self.casework = self._make_casework()
        self._make_what_follows()
        self._make_self_watch()
        self.commissioning = self._make_commissioning()
        self.health = Health(self._ledger, clock, settings, self._health_sources())
        self._join()

    def _make_duty(self) -> Duty:
        settings = self._core.settings
        duty = Duty(
            settings.posts,
            self._zone,
            self._ledger,
            self.desk.store,
            self._clock,
            tenant=settings.tenant,
            record=in_audit(settings.tenant),
        )
        duty.on_change = self._duty_changed
        return duty

    def _make_plans(self) -> Plans:
        settings = self._core.settings
        site = PlanSite(tenant=settings.tenant, areas=settings.areas, picture=read_plan(settings.plan_file))
        return Plans(self._ledger, self._clock, site, self._plans_changed)

    def _make_notifier(self) -> Notifier:
        settings = self._core.settings
        words = SiteWords(
            title=settings.title, areas=self.plans.areas, zone=self._zone, device_title=self._device_title
        )
        told = NotifySettings(
            tenant=settings.tenant, definitions=self._alarms, contacts=settings.contacts, words=words
        )
        return Notifier(told, self._ledger, self._clock, self.desk, duty=self.duty)

    def _make_orders(self) -> Orders:
        settings = self._core.settings
        return Orders(
            self._ledger,
            self._clock,
            settings.tenant,
            OrderSettings(
                site=settings.site_id,
                zone=self._zone,
                kinds=settings.order_kinds,
                hours=settings.working_hours,
            ),
            definitions=self._alarms,
            alarms=self.desk,
            teller=self.notifier,
            media=self._core.media,
            on_change=lambda _: self.notifier.wake(),
            on_overdue=self._take_overdue,
            followers=[steps_in_audit(settings.tenant)],
        )

    def _make_charging(self) -> Charging:
        core, settings = self._core, self._core.settings
        site = ChargingSite(
            id=settings.site_id,
            tenant=settings.tenant,
            title=settings.title,
            zone=self._zone,
            areas=self.plans.areas,
            settings=settings.charging,
        )
        interlock = AlarmInterlock(self.definitions, self.desk.standing, core.shadows)
        return Charging(self._ledger, self._clock, site, core.actions, core.shadows, interlock)

    def _make_register(self) -> Register:
        settings = self._core.settings
        site = RegisterSite(
            id=settings.site_id,
            tenant=settings.tenant,
            title=settings.title,
            zone=self._zone,
            settings=settings.register,
        )
        return Register(self._ledger, self._clock, site, self.lists.wake)

    def _make_passes(self) -> Passes:
        core, settings = self._core, self._core.settings
        site = PassSite(
            tenant=settings.tenant,
            zone=self._zone,
            days=settings.retention.passes_days,
            settings=settings.passes,
        )
        return Passes(self._ledger, self._clock, site, core.shadows, self._live.set_passes)

    def _make_casework(self) -> Casework:
        settings = self._core.settings
        cases = Cases(self._ledger, self._core.media, self._pieces)
        titles = SiteTitles(title=settings.title, areas=self.plans.areas, zone=self._zone)
        return Casework(self.desk, self.board, cases, self.orders, titles, self._clock)

    def _make_what_follows(self) -> None:
        core, clock, tenant = self._core, self._clock, self._core.settings.tenant
        settings, ledger, desk = core.settings, self._ledger, self.desk
        self.escalator = Escalator(tenant, self.definitions, self.notifier.recipients, ledger, clock, desk)
        self.linker = Linker(ledger, clock, tenant, self._alarms, desk, core.actions, core.shadows)
        self.folder = Folder(desk, core.shadows, clock, settings.site_id, self._alarms, settings.supplies)
        means = Means(
            desk=desk,
            ledger=ledger,
            actions=core.actions,
            devices=core.shadows,
            history=core.history,
            media=core.media,
            clock=clock,
            store=self._pieces,
        )
        self.evidence = EvidenceGatherer(means, self.definitions)
        kept = settings.retention
        retention = RecordRetention(evidence_days=kept.evidence_days, media_days=kept.media_days)
        self.purge = Purge(ledger, settings.media_dir, tenant, clock, retention, [self.orders.proofs])

    def _make_self_watch(self) -> None:
        core, settings = self._core, self._core.settings
        self.canary = Canary(settings.site_id, self._clock, core.publish, self._live.set_canary)
        self.watch = SelfWatch(
            settings.site_id,
            settings.tenant,
            self._clock,
            self._probes(),
            slow={
                "disk-free-percent": lambda: free_percent(settings.data_dir),
                "clock-offset-s": self.clocks.seconds,
                "clock-source": self.clocks.source,
            },
        )
        self.rules = Rules(
            self._alarms,
            core.shadows,
            self._clock,
            self.desk,
            core.events,
            tenant=settings.tenant,
            own=self.watch.shadow,
        )
        self.watch.on_change = lambda _: self.rules.own_changed()

    def _make_commissioning(self) -> Commissioning:
        settings = self._core.settings
        return Commissioning(
            self._ledger,
            self._clock,
            settings.tenant,
            settings.alarms,
            self._core.shadows,
            settings.commissioning,
            self._live.set_tests,
        )

    def _health_sources(self) -> HealthSources:
        core, notifier = self._core, self.notifier
        return HealthSources(
            inside=self._inside,
            dropped=lambda: dropped(core.counters, self.figures(), self._live.viewers_dropped),
            processes=lambda: self._live.processes,
            shadows=core.shadows,
            canary=lambda: self.canary.view,
            contacts=tuple(notifier.lanes),
            failing=lambda: notifier.failing_contacts,
            notifications=lambda: notifier.waiting,
            lists=lambda: self.lists.view().hosts,
        )

    def _inside(self) -> Inside:
        core = self._core
        oldest_ms = core.committer.oldest_ms
        behind_ms = 0 if oldest_ms is None else max(0, self._clock.now_ms() - oldest_ms)
        return Inside(
            online=core.online,
            link_losses=core.counters.link_losses,
            events_waiting=core.committer.waiting,
            samples_waiting=core.recorder.waiting,
            events_behind_s=behind_ms / 1000,
            samples_behind_s=core.recorder.behind_s,
            ledger_failing=core.committer.failing,
            history_failing=core.recorder.failing,
            media_failing=core.media_failing,
            rules_failing=self.rules.failing,
            rules_waiting=self.rules.waiting,
            definitions=sum(each.enabled for each in self._alarms),
            alarms_open=len(self.desk.standing()),
            viewers_s=self._live.behind_s(),
        )

    def _probes(self) -> Mapping[str, Probe]:
        core = self._core
        return {
            "ledger-failing": lambda: core.committer.failing or self.rules.failing,
            "history-failing": lambda: core.recorder.failing,
            "media-failing": lambda: core.media_failing,
            "behind-s": self._behind_s,
            "link-online": lambda: core.online,
            "notify-failing": lambda: self.notifier.failing,
            "canary-late": lambda: self.canary.late,
            "presence-missed": lambda: bool(self.duty.missed),
            "orders-overdue": lambda: self._overdue,
        }

    def _join(self) -> None:
        participants = (
            AuditTrail(),
            self.duty,
            self.escalator,
            self.notifier,
            self.linker,
            self.evidence,
            self.orders.planner,
            self.folder,
            self.canary,
            self.commissioning,
        )
        for participant in participants:
            self.desk.join(participant)
        self.desk.mark_by(self.commissioning.windows.marks)
        self.desk.cover_by(self.folder.cover)
        self._live.open_alarms = self.board.open
        self._live.on_alarms_pushed = self.board.pushed
        self._core.shadows.on_turn = self._turned

    async def run(self) -> None:
        """Work until cancelled."""
        await self.desk.open()
        await self.duty.resume()
        await self.notifier.open()
        await self.commissioning.open()
        await self.plans.begin()
        await self.passes.count()
        self.rules.remember_missed(self._core.committer.writer.missed())
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
            self.purge,
            self.watch,
            self.canary,
            self.commissioning,
            self.health,
        )
        async with asyncio.TaskGroup() as group:
            for worker in workers:
                group.create_task(worker.run())
            group.create_task(self._write_reached())

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name; what was dropped is among it."""
        counts = self.rules.counts
        names = ("raised", "returned", "desk_failures", "ledger_failures", "signals_refused", "faults")
        rules = {f"rules_{name}": partial(counts.__getitem__, name) for name in names}
        return {
            "alarms_open": lambda: len(self.desk.standing()),
            "rules_waiting": lambda: self.rules.waiting,
            **rules,
            **self.notifier.figures(),
            **self.charging.gauges(),
            **self.lists.figures(),
            **self.passes.gauges(),
            **self.register.gauges(),
            **self.commissioning.gauges(),
        }

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        self.rules.changed(address)
        self.charging.changed(address)

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self.rules.removed(address)
        self.linker.directory.removed(address)
        self.folder.removed(address)
        self.lists.removed(address)
        self.register.removed(address)
        self.commissioning.removed(address)

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        self.rules.committed(entries)
        self.evidence.on_events(entries)
        self.charging.committed(entries)
        self.passes.committed(entries)
        self.register.committed(entries)

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
        shadow = self._core.shadows.get(address)
        self.register.described(address, shadow.description if shadow is not None else None)

    def _changed(self, changes: Sequence[Change]) -> None:
        self.board.changed(changes)
        self.rules.told(changes)

    def _take_overdue(self, count: int) -> None:
        self._overdue = count

    def _behind_s(self) -> float:
        oldest_ms = self._core.committer.oldest_ms
        events_s = 0.0 if oldest_ms is None else (self._clock.now_ms() - oldest_ms) / 1000
        return max(0.0, events_s, self._core.recorder.behind_s)

    def _device_title(self, address: Address) -> Words | None:
        shadow = self._core.shadows.get(address)
        return shadow.description.titles if shadow is not None and shadow.description else None

    def unplaced(self) -> list[str]:
        """Say which devices stand on no plan."""
        there = (each for each in self._core.shadows if each.address.kind not in (DRIVER_KIND, HUB_KIND))
        return self.plans.unplaced(
            (str(each.address), each.description.location if each.description else None) for each in there
        )

    def _plans_changed(self) -> None:
        self._live.set_plans(dict(self.plans.areas), self.plans.views(), self.plans.placements)

    def _duty_changed(self) -> None:
        self._live.set_duty(self.duty.view())

    async def _write_reached(self) -> None:
        while True:
            await asyncio.sleep(REACHED_INTERVAL_S)
            reached = self.board.take_reached()
            if reached:
                await self.desk.reached(reached)
