"""The table of `hemei check --alarms`: which definitions are in force at a site, and what they do."""

from collections.abc import Callable, Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.table import Table

from hemei import language
from hemei.alarms import words
from hemei.alarms.in_force import SITE, Definitions
from hub.alarms.definition import Definition, Words


def tables(there: Definitions, watched: Callable[[Definition], int]) -> Iterator[Table]:
    """Yield a table per family, in its order; `watched`: over how many devices a definition watches.

    What is switched off as it ships is left out.
    """
    for source, members in groupby(there.definitions, lambda each: there.source[each.key]):
        rows = [
            _row(each, watched(each), changed=there.place(each.key) is not None)
            for each in members
            if each.enabled or there.place(each.key)
        ]
        if rows:
            yield _table(source, rows)


def _table(title: str, rows: list[list[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for phrase in language.ALARM_COLUMNS:
        table.add_column(phrase(), overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def summary(there: Definitions) -> str:
    """Say in one line how many there are."""
    off = sum(not each.enabled for each in there.definitions)
    own = sum(source == SITE for source in there.source.values())
    return language.ALARMS_IN_FORCE(
        count=len(there.definitions) - off, own=own, changed=len(there.changed), off=off
    )


def _row(each: Definition, devices: int, *, changed: bool) -> list[str]:
    mark = f" ({language.CHANGED()})" if changed else ""
    return [
        f"{each.key}{mark}\n{said(each.title)}",
        each.priority.value if each.enabled else language.SWITCHED_OFF(),
        words.raised_by(each.raised_by),
        words.timing(each),
        words.told(each),
        words.linked(each.link),
        str(devices),
    ]


def said(title: Words) -> str:
    """Choose the locale's language, or whichever there is."""
    wanted = "zh-CN" if language.speaks_chinese() else "en"
    return title.get(wanted) or next(iter(title.values()))
