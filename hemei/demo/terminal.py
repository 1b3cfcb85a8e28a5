"""What the demo says to the person who started it; that the terminal has gone away must not stop anything."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from hemei import language


class Terminal:
    """Prints notes and, while things start, what is being waited for."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print one line."""
        try:
            self._console.print(text, markup=False)
        except UnicodeError:
            pass
        except OSError:
            _print_nowhere()

    @contextmanager
    def progress(self, first: str) -> Iterator[Callable[[str], None]]:
        """Show what is being waited for: a spinner on a terminal, a line elsewhere."""
        if not self._console.is_terminal:
            self.note(first)
            yield self.note
            return
        with self._console.status(first) as status:
            yield status.update

    def addresses(self, base_url: str, links: Mapping[str, str]) -> None:
        """Print the pages and the one-time sign-in links, by role."""
        names = {role: language.SEATS[role]() for role in links}
        width = max(map(cell_len, names.values()))
        self.note(base_url)
        self.note(f"{language.SIGN_IN()}:")
        for role, link in links.items():
            self.note(f"  {set_cell_size(names[role], width)}  {link}")

    def charging(self, scan: str, account: str) -> None:
        """Print the code that a visitor may scan, and the account that pays for it."""
        self.note(f"{language.SCAN_TO_TRY()}:")
        self.note(f"  1  {account}")
        self.note(f"  2  {scan}")

    def telephone(self, address: str) -> None:
        """Print where messages to grid officers arrive."""
        self.note(f"{language.HAND_OVER_TO_TRY()}:")
        self.note(f"  {address}")


def _print_nowhere() -> None:
    """Let stdout lead nowhere: Python would fail at its end to flush what the terminal no longer takes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
