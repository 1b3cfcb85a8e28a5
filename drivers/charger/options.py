"""What the site file may say about a connector."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from drivers.charger.wire import Wire, parse_wire
from drivers.charger.words import Vehicle

Watts = Annotated[int, Meta(ge=1, le=1_000_000)]

DEFAULT_POWER: Final = {Vehicle.CAR: 7000, Vehicle.E_BIKE: 500}
"""What a connector gives at most where the site file does not say: one phase of 32 A; an e-bike's charger."""

LEAST_POWER: Final = {Vehicle.CAR: 1380, Vehicle.E_BIKE: 0}
"""Below this a vehicle does not charge at all: 6 A of one phase (IEC 61851-1). 0: cannot be lowered."""


class ChargerOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which connector of which post, what it may give, and who it must be.

    `password_file` holds the post's password for OCPP, at least 16 characters; `certificate_file` and
    `key_file` are ours, for `ocpps`. Connectors with the same `supply_group` together never take more than
    `supply_limit` W, which all of them must state alike. A charge ends after `longest_s` in any case.
    """

    wire: str
    vehicle: Vehicle = Vehicle.CAR
    password_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    max_power: Watts | None = None
    supply_group: str | None = None
    supply_limit: Watts | None = None

    longest_s: Annotated[int, Meta(ge=60, le=48 * 3600)] = 12 * 3600
    over_current: Annotated[float, Meta(gt=0, le=1000)] | None = None
    over_temperature: Annotated[float, Meta(gt=0, le=150)] = 75.0
    start_timeout_s: Annotated[float, Meta(ge=1, le=300)] = 60.0
    answer_timeout_s: Annotated[float, Meta(ge=0.5, le=60)] = 15.0
    heartbeat_s: Annotated[int, Meta(ge=1, le=3600)] = 60
    read_s: Annotated[int, Meta(ge=1, le=900)] = 15

    def __post_init__(self) -> None:
        wire = self.parsed_wire()
        ocpp = wire.scheme in ("ocpp", "ocpps")
        if (self.supply_group is None) != (self.supply_limit is None):
            raise ValueError("supply_group and supply_limit go together")
        if ocpp and self.password_file is None:
            raise ValueError("password_file is missing: an OCPP post must say who it is")
        if not ocpp and self.password_file is not None:
            raise ValueError(f"password_file is for ocpp:// and ocpps://, not for {wire.scheme}://")
        if (wire.scheme == "ocpps") != (self.certificate_file is not None and self.key_file is not None):
            raise ValueError("certificate_file and key_file are for ocpps://, which needs both")

    @property
    def power(self) -> int:
        """What the connector gives at most, in W."""
        return self.max_power or DEFAULT_POWER[self.vehicle]

    @property
    def fresh_s(self) -> float:
        """For how long a reading counts as how it is now; of DNY they come every 5 minutes (§3.4)."""
        return 660.0 if self.parsed_wire().scheme == "dny" else max(60.0, 4.0 * self.read_s)

    @property
    def least_power(self) -> int:
        """Below this it is no use to charge, in W."""
        return min(self.power, LEAST_POWER[self.vehicle])

    def parsed_wire(self) -> Wire:
        """Return the wire taken apart; ValueError if it is wrong."""
        return parse_wire(self.wire)
