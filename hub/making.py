"""Makes the control room's services out of what the site file says; which know which is seen here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from contract.clock import Clock
from contract.topics import Address
from hub.alarms.definition import Definition, Words
from hub.alarms.desk import Desk
from hub.charging.interlock import AlarmInterlock
from hub.charging.service import Charging, ChargingSite
from hub.commissioning.service import Commissioning
from hub.core import Core
from hub.evidence.means import Means
from hub.evidence.purge import Purge
from hub.evidence.retention import RecordRetention
from hub.evidence.store import PieceStore
from hub.figures.board import is_meter
from hub.history.heard import HEARD_PROPERTY, HeardKeeper, hub_of
from hub.history.store import SeriesKey
from hub.home_assistant import leftovers
from hub.home_assistant.bridge import Bridge, BridgeSite
from hub.ledger.transactions import Transactions
from hub.live.stream import LiveStream
from hub.monthly.service import MonthlyReports, MonthlySources
from hub.notify.letter import SiteWords, Writer
from hub.notify.notifier import Notifier, NotifySettings
from hub.orders.service import Orders, OrderSettings
from hub.orders.trail import in_audit as steps_in_audit
from hub.outside import Outside
from hub.passes.service import Passes, PassSite
from hub.plan import read_plan
from hub.plans.book import Plans, PlanSite
from hub.posts.duty import Duty
from hub.posts.trail import in_audit
from hub.questions.ready import Ready
from hub.questions.ready import Sources as ReadySources
from hub.questions.service import Questions
from hub.questions.site import QuestionSite
from hub.referrals.desk import Referrals
from hub.referrals.wording import Telling
from hub.register.service import Register, RegisterSite
from hub.settings import HubSettings
from hub.webhooks.service import Webhooks


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What every service stands on. `alarms`: the site's definitions and the hub's own."""

    core: Core
    live: LiveStream
    clock: Clock
    ledger: Transactions
    zone: ZoneInfo
    alarms: tuple[Definition, ...]

    @property
    def settings(self) -> HubSettings:
        """What the site file says."""
        return self.core.settings

    def title(self, address: Address) -> Words | None:
        """Say what people call a device."""
        shadow = self.core.shadows.get(address)
        return shadow.description.titles if shadow is not None and shadow.description else None


def make_plans(ground: Ground, on_change: Callable[[], None]) -> Plans:
    """Make the plans of the site."""
    settings = ground.settings
    site = PlanSite(tenant=settings.tenant, areas=settings.areas, picture=read_plan(settings.plan_file))
    return Plans(ground.ledger, ground.clock, site, on_change)


def make_duty(ground: Ground, desk: Desk, on_change: Callable[[], None]) -> Duty:
    """Make who is at which post."""
    settings = ground.settings
    duty = Duty(
        settings.posts,
        ground.zone,
        ground.ledger,
        desk.store,
        ground.clock,
        tenant=settings.tenant,
        record=in_audit(settings.tenant),
    )
    duty.on_change = on_change
    return duty


def make_notifier(ground: Ground, desk: Desk, duty: Duty, areas: Mapping[str, Words]) -> Notifier:
    """Make who is told of what."""
    settings = ground.settings
    told = NotifySettings(
        tenant=settings.tenant,
        definitions=ground.alarms,
        contacts=settings.contacts,
        words=_site_words(ground, areas),
    )
    return Notifier(told, ground.ledger, ground.clock, desk, duty=duty)


def make_referrals(ground: Ground, desk: Desk, notifier: Notifier, areas: Mapping[str, Words]) -> Referrals:
    """Make what hands alarms to police grid officers."""
    settings = ground.settings
    telling = Telling(Writer(_site_words(ground, areas), {}))
    return Referrals(ground.ledger, ground.clock, settings.tenant, settings.police, desk, notifier, telling)


def _site_words(ground: Ground, areas: Mapping[str, Words]) -> SiteWords:
    return SiteWords(title=ground.settings.title, areas=areas, zone=ground.zone, device_title=ground.title)


def make_orders(ground: Ground, desk: Desk, notifier: Notifier, on_overdue: Callable[[int], None]) -> Orders:
    """Make the work orders."""
    settings = ground.settings
    said = OrderSettings(
        site=settings.site_id, zone=ground.zone, kinds=settings.order_kinds, hours=settings.working_hours
    )
    return Orders(
        ground.ledger,
        ground.clock,
        settings.tenant,
        said,
        definitions=ground.alarms,
        alarms=desk,
        teller=notifier,
        media=ground.core.media,
        on_change=lambda _: notifier.wake(),
        on_overdue=on_overdue,
        followers=[steps_in_audit(settings.tenant)],
    )


