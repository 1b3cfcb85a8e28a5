"""Charging profiles: how much the central system lets a charge take, and when (OCPP 1.6 §3.13, 2.0.1 K)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WHOLE_POST = ("ChargePointMaxProfile", "ChargingStationMaxProfile")


def stamp(now_s: float) -> str:
    """Write a moment as OCPP does."""
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile. `periods` are seconds from the start and limits in `unit` (A of all phases), in order.

    `start_s` None: the schedule starts with the charge. `from_s` and `to_s`: when the profile is valid.
    """

    number: int
    stack: int
    purpose: str
    unit: str
    periods: tuple[tuple[float, float], ...]
    start_s: float | None = None
    duration_s: float | None = None
    from_s: float | None = None
    to_s: float | None = None

    def limit(self, now_s: float, elapsed_s: float, volts: float) -> float | None:
        """Return the limit in W, None where the profile says nothing now."""
        if (self.from_s is not None and now_s < self.from_s) or (
            self.to_s is not None and now_s >= self.to_s
        ):
            return None
        into_s = elapsed_s if self.start_s is None else now_s - self.start_s
        if self.duration_s is not None and into_s >= self.duration_s:
            return None
        limit = None
        for start_s, value in self.periods:
            if start_s <= into_s:
                limit = value
        return None if limit is None else limit * (volts if self.unit == "A" else 1.0)


def read_profile(told: Mapping[str, Any]) -> Profile:
    """Read a profile of either version, its keys in snake_case as the library gives them."""
    schedule = told["charging_schedule"]
    if isinstance(schedule, list):
        schedule = schedule[0]  # 2.0.1 offers up to three for ISO 15118; the first is ours
    relative = told["charging_profile_kind"] == "Relative"
    return Profile(
        number=told.get("charging_profile_id", told.get("id")),
        stack=told["stack_level"],
        purpose=told["charging_profile_purpose"],
        unit=schedule["charging_rate_unit"],
        periods=tuple(
            _period(schedule["charging_rate_unit"], each) for each in schedule["charging_schedule_period"]
        ),
        start_s=None if relative else _moment(schedule.get("start_schedule")),
        duration_s=schedule.get("duration"),
        from_s=_moment(told.get("valid_from")),
        to_s=_moment(told.get("valid_to")),
    )


def allotted(profiles: Iterable[Profile], now_s: float, elapsed_s: float, volts: float) -> float | None:
    """Return what a charge may take in W, None: no limit. Its own profile goes before the default."""
    best: dict[str, tuple[int, float]] = {}
    for profile in profiles:
        limit = profile.limit(now_s, elapsed_s, volts)
        if limit is not None and profile.stack >= best.get(profile.purpose, (-1, 0.0))[0]:
            best[profile.purpose] = (profile.stack, limit)
    own = best.get("TxProfile") or best.get("TxDefaultProfile")
    limits = [each for each in (own, *(best.get(name) for name in WHOLE_POST)) if each is not None]
    return min((limit for _, limit in limits), default=None)


def put_in(profiles: list[Profile], new: Profile) -> None:
    """Put a profile in, in place of one of the same number, or of the same purpose and level."""
    profiles[:] = [
        each
        for each in profiles
        if each.number != new.number and (each.purpose, each.stack) != (new.purpose, new.stack)
    ]
    profiles.append(new)


def _period(unit: str, told: Mapping[str, Any]) -> tuple[float, float]:
    """Read a period; amperes are meant for each phase, and a pretend connector has one if nothing is said."""
    limit = float(told["limit"])  # the library reads numbers as decimals
    return told["start_period"], limit * (told.get("number_phases", 1) if unit == "A" else 1)


def _moment(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
