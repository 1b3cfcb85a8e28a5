"""Plates as the register keeps them."""

from contract import plates
from contract.errors import InvalidMessage


def read_plate(written: str) -> str:
    """Return a plate in the one spelling of lists. InvalidMessage."""
    plate = plates.normalised(written)
    if not plates.is_plate(plate):
        raise InvalidMessage(
            f"{written!r} is no plate; allowed: such as 浙B12345, 浙BD12345", code="bad-plate"
        )
    return plate
