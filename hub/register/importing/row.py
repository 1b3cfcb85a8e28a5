"""One row of a table while it is read: cells by field, what they mean, and what is wrong with them. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from hub.register.importing.cells import EMPTIED, Wrong
from hub.register.importing.planned import Planned, problem
from hub.register.importing.view import CellProblem
from hub.register.rooms import Address

T = TypeVar("T")

HOME: Final = ("building", "unit", "number")


class Row:
    """A row. `fields`: what its cells say; an empty cell says nothing, `-` that there is nothing."""

    def __init__(self, number: int, cells: Mapping[str, str], called: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells
        self.fields: dict[str, Any] = {}
        self._called = called
        self._wrong: list[CellProblem] = []

    @property
    def good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self._wrong

    def cell(self, field: str) -> str:
        """Return what stands in a cell; empty if there is no such column."""
        return self.cells.get(field, "")

    def take(self, field: str, read: Callable[[str], Any], into: str = "", empty: Any = "") -> None:
        """Read a cell into a field; `empty`: what it is where the cell says that there is nothing."""
        cell = self.cell(field)
        if not cell:
            return
        try:
            self.fields[into or field] = empty if cell == EMPTIED else read(cell)
        except Wrong as wrong:
            self.refuse(wrong.code, field, wrong.value)

    def read(self, field: str, read: Callable[[], T]) -> T | None:
        """Read something; None, and the row is bad, if it is wrong."""
        try:
            return read()
        except Wrong as wrong:
            self.refuse(wrong.code, field, wrong.value)
            return None

    def refuse(self, code: str, field: str, value: object = "") -> None:
        """Say what is wrong with the row."""
        self._wrong.append(problem(code, self._called.get(field, field), value))

    def check_window(self, from_ms: int | None, until_ms: int | None) -> None:
        """Refuse a time that ends before it begins."""
        if from_ms is not None and until_ms is not None and until_ms <= from_ms:
            self.refuse("bad-range", "valid_until")

    def bad(self) -> Planned:
        """Return that the row is left out."""
        return Planned(row=self.number, state="bad", problems=tuple(self._wrong))

    def new(self, home: Address | None = None) -> Planned:
        """Return that it is added."""
        return Planned(row=self.number, state="new", fields=self.fields, home=home)

    def compared(self, before: Any, home: Address | None = None) -> Planned:
        """Return what of somebody or something that is known it changes. `home`: only if it is another."""
        different = {name: value for name, value in self.fields.items() if getattr(before, name) != value}
        state = "changed" if different or home is not None else "unchanged"
        return Planned(
            row=self.number,
            state=state,  # type: ignore[arg-type]  # one of two literals
            key=before.key,
            version=before.version,
            fields=different,
            home=home,
        )
