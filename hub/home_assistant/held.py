"""What the broker holds for Home Assistant: only what differs is published, and what is gone is removed."""

import hashlib
from collections.abc import Iterable, Sequence

from contract.mqtt import Broker, Connection
from contract.topics import Address
from hub.home_assistant import topics

Topics = dict[str, bytes]
"""Digests of retained messages: thousands of configurations as text would fill the memory."""


class Held:
    """Retained messages by the device that they are of; those of no device under None."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._topics: dict[Address | None, Topics] = {}

    def take(self, topic: str, payload: bytes) -> None:
        """Remember that the broker holds a message; an empty one: that it holds none."""
        address = topics.device_of(topic, self._site)
        if payload:
            self._topics.setdefault(address, {})[topic] = _digest(payload)
            return
        of_device = self._topics.get(address, {})
        of_device.pop(topic, None)
        if not of_device:
            self._topics.pop(address, None)

    def is_new(self, topic: str, payload: bytes) -> bool:
        """Whether the broker holds something else, or nothing."""
        there = self._topics.get(topics.device_of(topic, self._site), {})
        return there.get(topic) != _digest(payload)

    def addresses(self) -> list[Address | None]:
        """Return of which devices there is something."""
        return list(self._topics)

    def of(self, address: Address | None) -> list[str]:
        """Return the topics of a device."""
        return list(self._topics.get(address, ()))

    def __len__(self) -> int:
        return sum(map(len, self._topics.values()))


async def read_held(broker: Broker, client_id: str, site: str, filters: Sequence[str]) -> Held:
    """Read what the broker holds; LinkError if it goes away meanwhile.

    What is retained comes before what is published after the subscription: a marker tells that it has come.
    """
    held, marker = Held(site), topics.marker(site)
    async with Connection(broker, client_id) as link:
        await link.subscribe([marker])
        await link.subscribe(filters)
        await link.publish(marker, b"read")
        async for message in link:
            if message.topic == marker:
                return held
            held.take(message.topic, message.payload)
    return held


async def forget(link: Connection, held: Held, gone: Iterable[str]) -> None:
    """Have the broker forget retained messages."""
    for topic in gone:
        await link.publish(topic, b"", retain=True)
        held.take(topic, b"")


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()
