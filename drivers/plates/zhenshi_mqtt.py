"""A Zhenshi (臻识) camera that talks through an MQTT broker."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import uuid4

from contract.broker import Incoming
from contract.errors import DeviceError, DeviceUnreachable, InvalidMessage, Refused
from contract.first_to_end import first_to_end
from drivers.mqtt.link import Link, linked
from drivers.plates.camera import Contact, Take
from drivers.plates.openings import Openings
from drivers.plates.options import PlateOptions
from drivers.plates.sighting import Sighting
from drivers.plates.silence import Silence
from drivers.plates.zhenshi import Confirmation, Said, read_message
from drivers.plates.zhenshi_answers import command
from drivers.plates.zhenshi_result import Reading
from drivers.plates.zhenshi_topics import command_topic, filters, parse
from drivers.runtime.interface import Port
from drivers.runtime.waiting import within

SILENCE_S: Final = 35.0
"""`keep_alive` comes every 10 s."""

VALID_S: Final = 3
"""An "open" that the camera has not taken from the broker by then is thrown away there."""

BACKLOG_S: Final = 10.0
"""So long after we connected, a plate without a time that can be may have waited at the broker."""

DONE: Final = 200


class ZhenshiMqtt:
    """One camera, over a connection of its own to the broker."""

    def __init__(self, options: PlateOptions, port: Port) -> None:
        self._options = options
        self._port = port
        self._serial = options.serial or ""
        self._link: Link | None = None
        self._base: str | None = None
        self._replies: dict[str, asyncio.Future[int]] = {}
        self._openings = Openings(port.name, self.open)

    @property
    def opens(self) -> bool:
        """The camera's relay can be told to open."""
        return True

    async def serve(self, take: Take, contact: Callable[[Contact], None], heard: Callable[[], None]) -> None:
        """Take what the camera says until cancelled.

        DeviceUnreachable if the broker cannot be reached, or the camera is silent for too long.
        """
        clock, silence = self._port.clock, Silence(self._port.clock, self._options.silence(SILENCE_S))

        async def deal_with(message: Incoming, link: Link) -> None:
            said = self._read(message)
            if said is not None:
                silence.heard()
                heard()
            if isinstance(said, Contact):
                contact(said)
            elif isinstance(said, Reading):
                await self._recognised(said, take, link)

        async def listen(link: Link) -> None:
            async for message in link.messages():
                try:
                    await deal_with(message, link)
                except Exception:  # a message that brings us down must not do so again and again
                    link.taken(message)
                    raise
                link.taken(message)

        broker = self._options.parsed_broker()
        async with linked(broker, self._port.name, filters(self._serial), clock) as link:
            self._link = link
            try:
                await first_to_end(listen(link), silence.watch())
            finally:
                await self._leave()

    async def open(self) -> bool:
        """Open, once; whether the camera confirmed. DeviceError if it refused.

        DeviceUnreachable if nothing was sent: the camera was not heard since we connected.
        """
        if self._link is None or self._base is None:
            raise DeviceUnreachable("the camera has not been heard")
        ident = uuid4().hex
        name, envelope = command(ident, self._options, self._port.clock.now())
        reply = self._replies[ident] = asyncio.get_running_loop().create_future()
        try:
            await self._link.publish(command_topic(self._base, name), envelope, valid_s=VALID_S)
            code = await within(self._port.clock, self._options.reply_s, reply)
        except TimeoutError:
            return False
        finally:
            del self._replies[ident]
        if code != DONE:
            raise DeviceError(f"the camera does not open (code {code})")
        return True

    async def _leave(self) -> None:
        self._link = self._base = None
        await self._openings.aclose()

    def _read(self, message: Incoming) -> Said | None:
        """Say what a message means; None if it is none of the camera's, or an old one kept by the broker."""
        topic = parse(message.topic, self._serial)
        if topic is None or (message.retain and topic.kind != "ivs_result"):
            return None
        try:
            said = read_message(
                topic.kind,
                message.payload,
                self._options,
                self._port.clock.now(),
                retained=message.retain,
            )
        except (InvalidMessage, Refused) as wrong:
            self._port.malformed(f"{topic.kind[:64]}: {wrong}")
            return None
        if not message.retain:
            self._base = topic.base
        if isinstance(said, Confirmation):
            self._confirm(said)
        return said

    def _confirm(self, said: Confirmation) -> None:
        reply = self._replies.get(said.id)
        if reply is not None and not reply.done():
            reply.set_result(said.code)

    async def _recognised(self, reading: Reading, take: Take, link: Link) -> None:
        if reading.spoiled:
            self._port.malformed(f"{reading.spoiled} pictures that are no JPEG, or too large")
        if reading.lingers:
            return
        sighting = self._dated(reading, link)
        answer = await take(sighting)
        if not sighting.replay:
            self._openings.follow(answer)

    def _dated(self, reading: Reading, link: Link) -> Sighting:
        connected_s = self._port.clock.monotonic() - link.connected_at
        late = not reading.timed and connected_s < BACKLOG_S
        return replace(reading.sighting, replay=True) if late else reading.sighting


def camera(options: PlateOptions, port: Port) -> ZhenshiMqtt:
    """Make the camera."""
    return ZhenshiMqtt(options, port)
