"""What a board shows of a boom at rest, and on its way."""

from dataclasses import replace
from typing import Any

from drivers.gate.board import Readings

BOTTOM = Readings(
    up_limit=False, down_limit=True, loop_a=False, beam=False, loop_b=False, position=0.0, cycles=0
)
TOP = replace(BOTTOM, up_limit=True, down_limit=False, position=100.0)


def between(position: float | None, **fields: Any) -> Readings:
    return replace(BOTTOM, down_limit=False, position=position, **fields)
