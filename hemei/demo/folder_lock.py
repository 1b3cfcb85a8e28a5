"""One demo per folder: a lock that the kernel releases with the process, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.errors import ConfigurationError


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold `folder`; ConfigurationError names the process that holds it already."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            lock.seek(0)
            pid = lock.read().strip() or "?"
            raise ConfigurationError(
                f"{folder}: a demo runs in it already (process {pid}); stop it or choose another --data-dir"
            ) from held
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
