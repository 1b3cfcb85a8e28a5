"""Requests of an OCPP 2.0.1 station, as far as they are of use here. Their schemas have let them pass."""

from msgspec import Struct

from drivers.charger.ocpp.samples import ENERGY, Sample


class Station(Struct, rename="camel", frozen=True, kw_only=True):
    """ChargingStationType (part 2 §2.9)."""

    vendor_name: str
    model: str
    firmware_version: str = ""


class Boot(Struct, rename="camel", frozen=True, kw_only=True):
    """BootNotification (B01)."""

    charging_station: Station

    @property
    def product(self) -> str:
        """Maker, model and firmware."""
        station = self.charging_station
        return " ".join(filter(None, (station.vendor_name, station.model, station.firmware_version)))


class StatusNotification(Struct, rename="camel", frozen=True, kw_only=True):
    """How a connector is (G01)."""

    evse_id: int
    connector_status: str
    timestamp: str


class Token(Struct, rename="camel", frozen=True, kw_only=True):
    """Who charges (§2.28); nobody in particular where none is needed."""

    id_token: str
    type: str


class Authorize(Struct, rename="camel", frozen=True, kw_only=True):
    """Whether somebody may charge (C01)."""

    id_token: Token


class Evse(Struct, rename="camel", frozen=True, kw_only=True):
    """Where (§2.23); 0 is the station as a whole."""

    id: int


class Unit(Struct, rename="camel", frozen=True, kw_only=True):
    """In what a value is said (§2.54)."""

    unit: str | None = None
    multiplier: int = 0


class SampledValue(Struct, rename="camel", frozen=True, kw_only=True):
    """One value (§2.46)."""

    value: float
    measurand: str = ENERGY
    unit_of_measure: Unit = Unit()
    phase: str | None = None
    location: str | None = None

    def sample(self) -> Sample:
        """Return the value by itself."""
        value = self.value * 10.0 ** max(-30, min(30, self.unit_of_measure.multiplier))
        return Sample(self.measurand, value, self.unit_of_measure.unit, self.phase, self.location)


class MeterValue(Struct, rename="camel", frozen=True, kw_only=True):
    """Values of one moment (§2.34)."""

    timestamp: str
    sampled_value: tuple[SampledValue, ...]


class MeterValues(Struct, rename="camel", frozen=True, kw_only=True):
    """What was measured outside a transaction (J01)."""

    evse_id: int
    meter_value: tuple[MeterValue, ...]


class Transaction(Struct, rename="camel", frozen=True, kw_only=True):
    """Which transaction, and how it is (§2.51)."""

    transaction_id: str
    charging_state: str | None = None
    stopped_reason: str = "Local"
    remote_start_id: int | None = None


class TransactionEvent(Struct, rename="camel", frozen=True, kw_only=True):
    """A transaction began, goes on or ended (E01 to E15)."""

    event_type: str
    timestamp: str
    trigger_reason: str
    transaction_info: Transaction
    offline: bool = False
    evse: Evse | None = None
    id_token: Token | None = None
    meter_value: tuple[MeterValue, ...] = ()


class Component(Struct, rename="camel", frozen=True, kw_only=True):
    """A part of the station (part 2 §2.16)."""

    name: str
    evse: Evse | None = None


class Variable(Struct, rename="camel", frozen=True, kw_only=True):
    """What of a part (part 2 §2.56)."""

    name: str


class EventData(Struct, rename="camel", frozen=True, kw_only=True):
    """Something happened to a part (§2.22)."""

    trigger: str
    actual_value: str
    component: Component
    variable: Variable
    cleared: bool = False


class NotifyEvent(Struct, rename="camel", frozen=True, kw_only=True):
    """What happened (N07)."""

    event_data: tuple[EventData, ...]
