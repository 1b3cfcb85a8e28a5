"""How what surrounds the hub does: canary, notifications, webhooks, lists, certificates, backup. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from contract.clock import rfc3339, rfc3339_ms
from hub.health.backup import LastBackup
from hub.health.certificates import Certificate
from hub.health.part import Group, Part, PartState, part
from hub.lists.view import HostLists, ListState
from hub.selfwatch.canary import CanaryView
from hub.webhooks.standing import HookView

SOON_DAYS: Final = 30
BACKUP_DAYS: Final = 2
DAY_S: Final = 86_400


def canary_part(view: CanaryView) -> Part:
    """Return whether the last test alarm of the hub's own came through."""
    state, says = {
        True: (PartState.NORMAL, "canary-came"),
        False: (PartState.FAULT, "canary-late"),
        None: (PartState.UNKNOWN, "canary-not-due"),
    }[view.ok]
    return Part(group=Group.CANARY, id="canary", state=state, says=says, since=view.last)


def notify_parts(contacts: Iterable[str], failing: Iterable[str], waiting: int) -> Iterable[Part]:
    """Return each contact, and what waits for all of them."""
    contacts, failing = list(contacts), set(failing)
    if not contacts:
        yield part(Group.NOTIFICATIONS, "none", PartState.OFF, "no-contacts")
        return
    for each in contacts:
        state, says = (
            (PartState.FAULT, "contact-failing") if each in failing else (PartState.NORMAL, "contact-reached")
        )
        yield part(Group.NOTIFICATIONS, each, state, says)
    yield part(Group.NOTIFICATIONS, "waiting", PartState.NORMAL, "notifications-wait", waiting=waiting)


def webhook_parts(hooks: Iterable[HookView]) -> Iterable[Part]:
    """Return each webhook; `since`: when it last took a message, since the start of the hub."""
    for each in hooks:
        state, says = PartState.NORMAL, "webhook-told"
        if each.gone:
            state, says = PartState.FAULT, "webhook-gone"
        elif each.failing:
            state, says = PartState.FAULT, "webhook-failing"
        elif each.trying:
            state, says = PartState.ATTENTION, "webhook-tried-again"
        yield Part(
            group=Group.WEBHOOKS,
            id=each.id,
            state=state,
            says=says,
            figures={
                "waiting": f"{each.waiting}+" if each.more else each.waiting,
                "behind_s": round(each.behind_s),
                "given_up": each.given_up,
                "last_error": each.error or None,
            },
            since=None if each.told_ms is None else rfc3339_ms(each.told_ms),
        )


def list_parts(hosts: Iterable[HostLists]) -> Iterable[Part]:
    """Return how far each driver host has its lists."""
    looks: Mapping[ListState, tuple[PartState, str]] = {
        ListState.CURRENT: (PartState.NORMAL, "lists-current"),
        ListState.PUSHING: (PartState.NORMAL, "lists-pushing"),
        ListState.OFFLINE: (PartState.ATTENTION, "lists-offline"),
        ListState.BEHIND: (PartState.ATTENTION, "lists-behind"),
        ListState.NEVER: (PartState.ATTENTION, "lists-never"),
    }
    for host in hosts:
        worst = max((each.state for each in host.lists), key=list(looks).index, default=None)
        state, says = (PartState.UNKNOWN, "lists-unknown") if worst is None else looks[worst]
        missing = sum(max(0, each.head - each.revision) for each in host.lists)
        yield part(Group.LISTS, host.host, state, says, missing=missing)


def certificate_parts(certificates: Iterable[Certificate], now: datetime) -> Iterable[Part]:
    """Return when each certificate ends."""
    certificates = list(certificates)
    if not certificates:
        yield part(Group.CERTIFICATES, "none", PartState.OFF, "no-tls")
    for each in certificates:
        if each.until is None:
            yield part(Group.CERTIFICATES, each.id, PartState.UNKNOWN, "certificate-unknown", why=each.why)
            continue
        days = round((each.until - now).total_seconds() / DAY_S, 1)
        state, says = PartState.NORMAL, "certificate-holds"
        if days <= SOON_DAYS:
            state, says = PartState.ATTENTION, "certificate-ends-soon"
        if days <= 0:
            state, says = PartState.FAULT, "certificate-ended"
        yield part(Group.CERTIFICATES, each.id, state, says, left_days=days, until=rfc3339(each.until))


def backup_part(last: LastBackup | None, now: datetime) -> Part:
    """Return when the last safe copy was made, where it is, and whether it was read back."""
    if last is None or last.made is None:
        return part(Group.BACKUP, "backup", PartState.ATTENTION, "no-backup")
    days = round((now - last.made).total_seconds() / DAY_S, 1)
    state, says = PartState.NORMAL, "backup-verified" if last.verified else "backup-fresh"
    if days > BACKUP_DAYS:
        state, says = PartState.ATTENTION, "backup-old"
    return Part(
        group=Group.BACKUP,
        id="backup",
        state=state,
        says=says,
        figures={
            "age_days": days,
            "where": last.folder,
            "backup_bytes": last.bytes,
            "last_event": last.events,
        },
        since=rfc3339(last.made),
    )
