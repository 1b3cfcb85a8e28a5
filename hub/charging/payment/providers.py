"""Finds who takes the money, by name.

A provider that is not part of this product is an entry point of the group `hemei.payments`: its name is what
`[charging] payment` says, it names a class that is made with `Means` and does what `Provider` says.
"""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from contract.errors import ConfigurationError
from hub.charging.payment.free import FreeOfCharge
from hub.charging.payment.prepaid import Prepaid
from hub.charging.payment.provider import Means, Provider

ENTRY_POINTS: Final = "hemei.payments"

_OURS: Final[Mapping[str, Callable[[Means], Provider]]] = MappingProxyType(
    {FreeOfCharge.name: FreeOfCharge, Prepaid.name: Prepaid}
)


def known_payments() -> list[str]:
    """Return what `[charging] payment` may say."""
    return sorted({*_OURS, *entry_points(group=ENTRY_POINTS).names})


class Providers:
    """Who takes the money of new orders (`current`), and of older ones (`of`)."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._made: dict[str, Provider] = {}
        self.current = self.of(means.settings.payment)

    def of(self, name: str) -> Provider:
        """Return a provider; ConfigurationError if it is not installed, or cannot be made."""
        if name not in self._made:
            self._made[name] = _make(name, self._means)
        return self._made[name]


def _make(name: str, means: Means) -> Provider:
    if name in _OURS:
        return _OURS[name](means)
    found = entry_points(group=ENTRY_POINTS, name=name)
    if not found:
        allowed = ", ".join(known_payments())
        raise ConfigurationError(f"[charging] payment {name!r}: allowed: {allowed}")
    try:
        made: Provider = next(iter(found)).load()(means)
    except Exception as wrong:  # somebody else's code may raise anything
        raise ConfigurationError(f"[charging] payment {name!r} cannot be used: {wrong!r}") from wrong
    return made
