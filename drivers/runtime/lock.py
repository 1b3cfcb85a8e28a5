"""One driver host per data directory: two would number the same events."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.errors import ConfigurationError


@contextmanager
def claimed(data_dir: Path) -> Iterator[None]:
    """Hold `data_dir`; ConfigurationError if another process does, or if it cannot be used."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    except OSError as wrong:
        raise ConfigurationError(f"data_dir {data_dir} cannot be used: {wrong}") from wrong
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise ConfigurationError(f"data_dir {data_dir} belongs to another running driver host") from taken
        yield
