"""A bundle that somebody unpacked into a folder."""

from collections.abc import Iterator
from pathlib import Path

from hub.bundle import names
from hub.bundle.errors import Damaged
from hub.bundle.files import pieces
from hub.bundle.verify.content import Measured, measured
from hub.bundle.verify.findings import Fault, Report


class Folder:
    """The files below a folder. Links and what is no plain file go into the report, and are not followed."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        found = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                report.found(Fault.ADDED, name, "no plain file")
            elif path.is_file() and not names.is_safe(name):
                report.found(Fault.ADDED, repr(name))
            elif path.is_file():
                found.append(name)
        self.names = names.in_order(found)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes; Damaged: the disk does not give it."""
        try:
            yield from pieces(self._folder / name)
        except OSError as wrong:
            raise Damaged(str(wrong)) from wrong

    def measure(self, name: str) -> Measured:
        """Read a file and say what it is."""
        return Measured(*measured(self.pieces(name)), None)

    def size(self, name: str) -> int:
        """Return a file's bytes."""
        return (self._folder / name).stat().st_size
