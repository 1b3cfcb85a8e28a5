"""Why the count cannot be put right as somebody wants it."""

from contract.errors import Refused


class NotInside(Refused):
    """The vehicle has left already."""

    default_code = "not-inside"


class StaleStay(Refused):
    """The vehicle has passed since it was looked at."""

    default_code = "stale-version"
