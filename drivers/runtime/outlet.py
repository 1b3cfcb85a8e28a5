"""What the host says now: at once if the link stands; what is retained is said anew at every connection."""

import asyncio
from collections.abc import Iterable

from contract.errors import LinkError, PublishDenied
from contract.mqtt import Connection
from drivers.runtime.counting import Complaints, Counters


class Outlet:
    """Publishes for all things of the host, whether or not the broker is there."""

    def __init__(self, counters: Counters, complaints: Complaints) -> None:
        self.counters = counters
        self.complaints = complaints
        self._link: Connection | None = None
        self._retained: dict[str, bytes] = {}

    def attach(self, link: Connection) -> None:
        """Use `link` from now on and publish everything retained on it anew."""
        self._link = link
        for topic, payload in self._retained.items():
            self._start(topic, payload, qos=1, retain=True)

    def detach(self) -> None:
        """Use no link: retained messages wait for the next, the others are dropped."""
        self._link = None

    def retained(self, topic: str, payload: bytes) -> None:
        """Publish a message that the broker keeps; of each topic the latest counts."""
        self._retained[topic] = payload
        self._start(topic, payload, qos=1, retain=True)

    def anew(self, topics: Iterable[str]) -> None:
        """Publish what is retained on `topics` again: the broker has it no longer."""
        for topic in topics:
            if topic in self._retained:
                self._start(topic, self._retained[topic], qos=1, retain=True)

    def take_back(self, topics: Iterable[str]) -> None:
        """Let the broker forget what it retains on `topics`."""
        for topic in topics:
            self._start(topic, b"", qos=1, retain=True)

    def passing(self, topic: str, payload: bytes) -> None:
        """Publish a measurement at QoS 0: dropped if nobody is there to take it."""
        self._start(topic, payload, qos=0, retain=False)

    def answer(self, topic: str, payload: bytes) -> asyncio.Future[None] | None:
        """Publish at QoS 1; the future ends with the broker's word. None if the link is down."""
        return self._start(topic, payload, qos=1, retain=False)

    def _start(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> asyncio.Future[None] | None:
        if self._link is None:
            return None
        try:
            future = self._link.start_publish(topic, payload, qos=qos, retain=retain)
        except LinkError:
            return None
        if future is not None:
            future.add_done_callback(lambda done: self.note_denial(topic, done))
        return future

    def note_denial(self, topic: str, done: asyncio.Future[None]) -> None:
        """Count and log it if the broker's rules forbade the message."""
        if not done.cancelled() and isinstance(done.exception(), PublishDenied):
            self.counters.publishes_denied += 1
            self.complaints.say(topic, str(done.exception()))
