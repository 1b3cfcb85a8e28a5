"""The access file as the doors of a host hold it: read when it changes; a mistake in it harms nothing."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract.clock import Clock
from contract.errors import ConfigurationError
from drivers.door.access import NOBODY, read_access
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""How often the file is looked at; that is one question to the file system."""


class AccessCache:
    """One access file. `good`: what is in force is what is in the file; None before the first look."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.access = NOBODY
        self.loaded = False
        self.good: bool | None = None
        self._file = file
        self._clock = clock
        self._look_at = float("-inf")
        self._seen: tuple[int, int, int] | None = None
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Read the file if it has changed; one that is broken leaves the last good one in force."""
        if self._clock.monotonic() < self._look_at:
            return
        async with self._reading:
            self._look_at = self._clock.monotonic() + LOOK_S
            seen = self._stamp()
            if seen == self._seen and self.good is not None:
                return
            try:
                self.access = await asyncio.to_thread(read_access, self._file)
            except ConfigurationError as wrong:
                self.good = False
                log.error("the access file is broken, %s: %s", self._in_force(), wrong)  # noqa: TRY400 - theirs
            else:
                self.good, self.loaded = True, True
                log.info("%s: %d credentials", self._file.name, len(self.access))
            self._seen = seen

    def _in_force(self) -> str:
        return "what was read before stays in force" if self.loaded else "and no card opens"

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def shared_cache(port: Port, file: str) -> AccessCache:
    """Return the cache that all doors of this host with the same access file share."""
    make: Callable[[], AccessCache] = lambda: AccessCache(Path(file), port.clock)  # noqa: E731 - types it
    return port.shared(f"access:{file}", make)
