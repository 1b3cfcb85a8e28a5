"""Whether two readings may be of one plate, of which one is wrong. Pure."""

from typing import Final

from contract.plates import folded

MOST_WRONG: Final = 2
"""Characters that a camera gets wrong of a plate that it reads at all."""


def alike(one: str, other: str) -> bool:
    """Whether a camera may have made both of one plate; of a plate that it did not read, it may always."""
    if not one or not other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    first, second = folded(one), folded(other)
    if len(first) == len(second):
        return sum(each != its for each, its in zip(first, second, strict=True)) <= MOST_WRONG
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    return shorter in (longer[1:], longer[:-1])
