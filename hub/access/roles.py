"""Roles and what each may do: one table, read by the server alone."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct


class Role(StrEnum):
    """Which desk somebody sits at."""

    WALL = "wall"
    GUARD = "guard"
    SUPERVISOR = "supervisor"
    LIAISON = "liaison"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route may ask for."""

    DEVICES = "devices"
    """See every device and the live stream."""
    EVENTS = "events"
    HISTORY = "history"
    MEDIA = "media"
    PREVIEW = "preview"
    """See what cameras see now. Each look is an action in the ledger."""
    OPERATE = "operate"
    """Make devices act, and see what became of it."""
    ALARMS = "alarms"
    """See alarms, as far as post and areas reach."""
    HANDLE = "handle-alarms"
    """Acknowledge, shelve, assign, close: while on duty, in the areas of one's post."""
    DUTY = "duty"
    """Sign on at a post, hand over, show that one is awake."""
    ORDERS = "orders"
    """Take up work orders and see them through."""
    CHARGING = "charging"
    """See charging orders, and stop a charge."""
    CHARGING_FIGURES = "charging-figures"
    """See what connectors do, what they took and what that brought in; no order."""
    PASSES = "passes"
    """See who passed and what is inside, with plates and pictures."""
    PASS_FIGURES = "pass-figures"  # noqa: S105 - of who passes, no password
    """See how many passed and how many are inside; no plate."""
    PASS_COUNT = "pass-count"  # noqa: S105 - of who passes, no password
    """Put the count of vehicles inside right."""
    PASS_SHEETS = "pass-sheets"  # noqa: S105 - of who passes, no password
    """Take sheets of passes away without anybody's release."""
    DISCLOSE = "disclose"
    """Ask for data to leave to an authority, follow it, take the bundle."""
    RELEASE = "release"
    """Let data leave that somebody else asked for, or reject it."""
    DISCLOSURES = "disclosures"
    """See the register of what left, to whom and why."""
    REGISTER = "register"
    """See people by name, with room, plates and telephone. Each look is in the audit."""
    REGISTER_WRITE = "register-write"
    """Change the register: people, vehicles, blocked plates, access levels, consents; import."""
    VISITS = "visits"
    """Let visitors in by plate or code; see rooms and plates, no names and no telephone numbers."""
    REPORTS = "reports"
    """See figures about alarms, and whether the site meets what tenders ask."""
    AUDIT = "audit"
    """See who did what, and who looked at whose data."""
    MANAGE = "manage"
    """Change how the site is run; close by force; take out of service."""
    METRICS = "metrics"
    HEALTH = "health"
    """See how every part does: queues, lag, disk, certificates, last backup."""
    PEOPLE = "people"
    """Say who may sign in, and as what."""
    TOKENS = "tokens"
    """Let screens and machines in, and shut them out again."""
    PLANS = "plans"
    """Change plans, areas and where devices stand on them."""
    COMMISSION = "commission"
    """Place devices and prove their way to the centre with a test alarm."""
    DEFINITIONS = "definitions"
    """See the definitions of alarms, and try changed ones on what has been."""
    FEED = "feed"
    """See how the feed to the police does, and have tried again what was set aside."""
    SUBSCRIPTIONS = "subscriptions"
    """End what the police's view library subscribed to, and let it in again."""


_READ: Final = frozenset({Permission.DEVICES, Permission.EVENTS, Permission.HISTORY, Permission.MEDIA})
_GUARD: Final = _READ | {
    Permission.PREVIEW,
    Permission.OPERATE,
    Permission.ALARMS,
    Permission.HANDLE,
    Permission.DUTY,
    Permission.ORDERS,
    Permission.CHARGING,
    Permission.CHARGING_FIGURES,
    Permission.PASSES,
    Permission.PASS_FIGURES,
    Permission.PASS_COUNT,
    Permission.PASS_SHEETS,
    Permission.VISITS,
}
_SET_UP: Final = frozenset(
    {Permission.HEALTH, Permission.PLANS, Permission.COMMISSION, Permission.DEFINITIONS, Permission.METRICS}
)
_DESK: Final = frozenset({Permission.DISCLOSE, Permission.DISCLOSURES, Permission.FEED})
_REGISTER: Final = frozenset({Permission.REGISTER, Permission.REGISTER_WRITE, Permission.VISITS})

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.WALL: _READ
        | {
            Permission.PREVIEW,
            Permission.ALARMS,
            Permission.CHARGING_FIGURES,
            Permission.PASS_FIGURES,
            Permission.METRICS,
        },
        Role.GUARD: _GUARD,
        Role.SUPERVISOR: _GUARD
        | _REGISTER
        | _SET_UP
        | _DESK
        | {
            Permission.RELEASE,
            Permission.MANAGE,
            Permission.REPORTS,
            Permission.AUDIT,
            Permission.SUBSCRIPTIONS,
        },
        Role.LIAISON: _READ | _DESK | {Permission.ALARMS, Permission.PASSES, Permission.PASS_FIGURES},
        Role.ADMIN: _REGISTER
        | _SET_UP
        | {
            Permission.DEVICES,
            Permission.AUDIT,
            Permission.PEOPLE,
            Permission.TOKENS,
            Permission.PASS_FIGURES,
            Permission.DISCLOSURES,
            Permission.FEED,
            Permission.SUBSCRIPTIONS,
        },
    }
)

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S


class SessionLimits(Struct, frozen=True):
    """Seconds after which a session ends: unused (`idle_s`), and in any case (`longest_s`)."""

    idle_s: int
    longest_s: int


SESSION_LIMITS: Final[Mapping[Role, SessionLimits]] = MappingProxyType(
    {
        # A wall has no keyboard; browsers keep no cookie longer than 400 days (RFC 6265bis).
        Role.WALL: SessionLimits(30 * DAY_S, 400 * DAY_S),
        Role.GUARD: SessionLimits(12 * HOUR_S, 7 * DAY_S),
        Role.SUPERVISOR: SessionLimits(12 * HOUR_S, 7 * DAY_S),
        Role.LIAISON: SessionLimits(HOUR_S, 12 * HOUR_S),
        Role.ADMIN: SessionLimits(HOUR_S, 12 * HOUR_S),
    }
)


SCREEN: Final = "screen "
"""How the digest of a screen begins."""


class Principal(Struct, frozen=True, kw_only=True):
    """Who is asking. `name` is what the ledger records: `user:li.wei`, `token:bench` or `link:wall`.

    `digest` is the SHA-256 of the cookie or token that says so, `by_cookie` which of the two it is;
    a screen's cookie is its token, and SCREEN stands before that one's SHA-256.
    `expires_ms` is when it ends in any case, in ms since 1970 (None: when it is revoked).
    """

    name: str
    role: Role
    tenant: str
    digest: str
    by_cookie: bool
    expires_ms: int | None

    def may(self, permission: Permission) -> bool:
        """Whether the role has `permission`."""
        return permission in PERMISSIONS[self.role]

    @property
    def is_screen(self) -> bool:
        """Whether it is a screen that came in by a token, and stays for as long as that holds."""
        return self.digest.startswith(SCREEN)

    @property
    def is_session(self) -> bool:
        """Whether it has a session of its own, which ends when it is not used."""
        return self.by_cookie and not self.is_screen
