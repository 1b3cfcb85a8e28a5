"""The hub's two sessions with the broker: one for what raises alarms, one for telemetry.

Both are bounded. When the hub is slow, the first stops reading, so that the broker keeps every message of its
persistent session; the second sheds the oldest measurements and counts them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from contract.clock import Clock
from contract.errors import ConfigurationError, InvalidMessage, LinkError, LinkRefused
from contract.mqtt import SESSION_EXPIRY_S, Broker, Connection, Incoming, Queue, reconnecting
from contract.topics import DRIVER_KIND, ROOT, Channel, everything
from hub.counters import Counters
from hub.ingest.events import Committer, Delivery
from hub.ingest.rejects import Rejects
from hub.ingest.router import Router
from hub.media import MediaStore

logger = logging.getLogger(__name__)

ALARM_FILTERS: Final = (
    *(
        everything(channel)
        for channel in (
            Channel.DESCRIPTION,
            Channel.AVAILABILITY,
            Channel.STATE,
            Channel.EVENT,
            Channel.RESULT,
        )
    ),
    f"{ROOT}/+/{DRIVER_KIND}/+/{Channel.HOLDING}",
    # What follows takes media, and sees topics of the wrong length so that they are counted.
    "hemei/+/+/+/+/+/#",
    "hemei/+",
    "hemei/+/+",
    "hemei/+/+/+",
)
TELEMETRY_FILTERS: Final = (everything(Channel.TELEMETRY),)
ALARM_QUEUE: Final = Queue(limit=5_000, when_full="block")
TELEMETRY_QUEUE: Final = Queue(limit=50_000, when_full="shed")
KNOCK_AGAIN_S: Final = 0.2
KNOCK_RARELY_S: Final = 5.0
YIELD_EVERY: Final = 100
"""Messages handled before viewers and the API get their turn."""


@dataclass(slots=True, kw_only=True)
class Sessions:
    """Keeps both sessions connected, and hands every message to the router."""

    broker: Broker
    client_id: str
    router: Router
    committer: Committer
    media: MediaStore
    rejects: Rejects
    clock: Clock
    counters: Counters
    on_link: Callable[[Connection | None], None]
    results_kept: Callable[[], Awaitable[None]]
    insecure: bool = False
    media_failing: bool = False
    """Whether the last picture or clip that came could not be kept."""

    async def run(self) -> None:
        """Serve both sessions until cancelled."""
        await self._refuse_anonymous_broker()
        async with asyncio.TaskGroup() as group:
            group.create_task(reconnecting(self._serve_alarms, on_lost=self._alarms_lost))
            group.create_task(reconnecting(self._serve_telemetry, on_lost=self._telemetry_lost))

    async def _refuse_anonymous_broker(self) -> None:
        """Stop the hub with ConfigurationError if anybody may use the broker; wait while it is away."""
        if self.insecure:
            return
        pause_s = KNOCK_AGAIN_S
        while True:
            try:
                await self._knock_as_stranger()
            except LinkRefused:
                return
            except LinkError as lost:
                self._alarms_lost(lost, pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, KNOCK_RARELY_S)

    async def _knock_as_stranger(self) -> None:
        stranger = structs.replace(self.broker, username=None, password=None)
        async with Connection(stranger, f"{self.client_id}-stranger"):
            message = (
                f"the broker at {stranger.host}:{stranger.port} lets anybody in: set"
                " `allow_anonymous false` there, or start the hub with --insecure"
            )
            raise ConfigurationError(message)

    async def _serve_alarms(self) -> None:
        link = Connection(
            self.broker,
            f"{self.client_id}-alarms",
            session_s=SESSION_EXPIRY_S,
            manual_ack=True,
            queue=ALARM_QUEUE,
        )
        async with link:
            await link.subscribe(ALARM_FILTERS)
            self.on_link(link)
            logger.info("linked to the broker at %s:%d", self.broker.host, self.broker.port)
            async for batch in link.batches():
                await self._take_alarms(link, batch)

    async def _take_alarms(self, link: Connection, batch: list[Incoming]) -> None:
        for number, message in enumerate(batch, 1):
            try:
                await self._take_alarm(link, message)
            except InvalidMessage as wrong:
                self.reject(message, wrong)
                link.acknowledge((message,))
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)

    async def _take_alarm(self, link: Connection, message: Incoming) -> None:
        topic = self.router.topic(message.topic)
        if topic.sha256 is not None:
            self.counters.messages[topic.channel] += 1
            await self._keep_media(topic.sha256, message.payload)
        else:
            arrival = self.router.take(topic, message)
            if arrival is not None:
                named = arrival.event.media
                if named and not all(map(self.media.path, named)):
                    arrival = arrival.missing_media()
                await self.committer.put(Delivery(arrival, link, message))
                return
            if topic.channel is Channel.RESULT:
                # Who asks again for what no driver took must not do so because a result was lost.
                await self.results_kept()
        link.acknowledge((message,))

    async def _keep_media(self, sha256: str, content: bytes) -> None:
        """Save a picture; if that fails, its event stays unconfirmed and the driver host sends both again."""
        try:
            await asyncio.to_thread(self.media.save, sha256, content)
            self.media_failing = False
        except OSError as wrong:
            self.media_failing = True
            self.counters.media_failures += 1
            logger.warning("a picture or clip cannot be kept, its driver will send it again: %s", wrong)

    async def _serve_telemetry(self) -> None:
        link = Connection(self.broker, f"{self.client_id}-telemetry", queue=TELEMETRY_QUEUE)
        async with link:
            await link.subscribe(TELEMETRY_FILTERS, qos=0)
            shed_before = 0
            async for batch in link.batches():
                self.counters.telemetry_shed += link.shed - shed_before
                shed_before = link.shed
                await self._take_telemetry(batch)

    async def _take_telemetry(self, batch: list[Incoming]) -> None:
        router = self.router
        for number, message in enumerate(batch, 1):
            try:
                router.take(router.topic(message.topic), message)
            except InvalidMessage as wrong:
                self.reject(message, wrong)
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)

    def reject(self, message: Incoming, wrong: InvalidMessage) -> None:
        """Count what is not understood, and keep a sample of it."""
        sample = self.rejects.take(message, wrong, self.clock.now_ms())
        if sample is not None:
            self.committer.keep_reject(sample)

    def _alarms_lost(self, lost: LinkError, pause_s: float) -> None:
        self.on_link(None)
        self.counters.link_losses += 1
        hint = "; check [mqtt] and the password file" if isinstance(lost, LinkRefused) else ""
        logger.warning("no link to the broker (%s%s); next try in %.1f s", lost, hint, pause_s)

    def _telemetry_lost(self, lost: LinkError, pause_s: float) -> None:
        logger.info("no telemetry link to the broker (%s); next try in %.1f s", lost, pause_s)
