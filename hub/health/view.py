"""Health as the API shows it."""

from collections.abc import Sequence

from msgspec import Struct

from hub.health.part import Part, PartState


class HealthView(Struct, frozen=True, kw_only=True):
    """Every part, as of `ts` (RFC 3339). `state`: the worst of fault, attention, unknown."""

    ts: str
    state: PartState
    parts: Sequence[Part]
