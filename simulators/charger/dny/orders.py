"""A charge at a DNY port: the server's order, what it may take, what is to be reported of it. W, Wh, s."""

from dataclasses import dataclass, field

from simulators.charger.dny.codes import PortState, Rate, StopReason
from simulators.charger.dny.words import Charge, PowerReport, Settlement
from simulators.charger.outlet import Outlet, Why

LONGEST_S = 36_000  # §4.4.1
SECOND_S = 300.0  # until when the second highest power is looked for (§3.3)
FLOATS_S = 10.0  # that a full battery is still fed; a real post gives it up to an hour
OVERLOADED_S = 3.0
ENERGY_UNIT = 10.0

REASONS = {
    Why.FULL: StopReason.FULL,
    Why.REMOTE: StopReason.SERVER,
    Why.BUTTON: StopReason.OUTSIDE,
    Why.CARD: StopReason.CARD,
    Why.TIME: StopReason.TIME,
    Why.ENERGY: StopReason.ENERGY,
    Why.UNPLUGGED: StopReason.UNPLUGGED,
    Why.OVER_CURRENT: StopReason.OVER_CURRENT,
    Why.OVER_TEMPERATURE: StopReason.PORT_HOT,
    Why.GROUND: StopReason.OVER_CURRENT,
    Why.SMOKE: StopReason.FIRE,
    Why.FLOOD: StopReason.FLOOD,
    Why.POWER_LOSS: StopReason.UNDER_VOLTAGE,
    Why.SOFT_RESET: StopReason.FORCED,
    Why.HARD_RESET: StopReason.FORCED,
    Why.REVOKED: StopReason.SERVER,
}


@dataclass(slots=True)
class Powers:
    """What was measured over a while."""

    most: float = 0.0
    least: float = float("inf")
    summed: float = 0.0
    seconds: float = 0.0

    def add(self, power: float, dt_s: float) -> None:
        """Take one measurement."""
        self.most = max(self.most, power)
        self.least = min(self.least, power)
        self.summed += power * dt_s
        self.seconds += dt_s

    @property
    def mean(self) -> float:
        """Over the whole while."""
        return self.summed / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class Running:
    """The order that a port works on."""

    order: bytes
    until_full: bool
    seconds_are_most: bool
    """Whether its time is the longest a charge may take, not what was asked for."""
    overload: float
    whole: Powers = field(default_factory=Powers)
    lately: Powers = field(default_factory=Powers)
    second: float = 0.0
    full_s: float = 0.0
    overloaded_s: float = 0.0
    why: StopReason | None = None
    """Why it ended, where the post knows it better than the connector."""

    def step(self, outlet: Outlet, dt_s: float) -> Why | None:
        """Measure; return why the charge must end now, None if it need not."""
        power, vehicle = outlet.connector.power, outlet.connector.vehicle
        self.whole.add(power, dt_s)
        self.lately.add(power, dt_s)
        if self.whole.seconds <= SECOND_S:
            self.second = max(self.second, power)
        full = vehicle is not None and vehicle.full
        self.full_s = self.full_s + dt_s if full else 0.0
        self.overloaded_s = self.overloaded_s + dt_s if 0 < self.overload < power else 0.0
        if self.overloaded_s >= OVERLOADED_S:
            self.why = StopReason.OVERLOAD
            return Why.OVER_CURRENT
        return Why.FULL if self.until_full and self.full_s >= FLOATS_S else None

    def report(self, outlet: Outlet, energy_wh: float, at_s: float) -> PowerReport:
        """Tell how it goes, and begin to measure anew."""
        connector, lately, self.lately = outlet.connector, self.lately, Powers()
        return PowerReport(
            port=outlet.number - 1,
            state=PortState.FLOATING if self.full_s else PortState.CHARGING,
            seconds=int(self.whole.seconds),
            energy=energy_wh,
            power=connector.power,
            most=lately.most,
            least=min(lately.least, lately.most),
            mean=lately.mean,
            order=self.order,
            peak=self.whole.most,
            voltage=connector.voltage,
            current=connector.current,
            at=int(at_s),
            port_temperature=round(connector.temperature),
        )

    def settle(self, outlet: Outlet, energy_wh: float, why: Why, at_s: float) -> Settlement:
        """Tell how it went."""
        longest = why is Why.TIME and self.seconds_are_most
        return Settlement(
            seconds=int(self.whole.seconds),
            most=self.whole.most,
            energy=energy_wh,
            port=outlet.number - 1,
            why=self.why or (StopReason.LONGEST if longest else REASONS[why]),
            order=self.order,
            second=self.second,
            at=int(at_s),
        )


@dataclass(slots=True, kw_only=True)
class Limits:
    """What the post allows where an order does not say (command 85); 0: nothing in particular."""

    longest: int = LONGEST_S
    overload: float = 0.0


def begin(order: Charge, limits: Limits) -> tuple[Running, float | None, float | None]:
    """Return the order as the port works on it, and the most seconds and Wh it may take (§4.2).

    A time that was asked for is not cut by the longest one, and neither it nor an energy ends with a full
    battery unless that is asked for.
    """
    asked = order.amount > 0 and order.rate in (Rate.TIME, Rate.ENERGY)
    by_time = asked and order.rate == Rate.TIME
    running = Running(
        order=order.order,
        until_full=not asked or order.until_full,
        seconds_are_most=not by_time,
        overload=order.overload or limits.overload,
    )
    seconds = order.amount if by_time else order.longest or limits.longest
    energy = order.amount * ENERGY_UNIT if asked and not by_time else None
    return running, float(seconds), energy
