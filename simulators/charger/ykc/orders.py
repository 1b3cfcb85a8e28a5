"""A charge at a 云快充 gun: the platform's order, what it costs so far, what is reported when it is over."""

from dataclasses import dataclass
from typing import Final

from simulators.charger.outlet import Charge, Outlet, Why
from simulators.charger.ykc.codes import StopReason
from simulators.charger.ykc.tariff import Bill
from simulators.charger.ykc.words import Record

REASONS: Final = {
    Why.FULL: StopReason.FULL,
    Why.REMOTE: StopReason.REMOTE,
    Why.BUTTON: StopReason.MANUAL,
    Why.CARD: StopReason.MANUAL,
    Why.TIME: StopReason.TIME,
    Why.ENERGY: StopReason.ENERGY,
    Why.UNPLUGGED: StopReason.UNPLUGGED,
    Why.OVER_CURRENT: StopReason.CURRENT,
    Why.OVER_TEMPERATURE: StopReason.TEMPERATURE,
    Why.GROUND: StopReason.AC_PROTECTION,
    Why.SMOKE: StopReason.OTHER,
    Why.FLOOD: StopReason.OTHER,
    Why.POWER_LOSS: StopReason.POWER_LOSS,
    Why.SOFT_RESET: StopReason.LOCKED,
    Why.HARD_RESET: StopReason.LOCKED,
    Why.REVOKED: StopReason.REMOTE,
}


@dataclass(slots=True, kw_only=True)
class Running:
    """The order that a gun works on; `balance` in fen is what it may cost."""

    order: str
    balance: int
    bill: Bill
    counted_wh: float
    spent: bool = False

    def step(self, outlet: Outlet, now_s: float) -> bool:
        """Count what the meter counted; whether the money is used up."""
        meter_wh = outlet.connector.meter_wh
        self.bill.add(meter_wh - self.counted_wh, now_s)
        self.counted_wh = meter_wh
        self.spent = 0 < self.balance <= self.bill.amount
        return self.spent

    def record(self, pile: str, outlet: Outlet, charge: Charge, why: Why) -> Record:
        """Tell how it went."""
        return Record(
            order=self.order,
            pile=pile,
            gun=outlet.number,
            began=charge.began_s,
            ended=charge.began_s + charge.elapsed_s,
            shares=self.bill.shares(),
            meter_began=charge.meter,
            meter_ended=outlet.connector.meter,
            why=StopReason.MONEY if self.spent else REASONS[why],
        )
