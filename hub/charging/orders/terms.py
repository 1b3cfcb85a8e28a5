"""On which terms a connector charges: what it is called, its tariff, its limits."""

from collections.abc import Mapping
from typing import Final

from contract.topics import Address
from hub.alarms.definition import Words
from hub.alarms.rules.scope import area_of
from hub.charging.orders.order import Named
from hub.charging.seen import Known, seen
from hub.charging.settings import ChargingSettings, Tariff
from hub.charging.tariff.bill import FREE, cheapest_fen, without_prices

LEAST_WH: Final = 1


class Terms:
    """Looks up what the site file and the connectors themselves say."""

    def __init__(self, settings: ChargingSettings, shadows: Known, areas: Mapping[str, Words]) -> None:
        self.settings = settings
        self._shadows = shadows
        self._areas = areas

    def named(self, address: Address) -> Named:
        """Return what a connector is called; its id where it has not said."""
        shadow = self._shadows.get(address)
        description = shadow.description if shadow is not None else None
        now = seen(shadow)
        area = area_of(description)
        return Named(
            title=(description.titles if description else None) or {"zh-CN": address.device},
            area=self._areas.get(area) if area else None,
            vehicle=now.vehicle,
            max_power=now.max_power,
        )

    def tariff(self, address: Address, vehicle: str, *, bills: bool) -> Tariff | None:
        """Return what it costs; None if the site file does not say, although it is to be paid."""
        found = self.settings.tariff_of(f"{address.kind}/{address.device}", vehicle)
        return found if bills else without_prices(found or FREE)

    def of_nobody(self, address: Address) -> tuple[Named, Tariff]:
        """Return what a charge is called, and costs, that nobody ordered: nothing. In any thread."""
        named = self.named(address)
        return named, self.tariff(address, named.vehicle, bills=False) or FREE

    def most_wh(self, tariff: Tariff, vehicle: str, hold_fen: int) -> int:
        """Return the energy at which the post itself shall end the charge.

        What is set aside buys so much at the lowest price; where it is dearer, the hub ends it before.
        """
        most_wh = self.settings.most_wh(vehicle)
        price_fen = cheapest_fen(tariff)
        if hold_fen <= 0 or price_fen == 0:
            return most_wh
        return max(LEAST_WH, min(most_wh, hold_fen * 1000 // price_fen))
