"""What the site file may say about a sprinkler zone."""

from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from drivers.modbus.wire import Wire, parse_wire
from drivers.sprinkler.profile import Board, Probe, load_board, load_probe
from drivers.sprinkler.programme import Hours, Programme
from drivers.sprinkler.words import Mode

Seconds = Annotated[float, Meta(gt=0, le=30)]
Poll = Annotated[float, Meta(ge=0.02, le=60)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Celsius = Annotated[float, Meta(ge=-10, le=20)]


class ProbeAt(NamedTuple):
    """A probe: where it is, and its map."""

    wire: Wire
    probe: Probe


class SprinklerOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where valve and probes are, when to water and how long.

    `wire` names the board and, as `channel`, the zone's valve. `soil`, `air` and `rain` are wires of probes;
    several zones may name the same one. Without `soil` a zone waters by programmes alone.
    """

    wire: str
    profile: str = "irrigation-board"
    soil: str | None = None
    soil_profile: str = "soil-4in1"
    air: str | None = None
    air_profile: str = "air-sht20"
    rain: str | None = None
    rain_profile: str = "rain-contact"

    mode: str = "automatic"
    programmes: tuple[Programme, ...] = ()
    timezone: str = "Asia/Shanghai"
    hours: tuple[Hours, ...] = ()
    dry_below: Percent | None = None
    wet_at: Percent | None = None
    rest_minutes: Annotated[float, Meta(ge=0, le=1440)] = 30.0
    longest_run_minutes: Annotated[float, Meta(gt=0, le=240)] = 60.0
    frost_below: Celsius = 3.0
    rain_delay_minutes: Annotated[float, Meta(ge=0, le=2880)] = 60.0
    approach_s: Annotated[float, Meta(ge=1, le=600)] | None = None
    approach_rest_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0

    move_timeout_s: Seconds = 10.0
    dry_after_s: Seconds = 20.0
    leak_after_s: Annotated[float, Meta(gt=0, le=600)] = 30.0
    leak_above: Annotated[float, Meta(gt=0, le=100)] = 1.0
    poll_s: Poll = 1.0
    poll_probes_s: Annotated[float, Meta(ge=0.05, le=600)] = 15.0
    telemetry_s: Annotated[float, Meta(ge=1)] = 60.0

    def __post_init__(self) -> None:
        self.parsed_wire()
        self.loaded_probes()
        self.zone()
        board = self.loaded_board()
        if self.channel > board.channels:
            raise ValueError(f"wire: channel must be at most {board.channels} on a {self.profile}")
        if self.mode not in set(Mode):
            raise ValueError(f"mode must be one of {', '.join(Mode)}, is {self.mode!r}")
        if (self.dry_below is None) != (self.wet_at is None):
            raise ValueError("dry_below and wet_at go together")
        if self.dry_below is not None and self.wet_at is not None and self.dry_below >= self.wet_at:
            raise ValueError("dry_below must be less than wet_at")
        if self.dry_below is not None and self.soil is None:
            raise ValueError('dry_below needs a soil probe: soil = "modbus-…"')
        for each in self.programmes:
            if each.minutes > self.longest_run_minutes:
                raise ValueError("a programme must not last longer than longest_run_minutes")

    @property
    def channel(self) -> int:
        """Which of the board's valves; 1 where the wire does not say."""
        return self.parsed_wire().channel or 1

    def parsed_wire(self) -> Wire:
        """Return the wire taken apart; ValueError if it is wrong."""
        return parse_wire(self.wire)

    def loaded_board(self) -> Board:
        """Return the board's map; ValueError if there is none or it is wrong."""
        return load_board(self.profile)

    def loaded_probes(self) -> list[ProbeAt]:
        """Return the zone's probes; ValueError if a wire or map is wrong."""
        named = (
            (self.soil, self.soil_profile),
            (self.air, self.air_profile),
            (self.rain, self.rain_profile),
        )
        return [ProbeAt(parse_wire(wire), load_probe(profile)) for wire, profile in named if wire is not None]

    def zone(self) -> ZoneInfo:
        """Return the time zone of programmes and hours; ValueError if there is none of this name."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(f"timezone {self.timezone!r} must be a name such as Asia/Shanghai") from unknown
