"""What the supervisor says of the product's processes: read from its status file whenever that changes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S: Final = 0.5


class ProcessView(Struct, frozen=True, kw_only=True):
    """One process: how often it was restarted, since when it runs, what ended it last."""

    name: str
    state: str
    restarts: int = 0
    since: datetime | None = None
    last_exit: str | None = None


_read = msgspec.json.Decoder(list[ProcessView]).decode


async def watch(file: Path, show: Callable[[Sequence[Any]], None]) -> None:
    """Call `show` with the processes now and after each change of `file`, until cancelled."""
    seen = 0
    while True:
        try:
            stamp, processes = _read_if_changed(file, seen)
        except (OSError, msgspec.MsgspecError) as wrong:
            logger.warning("the status file %s of the processes cannot be read: %s", file, wrong)
        else:
            if stamp != seen:
                show(processes)
            seen = stamp
        await asyncio.sleep(LOOK_INTERVAL_S)


def _read_if_changed(file: Path, seen: int) -> tuple[int, Sequence[Any]]:
    """Return when the file was last changed, and what is in it if that was not at `seen`."""
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return seen, []  # the supervisor has not written it yet
    return stamp, [] if stamp == seen else msgspec.to_builtins(_read(file.read_bytes()))
