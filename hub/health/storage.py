"""How the disk does, what the hub has there, and how long it keeps that. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from hub.health.forecast import Forecast, Sample, forecast
from hub.health.part import Group, Part, PartState, part
from hub.history.sqlite.held import Held
from hub.settings import Retention

LOW_PERCENT: Final = 15.0
FULL_PERCENT: Final = 5.0
SOON_DAYS: Final = 30.0
NOW_DAYS: Final = 7.0


def storage_parts(
    samples: Sequence[Sample], free_percent: float | None, retention: Retention, kept: Held | None = None
) -> Iterable[Part]:
    """Return the disk, ledger, history and media. `free_percent`, `kept` by history: as it is now."""
    foretold = forecast(samples)
    yield _disk(samples, free_percent, foretold)
    newest = samples[-1] if samples else None
    for name in ("ledger", "history", "media"):
        size = getattr(newest, f"{name}_bytes") if newest else None
        state, says = (
            (PartState.UNKNOWN, "size-unknown") if size is None else (PartState.NORMAL, "size-known")
        )
        more = _shares(kept) if name == "history" and kept else {}
        yield part(Group.STORAGE, name, state, says, size_bytes=size, **more)
    yield part(Group.STORAGE, "retention", PartState.NORMAL, "retention", **msgspec.structs.asdict(retention))


def _shares(kept: Held) -> dict[str, float | None]:
    each = kept.bytes_a_sample
    return {"samples_a_day": kept.samples_a_day, "bytes_a_sample": None if each is None else round(each, 1)}


def _disk(samples: Sequence[Sample], free_percent: float | None, foretold: Forecast) -> Part:
    state, says = _judge(free_percent, foretold)
    newest = samples[-1] if samples else None
    return part(
        Group.STORAGE,
        "disk",
        state,
        says,
        free_percent=None if free_percent is None else round(free_percent, 1),
        free_bytes=newest.free_bytes if newest else None,
        total_bytes=newest.total_bytes if newest else None,
        growth_bytes=None if foretold.bytes_per_day is None else round(foretold.bytes_per_day),
        full_in_days=None if foretold.days is None else round(foretold.days, 1),
    )


def _judge(free_percent: float | None, foretold: Forecast) -> tuple[PartState, str]:
    if free_percent is None:
        return PartState.UNKNOWN, "disk-unknown"
    days = foretold.days
    if free_percent < FULL_PERCENT or (days is not None and days < NOW_DAYS):
        return PartState.FAULT, "disk-nearly-full"
    if free_percent < LOW_PERCENT or (days is not None and days < SOON_DAYS):
        return PartState.ATTENTION, "disk-filling"
    if foretold.bytes_per_day is None:
        return PartState.NORMAL, "disk-not-measured-yet"
    return PartState.NORMAL, "disk-roomy"
