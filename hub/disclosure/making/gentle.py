"""How the process that makes a bundle behaves: it lets all others go first, and ends with who started it."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

import psutil

from contract.errors import Refused

NICE: Final = 10
LEAST_URGENT: Final = 7
PR_SET_PDEATHSIG: Final = 1
"""prctl(2)."""

LOCK: Final = "making.lock"


def be_gentle() -> None:
    """Take the processor and the disk only when others leave them."""
    os.nice(max(0, NICE - os.nice(0)))
    with contextlib.suppress(AttributeError, OSError, psutil.Error):  # not every system has it
        psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, LEAST_URGENT)


def end_with(parent: int) -> None:
    """Have the kernel end this process when the one that started it ends, even if that is killed (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel knew our wish
        os._exit(1)


@contextlib.contextmanager
def sole_maker(folder: Path) -> Iterator[None]:
    """Be the only process that makes the bundle in a folder; Refused if there is another."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError as taken:
            raise Refused(
                "另一个进程正在制作 · this bundle is being made by another process", code="being-made"
            ) from taken
        yield
