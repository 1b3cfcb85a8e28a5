"""What is published of each device, and when again though nothing has changed."""

from collections.abc import Callable
from typing import Final

import msgspec

from contract.clock import Clock
from contract.things import Description
from contract.topics import Address
from hub.home_assistant import topics
from hub.home_assistant.controls import controls
from hub.home_assistant.entities import EXPIRE_AFTER_S, Subject, properties
from hub.home_assistant.showing import OFFLINE, LastCommand, showing
from hub.shadows.registry import Shadows

REPEAT_S: Final = EXPIRE_AFTER_S / 3
"""How often a state is published that has not changed, so that it does not expire."""

_encode: Final = msgspec.json.Encoder().encode


class Messages:
    """Writes configurations and states; knows of each device what was last published and when."""

    def __init__(
        self,
        shadows: Shadows,
        subject_of: Callable[[Address], Subject | None],
        last_command: Callable[[Address], LastCommand | None],
        clock: Clock,
    ) -> None:
        self._shadows = shadows
        self._subject_of = subject_of
        self._last_command = last_command
        self._clock = clock
        self._described: dict[Address, Description] = {}
        self._shown_at: dict[Address, float] = {}

    def begin(self) -> None:
        """Start anew: with every connection all is compared with what the broker holds."""
        self._described.clear()
        self._shown_at.clear()

    def configs(self, address: Address) -> dict[str, bytes] | None:
        """Write a device's entities by topic; None: it has not described itself anew."""
        subject = self._subject_of(address)
        if subject is None or self._described.get(address) is subject.description:
            return None
        found = (*properties(subject), *controls(subject))
        prefix = subject.settings.prefix
        return {
            topics.config(prefix, each.component, address, each.name): _encode(each.config) for each in found
        }

    def state(self, address: Address) -> tuple[bytes, bool]:
        """Write a device's state, and say whether it is time to publish it though it be the same."""
        shadow = self._shadows.get(address)
        payload = showing(shadow, self._last_command(address)) if shadow is not None else OFFLINE
        shown_at = self._shown_at.get(address)
        return payload, shown_at is None or self._clock.monotonic() - shown_at >= REPEAT_S

    def shown(self, address: Address, *, again: bool) -> None:
        """Take that the broker has a device's entities, and its state if that was published `again`."""
        described = self._shadows.description(address)
        if described is not None:
            self._described[address] = described
        if again:
            self._shown_at[address] = self._clock.monotonic()

    def due(self) -> list[Address]:
        """Return whose state is to be published again."""
        before = self._clock.monotonic() - REPEAT_S
        return [address for address, shown_at in self._shown_at.items() if shown_at <= before]

    def removed(self, address: Address) -> None:
        """Forget a device."""
        self._described.pop(address, None)
        self._shown_at.pop(address, None)
