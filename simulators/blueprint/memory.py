"""The call counter's memory: the last acknowledged number, in a small file that outlives a kill."""

import os
from pathlib import Path

_DIGITS = 20


class Memory:
    """Remembers one number in `path`; None remembers nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None

    def recall(self) -> int:
        """Return the remembered number, 0 where there is none yet."""
        if self._path is None or not self._path.exists():
            return 0
        return int(self._path.read_text(encoding="ascii").strip() or 0)

    def remember(self, number: int) -> None:
        """Write the number down: one write of a fixed length, so a kill leaves the old or the new one."""
        if self._path is None:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(self._file, f"{number:0{_DIGITS}d}\n".encode("ascii"), 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