def make_charging(
    ground: Ground, desk: Desk, definitions: Mapping[str, Definition], areas: Mapping[str, Words]
) -> Charging:
    """Make the chargers' desk; an alarm may forbid to charge."""
    core, settings = ground.core, ground.settings
    site = ChargingSite(
        id=settings.site_id,
        tenant=settings.tenant,
        title=settings.title,
        zone=ground.zone,
        areas=areas,
        settings=settings.charging,
    )
    interlock = AlarmInterlock(definitions, desk.standing, core.shadows)
    return Charging(ground.ledger, ground.clock, site, core.actions, core.shadows, interlock)


def make_register(ground: Ground, on_change: Callable[[], None]) -> Register:
    """Make the register of people and vehicles; `on_change`: lists must be pushed."""
    settings = ground.settings
    site = RegisterSite(
        id=settings.site_id,
        tenant=settings.tenant,
        title=settings.title,
        zone=ground.zone,
        settings=settings.register,
    )
    return Register(ground.ledger, ground.clock, site, on_change)


def make_passes(ground: Ground, show: Callable[[Any], None]) -> Passes:
    """Make the book of passes."""
    settings = ground.settings
    site = PassSite(
        tenant=settings.tenant,
        zone=ground.zone,
        days=settings.retention.passes_days,
        settings=settings.passes,
    )
    return Passes(ground.ledger, ground.clock, site, ground.core.shadows, show)


def make_monthly(ground: Ground, dropped: Callable[[], Mapping[str, float]]) -> MonthlyReports:
    """Make the monthly reports; `dropped`: what the hub has lost since its start."""
    core, settings = ground.core, ground.settings
    sources = MonthlySources(
        past=_question_site(ground),
        title=settings.title,
        history=core.history,
        meters=lambda: {each.address: ground.title(each.address) for each in core.shadows if is_meter(each)},
        dropped=dropped,
    )
    return MonthlyReports(ground.ledger, ground.clock, sources)


def make_means(ground: Ground, desk: Desk, store: PieceStore) -> Means:
    """Make what evidence is gathered with."""
    core = ground.core
    return Means(
        desk=desk,
        ledger=ground.ledger,
        actions=core.actions,
        devices=core.shadows,
        history=core.history,
        media=core.media,
        clock=ground.clock,
        store=store,
    )


def make_purge(ground: Ground, orders: Orders) -> Purge:
    """Make what deletes evidence whose time is over; pictures of orders stay."""
    settings = ground.settings
    kept = settings.retention
    retention = RecordRetention(evidence_days=kept.evidence_days, media_days=kept.media_days)
    return Purge(ground.ledger, settings.media_dir, settings.tenant, ground.clock, retention, [orders.proofs])


def make_outside(ground: Ground, areas: Mapping[str, Words]) -> Outside:
    """Make what programs of others see; nothing unless the site file says so."""
    core, settings = ground.core, ground.settings
    noted = settings.data_dir / leftovers.NOTED
    site = BridgeSite(settings.site_id, areas, settings.broker, noted)
    bridge = Bridge(settings.home_assistant, site, core.shadows, core.actions, ground.clock, core.reject)
    return Outside(bridge, Webhooks(settings.webhooks, ground.ledger, ground.clock, settings.tenant))


def make_commissioning(ground: Ground) -> Commissioning:
    """Make what finds devices and proves that their alarms arrive; its tests are shown on all screens."""
    settings = ground.settings
    return Commissioning(
        ground.ledger,
        ground.clock,
        settings.tenant,
        settings.alarms,
        ground.core.shadows,
        settings.commissioning,
        ground.live.boards.set_tests,
    )


def make_heard(ground: Ground) -> HeardKeeper:
    """Make what keeps whether devices were heard."""
    core, settings = ground.core, ground.settings
    hub = SeriesKey(settings.tenant, hub_of(settings.site_id), HEARD_PROPERTY)
    return HeardKeeper(core.recorder, core.shadows, ground.clock, hub)


def make_questions(ground: Ground, desk: Desk) -> Questions:
    """Make what answers questions about the past."""
    core = ground.core
    return Questions(core.history, core.shadows, ground.clock, _question_site(ground), desk)


def make_ready(ground: Ground, questions: Questions, passes: Passes, charging: Charging, desk: Desk) -> Ready:
    """Make what has ready answers."""
    sources = ReadySources(passes, charging, desk, ground.ledger, ground.core.shadows)
    return Ready(questions, sources)


def _question_site(ground: Ground) -> QuestionSite:
    settings = ground.settings
    return QuestionSite(
        id=settings.site_id, tenant=settings.tenant, zone=ground.zone, retention=settings.retention
    )
