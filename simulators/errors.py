"""What the pretend hardware says when it is asked for something that it does not have."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


class SimulatorError(Exception):
    """Base of every error of the simulators; the message is meant for the person who typed the request."""


class UnknownName(SimulatorError):
    """A family, device, fault, happening or scenario that does not exist; says which ones do."""

    def __init__(self, what: str, got: object, allowed: Iterable[str]) -> None:
        names = ", ".join(sorted(allowed)) or "none"
        super().__init__(f"unknown {what} {got!r}; allowed: {names}")


class BadOptions(SimulatorError):
    """Options or a wire address that a family cannot work with."""


class WireUnavailable(SimulatorError):
    """A TCP port or serial line that cannot be opened."""


def chosen(what: str, name: str, among: Mapping[str, T]) -> T:
    """Return what `among` has under `name`; UnknownName lists what there is."""
    if name not in among:
        raise UnknownName(what, name, among)
    return among[name]
