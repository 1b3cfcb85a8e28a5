"""Reads docs/add-a-driver.md as its reader does: what to write where, what to type, what to keep running.

A code block goes to the end of the file that the line above it names, in bold. A block of `sh` without a file
is typed; below a line that ends in "a terminal of its own:" each of its lines is kept running. There is no
other kind of block, so that none is only looked at.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs" / "add-a-driver.md"

_FILE: Final = re.compile(r"\*\*`([\w./-]+)`\*\*")


class Write(NamedTuple):
    """Put `text` at the end of the file `path`."""

    path: str
    text: str


class Type(NamedTuple):
    """Type `commands` and wait for their end."""

    commands: str


class KeepRunning(NamedTuple):
    """Start each of `commands` in a terminal of its own."""

    commands: list[str]


Step = Write | Type | KeepRunning


def steps() -> Iterator[Step]:
    """Yield what the guide asks for, in its order; AssertionError if a block asks for nothing."""
    above = ""
    lines = iter(GUIDE.read_text(encoding="utf-8").splitlines(keepends=True))
    for line in lines:
        if line.startswith("```"):
            block = "".join(takewhile(lambda each: each != "```\n", lines))
            yield _step(above, line.strip("`\n"), block)
            above = ""
        elif line.strip():
            above = line.strip()


def _step(above: str, language: str, block: str) -> Step:
    if file := _FILE.fullmatch(above):
        return Write(file[1], block)
    assert language == "sh", f"no file is named above a block of {language!r}:\n{block}"
    if above.endswith("a terminal of its own:"):
        return KeepRunning(block.splitlines())
    return Type(block)


def prose() -> str:
    """Return the guide without its blocks."""
    return re.sub(r"^```.*?^```$", "", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
