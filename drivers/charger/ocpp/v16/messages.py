"""Requests of an OCPP 1.6 post, as far as they are of use here. Their schemas have let them pass."""

from msgspec import Struct

from drivers.charger.ocpp.samples import ENERGY, Sample


class Boot(Struct, rename="camel", frozen=True, kw_only=True):
    """BootNotification (§4.2)."""

    charge_point_vendor: str
    charge_point_model: str
    firmware_version: str = ""

    @property
    def product(self) -> str:
        """Maker, model and firmware."""
        return " ".join(
            filter(None, (self.charge_point_vendor, self.charge_point_model, self.firmware_version))
        )


class StatusNotification(Struct, rename="camel", frozen=True, kw_only=True):
    """How a connector is (§4.9); connector 0 is the post as a whole."""

    connector_id: int
    status: str
    error_code: str
    timestamp: str | None = None


class Authorize(Struct, rename="camel", frozen=True, kw_only=True):
    """Whether somebody may charge (§4.1)."""

    id_tag: str


class SampledValue(Struct, rename="camel", frozen=True, kw_only=True):
    """One value (§7.45)."""

    value: str
    measurand: str = ENERGY
    unit: str | None = None
    phase: str | None = None
    location: str | None = None
    format: str = "Raw"

    def sample(self) -> Sample | None:
        """Return the value as a number; None if it is none."""
        try:
            value = float(self.value)
        except ValueError:
            return None
        return Sample(self.measurand, value, self.unit, self.phase, self.location)


class MeterValue(Struct, rename="camel", frozen=True, kw_only=True):
    """Values of one moment (§7.33)."""

    timestamp: str
    sampled_value: tuple[SampledValue, ...]


class MeterValues(Struct, rename="camel", frozen=True, kw_only=True):
    """What was measured (§4.7)."""

    connector_id: int
    meter_value: tuple[MeterValue, ...]
    transaction_id: int | None = None


class StartTransaction(Struct, rename="camel", frozen=True, kw_only=True):
    """A charge began (§4.8)."""

    connector_id: int
    id_tag: str
    meter_start: int
    timestamp: str


class StopTransaction(Struct, rename="camel", frozen=True, kw_only=True):
    """A charge ended (§4.10)."""

    transaction_id: int
    meter_stop: int
    timestamp: str
    reason: str = "Local"
    transaction_data: tuple[MeterValue, ...] = ()
