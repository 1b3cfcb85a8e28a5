"""Frames for somebody who sees some areas alone: without the alarms of all others."""

from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Struct

REMEMBERED: Final = 32
"""Frames times groups of areas: viewers of one group share what was left out."""


class _Area(Struct):
    area: str | None = None


_frame: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_alarms: Final = msgspec.json.Decoder(list[msgspec.Raw])
_area: Final = msgspec.json.Decoder(_Area)
_encode: Final = msgspec.json.Encoder().encode


@lru_cache(REMEMBERED)
def restricted(frame: bytes, areas: frozenset[str]) -> bytes:
    """Return `frame` with the alarms of `areas` alone; those of no area are for everybody who sees any."""
    parts = _frame.decode(frame)
    alarms = parts.get("alarms")
    if alarms is None:
        return frame
    kept = [alarm for alarm in _alarms.decode(alarms) if _sees(areas, _area.decode(alarm).area)]
    return _encode(parts | {"alarms": kept})


def _sees(areas: frozenset[str], area: str | None) -> bool:
    return bool(areas) and (area is None or area in areas)
