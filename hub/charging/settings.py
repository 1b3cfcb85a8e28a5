"""What the site file says about charging: tariffs by time of day, how it is paid, limits of a charge."""

from itertools import pairwise
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from hub.alarms.definition import Key, Words

Vehicle = Literal["car", "e-bike"]
Fen = Annotated[int, Meta(ge=0, le=1_000_000)]
Begin = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
End = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]

DAY_MIN: Final = 24 * 60
ALL_DAY: Final = "24:00"


class Period(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[charging.tariff.period]]`: prices in fen per kWh from a time of day to another, of the site's zone.

    A `to` that is not after `from` is on the next day.
    """

    from_: Begin = field(default="00:00", name="from")
    to: End = ALL_DAY
    title: Words
    energy_fen: Fen = 0
    service_fen: Fen = 0

    @property
    def begin_min(self) -> int:
        """When it begins, in minutes since midnight."""
        return _minutes(self.from_)

    @property
    def price_fen(self) -> int:
        """What a kWh costs in it."""
        return self.energy_fen + self.service_fen


class Tariff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[charging.tariff]]`: what a kWh costs when. Its periods cover the day, without gap or overlap.

    It is for the connectors that it names (`charger/ID`), or else for those of its `vehicles`; naming
    neither, for all others. ValueError if the periods do not fit.
    """

    id: Key
    title: Words
    vehicles: tuple[Vehicle, ...] = ()
    devices: tuple[str, ...] = ()
    period: tuple[Period, ...]

    def __post_init__(self) -> None:
        check_periods(self.period)


class ChargingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[charging]`. `payment`: `free`, `prepaid`, or what another package brings (`hemei.payments`).

    `hold_fen_…`: what a prepaid order sets aside, or all there is if that is at least `least_fen`.
    `longest_h_…` and `most_kwh_…` are limits of any charge, which the post itself keeps too. ValueError if
    two tariffs have one id, or are for the same connectors.
    """

    payment: Key = "free"
    hold_fen_car: Fen = 5000
    hold_fen_e_bike: Fen = 500
    least_fen: Annotated[int, Meta(ge=1, le=100_000)] = 100
    longest_h_car: Annotated[float, Meta(gt=0, le=48)] = 12.0
    longest_h_e_bike: Annotated[float, Meta(gt=0, le=48)] = 10.0
    most_kwh_car: Annotated[float, Meta(gt=0, le=1000)] = 120.0
    most_kwh_e_bike: Annotated[float, Meta(gt=0, le=1000)] = 5.0
    tariff: tuple[Tariff, ...] = ()

    def __post_init__(self) -> None:
        _check_once("id", [each.id for each in self.tariff])
        _check_once("devices", [name for each in self.tariff for name in each.devices])
        others = [each for each in self.tariff if not each.devices]
        _check_once("vehicles", [name for each in others for name in each.vehicles or ("(all others)",)])

    def tariff_of(self, device: str, vehicle: str) -> Tariff | None:
        """Return the tariff of a connector (`charger/ID`): by name, else by vehicle, else for all others."""
        named = [each for each in self.tariff if device in each.devices]
        others = [each for each in self.tariff if not each.devices]
        fitting = [each for each in others if vehicle in each.vehicles]
        rest = [each for each in others if not each.vehicles]
        return next(iter((*named, *fitting, *rest)), None)

    def hold_fen(self, vehicle: str) -> int:
        """Return what an order sets aside if there is so much."""
        return self.hold_fen_e_bike if vehicle == "e-bike" else self.hold_fen_car

    def longest_s(self, vehicle: str) -> int:
        """Return how long a charge may last."""
        return round(3600 * (self.longest_h_e_bike if vehicle == "e-bike" else self.longest_h_car))

    def most_wh(self, vehicle: str) -> int:
        """Return how much a charge may take."""
        return round(1000 * (self.most_kwh_e_bike if vehicle == "e-bike" else self.most_kwh_car))


def check_periods(periods: tuple[Period, ...]) -> None:
    """ValueError unless the periods cover a day, each minute once."""
    if not periods:
        raise ValueError("a tariff has at least one period")
    ordered = sorted(periods, key=lambda each: each.begin_min)
    for before, after in pairwise((*ordered, ordered[0])):
        if _minutes(before.to) % DAY_MIN != after.begin_min:
            raise ValueError(
                f"periods must cover the day without gap or overlap: one ends at {before.to},"
                f" the next begins at {after.from_}"
            )
    if len(ordered) > 1 and len({each.begin_min for each in ordered}) < len(ordered):
        raise ValueError("two periods begin at the same time")


def _check_once(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"tariffs: {what} must differ; more than once: {', '.join(twice)}")


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
