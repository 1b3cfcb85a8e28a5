"""`--fault DEVICE=FAULT` as people write it."""

from collections.abc import Iterable

from contract.errors import ConfigurationError

Faults = dict[str, str]
"""Fault by device, which is `kind/id`, or only the id where that is unique."""


def read_faults(written: Iterable[str]) -> Faults:
    """Read `gate/east-in=jam`; ConfigurationError says how it is written."""
    faults: Faults = {}
    for each in written:
        device, separator, fault = each.partition("=")
        if not separator or not device or not fault:
            raise ConfigurationError(f"--fault {each!r}: allowed: DEVICE=FAULT, such as gate/east-in=jam")
        faults[device] = fault
    return faults
