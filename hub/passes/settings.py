"""What the site file says about passes: `[passes]`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from contract.lists import Category

Gate = Annotated[str, Meta(pattern=r"^gate/[a-z0-9-]{1,64}(?![\s\S])")]
Hours = Annotated[float, Meta(ge=0, le=24 * 366)]


class Group(StrEnum):
    """Whose vehicle it is, for counting: a category of the lists, or nobody's that is known."""

    RESIDENT = "resident"
    VISITOR = "visitor"
    STAFF = "staff"
    SERVICE = "service"
    UNKNOWN = "unknown"


KNOWN: Final = frozenset(map(str, Category))


def group_of(category: str | None) -> Group:
    """Return the group of a category as events tell it."""
    return Group(category) if category in KNOWN else Group.UNKNOWN


class PassSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How vehicles inside are counted. All fields have a default.

    `inner_gates`: gates within the community, such as that of a garage: who passes them is inside before and
    after. Hours after which a vehicle has stayed long; 0: never.
    """

    inner_gates: tuple[Gate, ...] = ()
    visitor_hours: Hours = 24
    service_hours: Hours = 24
    unknown_hours: Hours = 12
    staff_hours: Hours = 0

    @property
    def long_hours(self) -> Mapping[Group, float]:
        """Return after how many hours a vehicle of each group has stayed long; who may stay is left out."""
        hours = {
            Group.VISITOR: self.visitor_hours,
            Group.SERVICE: self.service_hours,
            Group.UNKNOWN: self.unknown_hours,
            Group.STAFF: self.staff_hours,
        }
        return {group: after for group, after in hours.items() if after}
