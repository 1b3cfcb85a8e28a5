"""Whether a vehicle may pass, by its plate and the lists that people keep. Pure; no hub is asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contract.lists import Level, Vehicle
from contract.passes import GATE_KIND, Decision, Direction, Reason
from contract.plates import PROVINCES, folded, normalised
from drivers.lists.index import Index
from drivers.lists.permit import refusal
from drivers.plates.rules import LaneOptions
from drivers.plates.sighting import Sighting

_ALIKE: Final = "~"
_BARE: Final = "?"
"""Marks of words that are no plates: one with its confusable characters folded, one without its province."""

_NEAREST: Final = (Reason.OUTSIDE_SCHEDULE, Reason.EXPIRED, Reason.NOT_YET_VALID, Reason.NO_LEVEL)
"""Of several entries for a plate that do not let it pass, the one that would most nearly have is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is decided. `entry`: whose plate it is, if it is listed; `passback`: it is where it cannot be."""

    decision: Decision
    reason: Reason
    entry: Vehicle | None = None
    passback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the gate `device` looks plates up in. `known`: the host was given both, if only none."""

    vehicles: Index[Vehicle]
    levels: Mapping[str, Level]
    known: bool
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One sighting and what the gate knows beside it, at `now` (aware).

    `recorded`: why it must not open anything, if so. `inside` says whether the gates saw a plate go in last;
    None if they never did.
    """

    sighting: Sighting
    now: datetime
    recorded: Reason | None = None
    inside: Callable[[str], bool | None] = lambda _plate: None


def words(vehicle: Vehicle) -> tuple[str, ...]:
    """Return the words by which an index finds a vehicle."""
    plate = normalised(vehicle.plate)
    bare = (_BARE + plate[1:],) if plate[:1] in PROVINCES else ()
    return (plate, _ALIKE + folded(plate), *bare)


def entries_for(vehicles: Index[Vehicle], plate: str, *, tolerant: bool) -> tuple[Vehicle, ...]:
    """Return the entries that a plate stands for: its own, or else what it may be a wrong reading of.

    That is any blocked plate like it; else, if `tolerant`, the one plate like it.
    """
    exact = vehicles.find(plate)
    if exact or not plate:
        return exact
    near = {
        each.key: each for mark in (_ALIKE + folded(plate), _BARE + plate) for each in vehicles.find(mark)
    }
    blocked = tuple(each for each in near.values() if each.blocked)
    sure = tolerant and len({normalised(each.plate) for each in near.values()}) == 1
    return blocked or (tuple(near.values()) if sure else ())


def judge(case: Case, lists: Lists, rules: LaneOptions) -> Verdict:
    """Decide on one sighting."""
    found = entries_for(lists.vehicles, case.sighting.plate, tolerant=rules.tolerant)
    first = found[0] if found else None
    if case.recorded is not None:
        return Verdict(decision=Decision.RECORDED, reason=case.recorded, entry=first)
    for each in found:
        if each.blocked:
            return Verdict(decision=Decision.REFUSED, reason=Reason.BLOCKED, entry=each)
    reason, entry = _permitted(found, case, lists)
    astray = rules.passback != "off" and entry is not None and _is_astray(entry, case)
    if rules.exit == "free" and case.sighting.direction is Direction.OUT:
        reason = reason if reason is Reason.LISTED else Reason.FREE_EXIT
        return Verdict(decision=Decision.ADMITTED, reason=reason, entry=entry, passback=astray)
    if doubt := _doubt(case.sighting, rules):
        return Verdict(decision=Decision.REFUSED, reason=doubt, entry=first)
    if not lists.known:
        decision = Decision.ADMITTED if rules.without_list == "admit" else Decision.REFUSED
        return Verdict(decision=decision, reason=Reason.NO_LIST)
    if astray and reason is Reason.LISTED and rules.passback == "refuse":
        reason = Reason.PASSBACK
    decision = Decision.ADMITTED if reason is Reason.LISTED else Decision.REFUSED
    return Verdict(decision=decision, reason=reason, entry=entry, passback=astray)


def _doubt(sighting: Sighting, rules: LaneOptions) -> Reason | None:
    if not sighting.plate:
        return Reason.NO_PLATE
    if sighting.fake:
        return Reason.FAKE_PLATE
    if sighting.confidence is not None and sighting.confidence < rules.min_confidence:
        return Reason.UNCERTAIN
    return None


def _permitted(found: Iterable[Vehicle], case: Case, lists: Lists) -> tuple[Reason, Vehicle | None]:
    """Say whether any entry lets its vehicle pass; which one decided."""
    refused: dict[Reason, Vehicle] = {}
    for each in found:
        reason = refusal(each, lists.levels, GATE_KIND, lists.device, case.now)
        if reason is None:
            return Reason.LISTED, each
        refused.setdefault(reason, each)
    for reason in _NEAREST:
        if reason in refused:
            return reason, refused[reason]
    return Reason.UNKNOWN, None


def _is_astray(entry: Vehicle, case: Case) -> bool:
    """Whether a vehicle comes in that is inside, or goes out that is outside."""
    into = {Direction.IN: True, Direction.OUT: False}.get(case.sighting.direction)
    return into is not None and case.inside(normalised(entry.plate)) is into
