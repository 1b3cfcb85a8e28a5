"""Charging as the API shows it. Money is in whole fen, energy in Wh, times are RFC 3339 unless said."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from hub.alarms.definition import Words

Status = Literal["free", "plugged", "busy", "faulted", "offline", "power-cut", "out-of-service", "no-supply"]
"""How a connector is for who stands before it. `power-cut` also while an open alarm cuts its power."""

StateName = Literal["requested", "starting", "charging", "stopping", "settled", "cancelled"]


class ConnectorView(Struct, frozen=True, kw_only=True):
    """A connector by name. `area`: where it stands; `max_power` in W."""

    title: Words
    area: Words | None
    vehicle: str
    max_power: int | None


class PeriodView(Struct, frozen=True, kw_only=True):
    """`from` and `to` are times of day, `08:00`, of the site's zone; prices in fen per kWh."""

    from_: str = field(name="from")
    to: str
    title: Words
    energy_fen: int
    service_fen: int


class TariffView(Struct, frozen=True, kw_only=True):
    """What a kWh costs when. `now`: which of the periods it is now, from 0. `free`: nothing is to pay."""

    title: Words
    free: bool
    periods: Sequence[PeriodView]
    now: int


class PaymentView(Struct, frozen=True, kw_only=True):
    """How it is paid: `free`, `prepaid` or another; `hold_fen` is set aside if there is so much."""

    provider: str
    hold_fen: int


class Scan(Struct, frozen=True, kw_only=True):
    """What somebody sees who has scanned a code. `site` is its title."""

    site: Words
    connector: ConnectorView
    status: Status
    tariff: TariffView
    payment: PaymentView


class LineView(Struct, frozen=True, kw_only=True):
    """A line of a bill: what was taken in one period of the tariff, from one moment to another.

    `energy_fen` and `service_fen` are the period's prices in fen per kWh; `amount_fen` is what the line comes
    to, rounded half up.
    """

    from_: str = field(name="from")
    to: str
    title: Words
    energy_wh: int
    energy_fen: int
    service_fen: int
    amount_fen: int


class ChargingProblem(Struct, frozen=True, kw_only=True):
    """Why an order came to nothing: `code` for machines, `detail` for people."""

    code: str
    detail: str


class ChargingOrder(Struct, frozen=True, kw_only=True):
    """An order for whoever placed it. Amount and lines are final once it is settled, the bill so far before.

    `stale`: the post is not heard of; figures are of the last moment it was. `power_w` and `soc` (%) are null
    where nothing is known. `balance_fen`: of its account now, null where there is none. `why`: the reason of
    the end, a word of the connector's data sheet. `estimated`: the post did not say what it delivered.
    """

    number: str
    state: StateName
    connector: ConnectorView
    requested_at: str
    started_at: str | None
    ended_at: str | None
    seconds: int
    energy_wh: int
    power_w: float | None
    soc: float | None
    stale: bool
    amount_fen: int
    lines: Sequence[LineView]
    free: bool
    provider: str
    hold_fen: int
    balance_fen: int | None
    why: str | None
    estimated: bool
    problem: ChargingProblem | None
    tariff: TariffView


class StaffChargingOrder(ChargingOrder, frozen=True, kw_only=True):
    """An order for staff. `device`: `charger/ID`; `account`: an account's id; `transaction`: the post's name.

    `placed`: false where the post began by itself, such as with a card, so that it is nobody's.
    """

    device: str
    account: str | None
    transaction: str | None
    placed: bool
    stopped_by: str | None


class ChargingReading(Struct, frozen=True, kw_only=True):
    """What a post had delivered since the charge began, by its own clock."""

    at: str
    energy_wh: int


class ChargingStep(Struct, frozen=True, kw_only=True):
    """What was done about an order: `charge.placed`, `.began`, `.stop-asked`, `.settled`, `.cancelled` ….

    `who`: a principal, `resident` for whoever has the order's key, `charging` for the hub itself.
    """

    ts: str
    who: str
    what: str
    reason: str


class ChargingOrderDetail(StaffChargingOrder, frozen=True, kw_only=True):
    """An order for staff with what the post reported of it and what was done about it, the oldest first."""

    readings: Sequence[ChargingReading]
    timeline: Sequence[ChargingStep]


class ChargingOrderPage(Struct, frozen=True, kw_only=True):
    """Orders, the newest first. `next`: what to give as `before` for those that follow."""

    orders: Sequence[StaffChargingOrder]
    next: int | None


class AccountView(Struct, frozen=True, kw_only=True):
    """A prepaid account for who has its key; its newest orders, at most 20.

    `balance_fen` is all that is left in it, with the `held_fen` that open orders have set aside; below zero
    it is owed. Once it is `closed` it pays for nothing.
    """

    balance_fen: int
    held_fen: int
    closed: bool
    orders: Sequence[ChargingOrder]


class StaffAccount(Struct, frozen=True, kw_only=True):
    """A prepaid account for staff. `note` says whose it is without a name, such as a flat.

    Once it is `closed`, `paid_out_fen` is what was left in it, to be paid back.
    """

    id: str
    note: str
    made: str
    made_by: str
    balance_fen: int
    held_fen: int
    closed: str | None
    closed_by: str | None
    paid_out_fen: int


class OpenedAccount(Struct, frozen=True, kw_only=True):
    """An account and its key, which is shown this once."""

    account: StaffAccount
    key: str


class CodeView(Struct, frozen=True, kw_only=True):
    """A code. `device`: `charger/ID`. `once`: for one order, which is then its `order`.

    Without `expires` it is good until it is used or revoked.
    """

    code: str
    device: str
    once: bool
    made: str
    made_by: str
    expires: str | None
    order: str | None
    revoked: str | None
    revoked_by: str | None
    good: bool


class ChargingDay(Struct, frozen=True, kw_only=True):
    """What was settled of the charges that ended on one day, `2026-11-24`, of the site's zone."""

    day: str
    orders: int
    energy_wh: int
    income_fen: int


class ChargingFigures(Struct, frozen=True, kw_only=True):
    """How the connectors are now, by status; W in all; open orders; the days asked for, oldest first."""

    connectors: Mapping[Status, int]
    power_w: float
    open_orders: int
    days: Sequence[ChargingDay]
    energy_wh: int
    income_fen: int
