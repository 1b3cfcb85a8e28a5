"""What the site file may say about a pretend connector."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from simulators.charger.vehicle import VehicleKind

Positive = Annotated[float, Meta(gt=0)]
Percent = Annotated[float, Meta(ge=0, le=100)]

MOST_POWER: dict[VehicleKind, float] = {"car": 7000.0, "e-bike": 500.0}


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which connector of which post, and what comes to charge there. Power in W, battery in Wh, soc in %.

    `version`, `password_file`, `ca_file` and `slow_s` are the post's: all its connectors state them alike.
    `battery_wh` and `soc` are those of every vehicle that arrives, None: one by chance; `plugged`: one is
    there from the start. `slow_s` is how late the fault `slow` makes answers. `seed` None: from the id.
    DNY and 云快充 posts beat, report a charge and repeat what is over after these seconds, None: as their
    protocol says; `version` "1.7" is a 云快充 pile's.
    """

    wire: str
    vehicle: VehicleKind = "car"
    max_power: Positive | None = None
    version: Literal["1.6", "1.7", "2.0.1"] = "1.6"
    password_file: str | None = None
    ca_file: str | None = None
    battery_wh: Positive | None = None
    soc: Percent | None = None
    plugged: bool = False
    slow_s: Positive = 3.0
    heartbeat_s: Positive | None = None
    report_s: Positive | None = None
    resend_s: Positive | None = None
    seed: int | None = None

    @property
    def power(self) -> float:
        """What the connector gives at most."""
        return self.max_power or MOST_POWER[self.vehicle]

    @property
    def of_post(self) -> tuple[str, str | None, str | None, float]:
        """What all connectors of a post must state alike."""
        return self.version, self.password_file, self.ca_file, self.slow_s
