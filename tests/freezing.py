"""Stops processes, as a hanging machine would: deaf and dumb, their sockets open."""

import os
import signal
import time
from pathlib import Path

import psutil

from tests.waiting import PATIENCE_S

STOPPED = ("T", "t", "Z", "X")
"""How /proc/PID/stat calls a thread that does nothing."""


def freeze(pid: int, *, children: bool = False) -> None:
    """Send SIGSTOP, and return when every thread has stopped.

    One thread takes the signal, and stops the others once it runs. On a busy machine they answer until then:
    of 120 datagrams sent right after SIGSTOP, 68 were answered.
    """
    pids = [pid, *(each.pid for each in psutil.Process(pid).children(recursive=True) if children)]
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    deadline = time.monotonic() + PATIENCE_S
    while not all(map(_is_stopped, pids)):
        assert time.monotonic() < deadline, f"process {pid} does not stop"
        time.sleep(0.001)


def _is_stopped(pid: int) -> bool:
    try:
        told = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread has ended meanwhile
        return False
    return all(each.rpartition(")")[2].split()[0] in STOPPED for each in told)
