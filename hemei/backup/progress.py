"""How far a backup is: told by those who copy, shown on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hemei import language

Advance = Callable[[str, int, int], None]
"""Told how far it is: which step, how many of it are done, of how many."""


def silent(_step: str, _done: int, _of: int) -> None:
    """Tell nobody."""


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[Advance]:
    """Show a bar per step on a terminal, and nothing elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:

        def advance(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(language.BACKUP_STEPS[step](), total=of)
            progress.update(tasks[step], completed=done, total=of)

        yield advance
