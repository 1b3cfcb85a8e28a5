"""Gives the hub a core of its own; load, viewer and broker share the others, as if they were other machines.

On two cores with five busy processes the scheduler puts the hub behind the load for up to 20 ms at a time,
which shows as latency of the hub.
"""

import os

import psutil

from contract.errors import ConfigurationError


def take_other_cores() -> int:
    """Leave one core, and return its number: this process, and what it starts, run on the others.

    ConfigurationError where there is only one, or none can be chosen.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise ConfigurationError("--apart: this system does not let a process choose its cores")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise ConfigurationError("--apart needs two cores; there is one")
    os.sched_setaffinity(0, cores[1:])
    return cores[0]


def move_to(core: int, pid: int) -> None:
    """Let a process, all its threads, run on one core alone."""
    for thread in psutil.Process(pid).threads():
        os.sched_setaffinity(thread.id, {core})
