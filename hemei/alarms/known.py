"""What a site has, by name, and how a name that it does not have is told."""

import difflib
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from hub.alarms.definition import Scope


class Known(Struct, frozen=True, kw_only=True):
    """The names that definitions may use; `devices` (`kind/id`) with their areas."""

    kinds: frozenset[str]
    areas: frozenset[str]
    devices: dict[str, str | None]
    products: frozenset[str]
    contacts: frozenset[str]
    posts: frozenset[str]
    order_kinds: frozenset[str]

    def with_areas(self, areas: Iterable[str]) -> "Known":
        """Return the same with more areas."""
        return replace(self, areas=self.areas.union(areas))

    def scope_faults(self, scope: Scope, place: str) -> Iterator[str]:
        """Yield what a scope names that is not there."""
        yield from unknown(f"{place} kinds", scope.kinds, self.kinds)
        yield from unknown(f"{place} except_kinds", scope.except_kinds, self.kinds)
        yield from unknown(f"{place} areas", scope.areas, self.areas)
        yield from unknown(f"{place} except_areas", scope.except_areas, self.areas)
        yield from unknown(f"{place} devices", scope.devices, self.devices)
        yield from unknown(f"{place} products", scope.products, self.products)

    def teller_faults(self, tell: Collection[str], place: str) -> Iterator[str]:
        """Yield whom nobody knows: contacts by their id, posts as `post:ID`."""
        allowed = [*sorted(self.contacts), *(f"post:{each}" for each in sorted(self.posts))]
        yield from unknown(f"{place} tell".strip(), tell, allowed)


def unknown(place: str, names: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yield a fault for every name that is not known: with the nearest, and all that are allowed."""
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1)
            guess = f"did you mean {close[0]}? " if close else ""
            yield f"{place} = {name!r}: is not there; {guess}allowed: {', '.join(sorted(known)) or 'none'}"
