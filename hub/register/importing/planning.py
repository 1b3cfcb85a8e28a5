"""From the rows of a table to what they would do. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub.register.importing.columns import FIELDS, Head
from hub.register.importing.known import Known
from hub.register.importing.people_plan import PeoplePlan
from hub.register.importing.planned import TO_DO, Planned
from hub.register.importing.row import Row
from hub.register.importing.sheet import Line
from hub.register.importing.vehicles_plan import BlockedPlan, VehiclesPlan
from hub.register.importing.view import ImportWhat

PLANS: Final[Mapping[ImportWhat, type[PeoplePlan | VehiclesPlan | BlockedPlan]]] = {
    "people": PeoplePlan,
    "vehicles": VehiclesPlan,
    "blocked": BlockedPlan,
}
GUARD: Final = "'"
"""Before what a spreadsheet would compute; our own sheets write it."""

Numbered = tuple[int, Mapping[str, str]]
"""A row's number in the file, and its cells by field."""


def cells_of(lines: Iterable[Line], head: Head) -> list[Numbered]:
    """Return the rows below the head, with their cells by field."""
    return [
        (line.row, {field: _cell(line.cells, at) for field, at in head.at.items()})
        for line in lines
        if line.row > head.row
    ]


def plan_rows(
    what: ImportWhat, rows: Sequence[Numbered], called: Mapping[str, str], known: Known
) -> list[Planned]:
    """Say what becomes of each row. `called`: what the file calls each field."""
    filled = [(number, cells) for number, cells in rows if any(cells.values())]
    return PLANS[what](known).plan([Row(number, cells, called) for number, cells in filled])


def new_homes(planned: Iterable[Planned], known: Known) -> int:
    """Count the households that would be made."""
    named = {row.home for row in planned if row.home is not None and row.state in TO_DO}
    return len(named - known.homes.keys())


def columns_of(called: Mapping[str, str], what: ImportWhat) -> list[str]:
    """Return the columns that were understood, as the file calls them."""
    return [called[field] for field in FIELDS[what] if field in called]


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].removeprefix(GUARD) if at < len(cells) else ""
