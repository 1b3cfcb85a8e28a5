"""The host's connection to the broker, made again whenever it ends."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from contract import codec
from contract.clock import Clock
from contract.errors import InvalidMessage, LinkError
from contract.first_to_end import first_to_end
from contract.messages import Availability, AvailabilityStatus, Committed
from contract.mqtt import Connection, Incoming, Will, reconnecting
from contract.topics import Address, Channel, parse
from drivers.runtime.actions import ActionDesk
from drivers.runtime.counting import Counters
from drivers.runtime.described import Described
from drivers.runtime.listing import ListDesk
from drivers.runtime.port import DevicePort
from drivers.runtime.sender import Sender
from drivers.runtime.settings import HostSettings
from drivers.runtime.storage import Storage

log = logging.getLogger(__name__)

GOODBYE_S: Final = 2.0
LONGEST_WAIT_S: Final = 5.0


class HostLink:
    """Says everything anew at each connection; takes actions, confirmations and lists."""

    def __init__(
        self,
        settings: HostSettings,
        clock: Clock,
        *,
        host: DevicePort,
        desks: Mapping[Address, ActionDesk],
        lists: ListDesk,
        described: Described,
        storage: Storage,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._host = host
        self._desks = desks
        self._lists = lists
        self._described = described
        self._outbox, self._store = storage.outbox, storage.store
        self._outlet = described.outlet
        self._sender = Sender(storage.outbox, self._outlet, clock)
        self._link: Connection | None = None

    @property
    def counters(self) -> Counters:
        """What goes wrong here is counted with the rest."""
        return self._outlet.counters

    async def run(self) -> None:
        """Be connected until cancelled."""
        await reconnecting(self._serve, on_lost=self._on_lost, longest_s=LONGEST_WAIT_S)

    async def say_goodbye(self) -> None:
        """Publish that the host stops, so that nobody takes it for lost by accident."""
        if self._link is None:
            return
        topic = self._settings.address.topic(Channel.AVAILABILITY)
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._link.publish(topic, self._lost("stopped"), retain=True)
        except (TimeoutError, LinkError) as wrong:
            log.warning("could not say goodbye: %s", wrong)

    async def _serve(self) -> None:
        address = self._settings.address
        will = Will(address.topic(Channel.AVAILABILITY), self._lost("connection lost"))
        client_id = f"hemei-drivers-{address.site}-{address.device}"
        async with Connection(self._settings.broker, client_id, will=will) as link:
            own = [address.topic(channel) for channel in (Channel.COMMITTED, Channel.LIST)]
            await link.subscribe([each.topic(Channel.ACTION) for each in self._desks] + own)
            await self._described.subscribe(link)
            self._host.available(AvailabilityStatus.READY)
            self._outlet.attach(link)
            self._link = link
            log.info("connected to %s:%s", self._settings.broker.host, self._settings.broker.port)
            try:
                for address, result in await self._store.owed():
                    if address in self._desks:
                        self._desks[address].deliver(result)
                await first_to_end(self._read(link), self._sender.serve(link))
            finally:
                self._link = None
                self._outlet.detach()

    async def _read(self, link: Connection) -> None:
        async for message in link:
            try:
                await self._take(message)
            except InvalidMessage as wrong:
                self.counters.messages_rejected += 1
                self._outlet.complaints.say(message.topic[:256], str(wrong))

    async def _take(self, message: Incoming) -> None:
        topic = parse(message.topic)
        if topic.channel is Channel.ACTION and topic.address in self._desks:
            self._desks[topic.address].take(message)
        elif topic.channel is Channel.COMMITTED and message.payload:
            await self._confirm(codec.decode(Committed, message.payload))
        elif topic.channel is Channel.LIST:
            self._lists.take(message)
        elif topic.channel is Channel.DESCRIPTION:
            self._described.take(topic.address, message.payload)

    async def _confirm(self, committed: Committed) -> None:
        if committed.outbox != self._outbox.id:
            log.info("the hub speaks of another outbox: %s", committed.outbox)
            return
        if committed.upto > self._outbox.last:
            raise InvalidMessage(
                f"events up to {committed.upto} are said to be committed, but only {self._outbox.last} exist"
            )
        self._sender.heard()
        await self._outbox.confirm(committed.upto)

    def _lost(self, reason: str) -> bytes:
        said = Availability(status=AvailabilityStatus.LOST, ts=self._clock.now(), reason=reason)
        return codec.encode(said)

    def _on_lost(self, why: LinkError, pause_s: float) -> None:
        self._outlet.complaints.say("broker", f"{why}; connecting again in {pause_s:.1f} s")
