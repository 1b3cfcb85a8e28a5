"""Rows of the community's devices that differ by their number alone, such as sockets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

NUMBER: Final = "#"
"""Stands for the number, counted from 1, wherever a text of the device has it."""


def expanded(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the devices of a `[[row]]`; each stands `step` further on the plan than the one before."""
    for nth in range(row["count"]):
        device = _numbered(row["device"], str(nth + 1))
        place = device["location"]
        moved = {axis: round(place[axis] + nth * step, 3) for axis, step in row["step"].items()}
        yield device | {"location": place | moved}


def _numbered(value: Any, number: str) -> Any:
    if isinstance(value, str):
        return value.replace(NUMBER, number)
    if isinstance(value, Mapping):
        return {key: _numbered(each, number) for key, each in value.items()}
    return value
