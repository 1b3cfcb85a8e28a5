"""What a gate reports of vehicles, as events and their data. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from contract.passes import (
    BLOCKED_PLATE,
    GATE_PASSED,
    PLATE_RECOGNISED,
    TAILGATED,
    Direction,
    GatePassed,
    Means,
    PlateRecognised,
    Reason,
    Tailgated,
)
from drivers.plates.judge import Verdict
from drivers.plates.passing import Pass
from drivers.plates.sighting import Sighting

_LONGEST_RECORD: Final = 128


class Report(NamedTuple):
    """An event to be told: `id` makes it one event however often it is told."""

    type: str
    data: Mapping[str, Any]
    time: datetime
    id: str | None = None
    media: tuple[bytes, ...] = ()


def recognised(sighting: Sighting, verdict: Verdict, ident: str, time: datetime) -> list[Report]:
    """Tell what was read and decided; of a plate that must not pass, a second time."""
    entry = verdict.entry
    data = _plain(
        PlateRecognised(
            plate=sighting.plate,
            colour=sighting.colour,
            confidence=sighting.confidence,
            direction=sighting.direction,
            decision=verdict.decision,
            reason=verdict.reason,
            vehicle=entry.key if entry else "",
            person=(entry.person or "") if entry else "",
            category=entry.category.value if entry else "",
            record=sighting.record[:_LONGEST_RECORD],
            replay=verdict.reason is Reason.REPLAY,
        )
    )
    reports = [Report(PLATE_RECOGNISED, data, time, event_id(ident), sighting.pictures)]
    if verdict.reason is Reason.BLOCKED:
        reports.append(Report(BLOCKED_PLATE, data, time, f"blocked-{ident}", sighting.pictures))
    return reports


def passed(passing: Pass, direction: Direction, now: datetime, at: float) -> list[Report]:
    """Tell that a vehicle passed. `direction`: of one that was not read; `at`: now, on the lane's clock."""
    reading = passing.reading
    time = now - timedelta(seconds=at - passing.at)
    known = event_id(reading.ident) if reading.ident else ""
    reports = []
    if passing.means is Means.TAILGATING:
        tailgated = Tailgated(plate=reading.plate, recognised=known, before=passing.before)
        reports.append(Report(TAILGATED, _plain(tailgated), time, _once("tailgated", reading.ident)))
    data = _plain(
        GatePassed(
            plate=reading.plate,
            vehicle=reading.vehicle,
            person=reading.person,
            category=reading.category,
            direction=reading.direction if reading.ident else direction,
            means=passing.means,
            recognised=known,
            confirmed=passing.confirmed,
            replay=passing.replay,
            passback=reading.passback,
            dwell_s=round(passing.dwell_s, 2),
        )
    )
    return [*reports, Report(GATE_PASSED, data, time, _once("passed", reading.ident))]


def event_id(ident: str) -> str:
    """Return the id of the event that tells of a reading."""
    return f"plate-{ident}"


def _once(what: str, ident: str) -> str | None:
    return f"{what}-{ident}" if ident else None


def _plain(data: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(data)
    return plain
