"""The family `charger`: one connector of a post, what charges there, what can go wrong with both."""

import random
import zlib
from collections.abc import Callable, Iterable

from simulators.charger.options import Options
from simulators.charger.outlet import Outlet, Why
from simulators.charger.post import Post
from simulators.charger.posts import Posts, make_outlet, make_post, stand
from simulators.charger.vehicle import arriving
from simulators.charger.wire import parse_charger
from simulators.clock import Clock
from simulators.errors import chosen
from simulators.ports import Ports

KIND = "charger"

__all__ = ["KIND", "ChargingPoint", "Options", "create"]


def create(device_id: str, options: Options, clock: Clock) -> "ChargingPoint":
    """Build one connector."""
    return ChargingPoint(device_id, options, clock)


class ChargingPoint:
    """One connector; until it is served, on a post of its own that calls nobody."""

    def __init__(self, device_id: str, options: Options, clock: Clock) -> None:
        wire, self._number = parse_charger(options.wire)
        seed = zlib.crc32(device_id.encode()) if options.seed is None else options.seed
        self._options = options
        self._chance = random.Random(seed)  # noqa: S311 - made to repeat, not to be secret
        self.outlet: Outlet = make_outlet(self._number, options, seed=seed)
        self.connector = self.outlet.connector
        self.post: Post = make_post(wire, options, clock)
        stand(self.post, self.outlet, options)
        if options.plugged:
            self.arrive()

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return _FAULTS.keys()

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return _HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Stand on the post of this address, and let it call."""
        self.post = ports.of(Posts).put(self.post, self._number)
        return self.post.wire.of(self._number)

    async def close(self) -> None:
        """Nothing: the posts are shared and not this connector's to close."""

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.post.step(self._number, dt_s)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything of this connector, and the post."""
        chosen("fault", name, _FAULTS)(self)

    def happen(self, name: str) -> None:
        """Let something happen at the connector."""
        chosen("happening", name, _HAPPENINGS)(self)

    def inspect(self) -> dict[str, bool | int | float | str | list[str] | None]:
        """Tell the physical truth, and what was counted."""
        outlet, connector, vehicle = self.outlet, self.connector, self.connector.vehicle
        return {
            "plugged": connector.plugged,
            "charging": connector.charging,
            "closed": connector.closed,
            "power_w": round(connector.power, 1),
            "current_a": round(connector.current, 2),
            "voltage_v": round(connector.voltage, 1),
            "limit_w": None if connector.limit is None else round(connector.limit, 1),
            "meter_wh": connector.meter,
            "energy_wh": round(outlet.given_wh, 2),
            "delivered_wh": round(connector.energy_wh, 2),
            "soc": None if vehicle is None else round(vehicle.soc, 1),
            "temperature": round(connector.temperature, 1),
            "order": outlet.charge.order if outlet.charge else None,
            "transaction": outlet.charge.transaction if outlet.charge else None,
            "transactions": list(outlet.transactions),
            "starts": outlet.starts,
            "stops": outlet.stops,
            "refused": outlet.refused,
            "last_end": outlet.last.name.lower() if outlet.last else None,
            "trip": outlet.trip.name.lower(),
            "queue": self.post.queued,
            "connected": self.post.connected,
            "powered": self.post.powered,
            "faults": self._broken(),
        }

    def arrive(self) -> None:
        """Let the next vehicle come and plug in; where one is already, it stays."""
        options = self._options
        vehicle = arriving(options.vehicle, self._chance, battery_wh=options.battery_wh, soc=options.soc)
        self.connector.plug(vehicle)

    def fill(self) -> None:
        """Let the vehicle be full at once."""
        if self.connector.vehicle is not None:
            self.connector.vehicle.fill()

    def press_stop(self) -> None:
        """Press the stop button; without mains it does nothing."""
        if self.post.powered:
            self.post.end(self.outlet, Why.BUTTON)

    def present_card(self) -> None:
        """Hold a card to the post's reader."""
        if self.post.powered:
            self.post.present_card(self.outlet)

    def repair(self) -> None:
        """Take away everything that is wrong with this connector and its post."""
        connector, post = self.connector, self.post
        connector.stuck = connector.over_current = connector.overheats = connector.meter_backwards = False
        self.outlet.ground_failure = False
        post.slow = post.refuses = False
        post.set_mute(False)
        post.set_network(True)
        post.set_power(True)

    def _broken(self) -> list[str]:
        return [name for name, is_so in _BROKEN.items() if is_so(self)]


_BROKEN: dict[str, Callable[[ChargingPoint], bool]] = {
    "power-loss": lambda point: not point.post.powered,
    "offline": lambda point: not point.post.networked,
    "mute": lambda point: point.post.mute,
    "slow": lambda point: point.post.slow,
    "refuses": lambda point: point.post.refuses,
    "ground-failure": lambda point: point.outlet.ground_failure,
    "over-current": lambda point: point.connector.over_current,
    "overheats": lambda point: point.connector.overheats,
    "stuck-contactor": lambda point: point.connector.stuck,
    "meter-backwards": lambda point: point.connector.meter_backwards,
}

_FAULTS: dict[str, Callable[[ChargingPoint], None]] = {
    "none": ChargingPoint.repair,
    "power-loss": lambda point: point.post.set_power(False),
    "offline": lambda point: point.post.set_network(False),
    "mute": lambda point: point.post.set_mute(True),
    "slow": lambda point: setattr(point.post, "slow", True),
    "refuses": lambda point: setattr(point.post, "refuses", True),
    "ground-failure": lambda point: setattr(point.outlet, "ground_failure", True),
    "over-current": lambda point: setattr(point.connector, "over_current", True),
    "overheats": lambda point: setattr(point.connector, "overheats", True),
    "stuck-contactor": lambda point: setattr(point.connector, "stuck", True),
    "meter-backwards": lambda point: setattr(point.connector, "meter_backwards", True),
}

_HAPPENINGS: dict[str, Callable[[ChargingPoint], None]] = {
    "vehicle-arrives": ChargingPoint.arrive,
    "unplug": lambda point: point.connector.unplug(),
    "battery-full": ChargingPoint.fill,
    "button-stop": ChargingPoint.press_stop,
    "card": ChargingPoint.present_card,
    "smoke": lambda point: point.post.set_alarm("smoke", True),
    "smoke-clears": lambda point: point.post.set_alarm("smoke", False),
    "heat": lambda point: point.post.set_alarm("heat", True),
    "heat-passes": lambda point: point.post.set_alarm("heat", False),
    "flood": lambda point: point.post.set_alarm("flood", True),
    "flood-dries": lambda point: point.post.set_alarm("flood", False),
    "door-opens": lambda point: point.post.set_alarm("door", True),
    "door-closes": lambda point: point.post.set_alarm("door", False),
}
