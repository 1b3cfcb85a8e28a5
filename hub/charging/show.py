"""Writes what the API shows of charging. Pure."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from contract.clock import rfc3339_ms
from hub.audit.queries import AuditView
from hub.charging.codes import Code
from hub.charging.figuring import Meter, SoFar
from hub.charging.orders.order import ChargeOrder, Named
from hub.charging.payment.accounts import Funded
from hub.charging.payment.money import Balance
from hub.charging.settings import Tariff
from hub.charging.tariff.bill import Bill, Line
from hub.charging.tariff.curve import Point
from hub.charging.tariff.hours import period_at
from hub.charging.view import (
    ChargingOrder,
    ChargingOrderDetail,
    ChargingProblem,
    ChargingReading,
    ChargingStep,
    CodeView,
    ConnectorView,
    LineView,
    PeriodView,
    StaffAccount,
    StaffChargingOrder,
    TariffView,
)


class Shower:
    """Shows orders as they are just now. On the event loop only."""

    def __init__(self, meter: Meter, zone: tzinfo) -> None:
        self._meter = meter
        self.zone = zone

    def order(
        self, order: ChargeOrder, read: Sequence[Point], balance: Balance | None, now_ms: int
    ) -> ChargingOrder:
        """Show an order to whoever placed it."""
        return ChargingOrder(**self._common(order, read, balance, now_ms))

    def staff(
        self, order: ChargeOrder, read: Sequence[Point], balance: Balance | None, now_ms: int
    ) -> StaffChargingOrder:
        """Show an order to staff."""
        return StaffChargingOrder(**self._common(order, read, balance, now_ms), **_of_staff(order))

    def detail(
        self,
        order: ChargeOrder,
        read: Sequence[Point],
        balance: Balance | None,
        now_ms: int,
        *,
        points: Sequence[Point],
        done: Sequence[AuditView],
    ) -> ChargingOrderDetail:
        """Show an order to staff with every reading, and with what the audit has of it, the newest first."""
        return ChargingOrderDetail(
            **self._common(order, read, balance, now_ms),
            **_of_staff(order),
            readings=[
                ChargingReading(at=rfc3339_ms(each.at_ms), energy_wh=each.energy_wh) for each in points
            ],
            timeline=[
                ChargingStep(ts=each.ts, who=each.who, what=each.what, reason=each.reason)
                for each in reversed(done)
            ],
        )

    def _common(
        self, order: ChargeOrder, read: Sequence[Point], balance: Balance | None, now_ms: int
    ) -> dict[str, Any]:
        far = self._meter.so_far(order, read) if order.open else _final(order)
        return {
            "number": order.number,
            "state": order.state.value,
            "connector": connector_view(order.connector),
            "requested_at": rfc3339_ms(order.requested_ms),
            "started_at": _text(order.began_ms),
            "ended_at": _text(order.ended_ms),
            "seconds": far.seconds,
            "energy_wh": far.energy_wh,
            "power_w": far.power_w,
            "soc": far.soc,
            "stale": order.open and not self._meter.seen(order).ready,
            "amount_fen": far.bill.amount_fen,
            "lines": [_line(each) for each in far.bill.lines],
            "free": is_free(order.tariff),
            "provider": order.provider,
            "hold_fen": order.hold_fen,
            "balance_fen": None if balance is None else balance.fen,
            "why": order.why,
            "estimated": order.estimated,
            "problem": _problem(order),
            "tariff": tariff_view(order.tariff, self.zone, now_ms),
        }


def _of_staff(order: ChargeOrder) -> dict[str, Any]:
    return {
        "device": f"{order.kind}/{order.device}",
        "account": order.account,
        "transaction": order.transaction,
        "placed": order.placed,
        "stopped_by": order.stop_by,
    }


def connector_view(named: Named) -> ConnectorView:
    """Show what a connector is called."""
    return ConnectorView(title=named.title, area=named.area, vehicle=named.vehicle, max_power=named.max_power)


def tariff_view(tariff: Tariff, zone: tzinfo, now_ms: int) -> TariffView:
    """Show what a kWh costs when."""
    return TariffView(
        title=tariff.title,
        free=is_free(tariff),
        periods=[
            PeriodView(
                from_=each.from_,
                to=each.to,
                title=each.title,
                energy_fen=each.energy_fen,
                service_fen=each.service_fen,
            )
            for each in tariff.period
        ],
        now=period_at(tariff.period, zone, now_ms),
    )


def is_free(tariff: Tariff) -> bool:
    """Whether nothing is ever to pay."""
    return all(each.price_fen == 0 for each in tariff.period)


def account_view(funded: Funded) -> StaffAccount:
    """Show an account to staff."""
    account, balance = funded
    return StaffAccount(
        id=account.id,
        note=account.note,
        made=rfc3339_ms(account.made_ms),
        made_by=account.made_by,
        balance_fen=balance.fen,
        held_fen=balance.held_fen,
        closed=_text(account.closed_ms),
        closed_by=account.closed_by,
        paid_out_fen=balance.paid_out_fen,
    )


def code_view(code: Code, now_ms: int) -> CodeView:
    """Show a code to staff."""
    return CodeView(
        code=code.code,
        device=f"{code.kind}/{code.device}",
        once=code.once,
        made=rfc3339_ms(code.made_ms),
        made_by=code.made_by,
        expires=_text(code.expires_ms),
        order=code.order,
        revoked=_text(code.revoked_ms),
        revoked_by=code.revoked_by,
        good=code.good(now_ms),
    )


def _final(order: ChargeOrder) -> SoFar:
    return SoFar(energy_wh=order.energy_wh, seconds=order.seconds, bill=Bill(order.lines, order.amount_fen))


def _line(line: Line) -> LineView:
    return LineView(
        from_=rfc3339_ms(line.from_ms),
        to=rfc3339_ms(line.to_ms),
        title=line.title,
        energy_wh=line.energy_wh,
        energy_fen=line.energy_fen,
        service_fen=line.service_fen,
        amount_fen=line.amount_fen,
    )


def _problem(order: ChargeOrder) -> ChargingProblem | None:
    if order.problem_code is None:
        return None
    return ChargingProblem(code=order.problem_code, detail=order.problem_detail or "")


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
