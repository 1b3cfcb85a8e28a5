"""Whether an open alarm forbids a charge: one whose linked action cuts the power of the connector.

The power may not be cut yet, or the post may not be told: a shed where smoke was seen starts no charge.
"""

from collections.abc import Callable, Mapping

from contract.charging import CUT_POWER
from contract.topics import Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Link
from hub.alarms.lifecycle import State
from hub.alarms.links.linker import withheld_by
from hub.alarms.links.targets import Known, Place, targets
from hub.shadows.shadow import Shadow


class AlarmInterlock:
    """Asks the alarm desk. On the event loop only."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        standing: Callable[[], Mapping[str, Alarm]],
        shadows: Known,
    ) -> None:
        cutting = {key: [link for link in each.link if _cuts(link)] for key, each in definitions.items()}
        self._links = {key: links for key, links in cutting.items() if links}
        self._standing = standing
        self._shadows = shadows

    def forbids(self, address: Address) -> bool:
        """Whether a charge may not begin at a connector."""
        if not self._links:
            return False
        places = _places(address, self._shadows.get(address))
        return any(
            address in targets(link, alarm, places)
            for alarm in self._standing().values()
            if _holds(alarm)
            for link in self._links.get(alarm.key, ())
        )


def _cuts(link: Link) -> bool:
    return link.action == CUT_POWER and link.input.get("active") is True


def _holds(alarm: Alarm) -> bool:
    """Whether it has not returned to normal, and nothing withholds its linked actions."""
    there = alarm.state in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED)
    return alarm.open and there and withheld_by(alarm) is None


def _places(address: Address, shadow: Shadow | None) -> list[Place]:
    if shadow is None or shadow.description is None:
        return []
    return [Place(address, shadow.description)]
