"""What docs/alarm-philosophy.md prints from the code: both tables of the lifecycle, and what ships."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from typing import Final, TypeVar

from hemei import language
from hemei.alarms import words
from hemei.alarms.in_force import in_force
from hemei.alarms.tables import AlarmTables
from hub.alarms.definition import Definition, Priority
from hub.alarms.lifecycle import LIFECYCLE, SUPPRESSION, State, Suppression

BEGIN: Final = "<!-- printed from the code by `make generate`: {name} -->"
END: Final = "<!-- end of what is printed -->"

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


def renewed(page: str) -> str:
    """Return a page with everything between its marks printed anew; ValueError if a mark is not there."""
    with language.speaking(chinese=False):
        for name, make in PARTS.items():
            page = _replaced(page, name, make())
    return page


def _replaced(page: str, name: str, text: str) -> str:
    begin = BEGIN.format(name=name)
    before, found, rest = page.partition(f"{begin}\n")
    _, ended, after = rest.partition(f"{END}\n")
    if not found or not ended:
        raise ValueError(f"the page has no part {begin!r}, or it does not end with {END!r}")
    return f"{before}{begin}\n\n{text}\n\n{END}\n{after}"


def lifecycle() -> str:
    """Print the states of an alarm."""
    return _machine(LIFECYCLE, State.NORMAL)


def suppression() -> str:
    """Print why an alarm may be hidden."""
    return _machine(SUPPRESSION, Suppression.NONE)


def definitions() -> str:
    """Print what ships, a table for each family."""
    there = in_force(AlarmTables())
    parts = []
    for source, members in groupby(there.definitions, lambda each: there.source[each.key]):
        rows = [_row(each) for each in members if each.enabled]
        if rows:
            parts.append("\n".join([f"### `{source}`\n", *_HEAD, *rows]))
    return "\n\n".join(parts)


def shares() -> str:
    """Print how many definitions have which priority."""
    every = [each.priority for each in in_force(AlarmTables()).definitions if each.enabled]
    rows = [f"| {each.value} | {every.count(each)} |" for each in Priority]
    return "\n".join(["| priority | definitions |", "|---|---|", *rows])


_HEAD: Final = (
    "| key | 报警 | alarm | priority | raised by | when, and how it ends | 为什么 | why |",
    "|---|---|---|---|---|---|---|---|",
)


def _row(each: Definition) -> str:
    title, why = each.title, each.rationale
    cells = [f"`{each.key}`", title["zh-CN"], title["en"], each.priority.value]
    cells += [words.raised_by(each.raised_by), words.timing(each), why["zh-CN"], why["en"]]
    return f"| {' | '.join(cells)} |"


def _machine(table: Mapping[S, Mapping[T, S]], first: S) -> str:
    return "\n".join([*_diagram(table, first), "", *_grid(table)])


def _diagram(table: Mapping[S, Mapping[T, S]], first: S) -> Iterator[str]:
    """Draw what changes a state; what changes none stands in the grid."""
    yield from ("```mermaid", "stateDiagram-v2", f"    [*] --> {first.name}")
    for state, row in table.items():
        ways = defaultdict(list)
        for trigger, after in row.items():
            if after is not state:
                ways[after].append(trigger.value)
        for after, triggers in ways.items():
            yield f"    {state.name} --> {after.name}: {', '.join(triggers)}"
    yield "```"


def _grid(table: Mapping[S, Mapping[T, S]]) -> Iterator[str]:
    triggers = list(next(iter(table.values())))
    yield f"| | {' | '.join(trigger.value for trigger in triggers)} |"
    yield "|---" * (len(triggers) + 1) + "|"
    for state, row in table.items():
        yield f"| **{state.name}** | {' | '.join(row[trigger].name for trigger in triggers)} |"


PARTS: Final = {
    "lifecycle": lifecycle,
    "suppression": suppression,
    "shares": shares,
    "definitions": definitions,
}
