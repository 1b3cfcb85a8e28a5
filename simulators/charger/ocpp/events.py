"""NotifyEvent of OCPP 2.0.1 (N07): what happened to a part of a post."""

import itertools
from collections.abc import Callable
from typing import Any

from ocpp.v201 import call

from simulators.charger.ocpp.words201 import Part


class Events:
    """Makes the messages of one post; each event has a number of its own."""

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._numbers = itertools.count(1)

    def tell(self, part: Part, *, active: bool, number: int | None = None) -> Any:
        """Say that something is so, or no more, at an EVSE or at the whole post (None)."""
        where = {} if number is None else {"evse": {"id": number, "connector_id": 1}}
        return call.NotifyEvent(
            generated_at=self._now(),
            seq_no=0,
            event_data=[
                {
                    "event_id": next(self._numbers),
                    "timestamp": self._now(),
                    "trigger": "Alerting",
                    "actual_value": str(active).lower(),
                    "cleared": not active,
                    "event_notification_type": "HardWiredNotification",
                    "component": {"name": part.component, **where},
                    "variable": {"name": part.variable},
                }
            ],
        )
