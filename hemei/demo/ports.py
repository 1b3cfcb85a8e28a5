"""TCP ports for the demo: those of last time where they are free, never one that another demo holds."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from contract.errors import ConfigurationError

HOST: Final = "127.0.0.1"
RANGE: Final = (15_000, 30_000)
"""Below the ports that Linux gives to outgoing connections, which could be taken at any moment."""
ATTEMPTS: Final = 2_000


class Ports:
    """Ports reserved for this process as long as `async with`/`with` lasts: other demos keep off them."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.gettempdir()) / f"hemei-ports-{os.getuid()}"
        self._locks: dict[int, IO[str]] = {}

    def __enter__(self) -> Self:
        """Nothing is reserved yet: see `take`."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give all ports back."""
        for lock in self._locks.values():
            lock.close()

    def take(self, *wanted: int) -> int:
        """Reserve the first of `wanted` that is free, else any free port."""
        for port in wanted:
            if port and self._reserve(port):
                return port
        for _ in range(ATTEMPTS):
            port = random.randrange(*RANGE)  # noqa: S311 - spreads demos, hides nothing
            if self._reserve(port):
                return port
        raise ConfigurationError(f"no free TCP port between {RANGE[0]} and {RANGE[1]}")

    def take_exactly(self, port: int) -> int:
        """Reserve `port`; ConfigurationError if somebody has it."""
        if not self._reserve(port):
            raise ConfigurationError(f"--port {port}: is taken; allowed: a free port, or 0 for any")
        return port

    def _reserve(self, port: int) -> bool:
        if port in self._locks:
            return False
        lock = (self._folder / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        if not _free(port):
            lock.close()
            return False
        self._locks[port] = lock
        return True


def _free(port: int) -> bool:
    """Whether one could listen; connections that are only dying away do not matter."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
        return True
