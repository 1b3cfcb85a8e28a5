"""Colours of a report on white paper: told apart by their lightness too, and readable (WCAG AA)."""

from typing import Final

INK: Final = "#14181f"
QUIET: Final = "#4d5865"
LINE: Final = "#c3cad3"
HEAD: Final = "#eef1f5"
GOOD: Final = "#1b6b3a"
BAD: Final = "#9a3412"
ROWS: Final = ("#1f5f99", "#8fbce6")
"""Of the bars of a chart."""


def tone(better: str | None, value: float | None, before: float | None) -> str | None:
    """Say whether a change is good news or bad; None: neither, or not known."""
    if better is None or value is None or before is None or value == before:
        return None
    return "good" if (value > before) == (better == "up") else "bad"
