"""Which alarm definitions concern a device. Pure."""

from collections.abc import Iterable, Sequence

from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Definition
from hub.alarms.rules.scope import applies, area_of


class Concerns:
    """Answers for thousands of devices at once: most definitions are looked at once for a kind and place."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        enabled = [each for each in definitions if each.enabled and not each.quiet]
        self._general = [each for each in enabled if not each.on.devices]
        self._named = [each for each in enabled if each.on.devices]
        self._known: dict[tuple[str, str | None, str | None], list[Definition]] = {}

    def of(self, address: Address, description: Description | None) -> Sequence[Definition]:
        """Return the definitions that concern a device as it describes itself."""
        named = [each for each in self._named if applies(each.on, address, description)]
        return [*self._of_place(address, description), *named]

    def _of_place(self, address: Address, description: Description | None) -> list[Definition]:
        key = (address.kind, area_of(description), description.product if description else None)
        if key not in self._known:
            self._known[key] = [each for each in self._general if applies(each.on, address, description)]
        return self._known[key]
