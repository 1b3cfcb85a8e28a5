"""Hikvision's plate cameras: they push to us, or we listen to their event channel; their relay opens.

The barrier's path and words (`barrierGate`, `ctrlMode`) are from memory and were not tried on a camera.
"""

from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable, InvalidMessage, Refused
from contract.first_to_end import first_to_end
from drivers.isapi.alertstream import SILENCE_S, pushes
from drivers.isapi.client import IsapiClient, NoAnswer
from drivers.isapi.multipart import read_push
from drivers.isapi.push import Push as Said
from drivers.plates.camera import Contact, Take
from drivers.plates.isapi import read_sighting
from drivers.plates.listener import shared_listener
from drivers.plates.openings import Openings
from drivers.plates.options import PlateOptions
from drivers.plates.push import Guest, Push, Reply
from drivers.plates.silence import FOREVER, Silence
from drivers.runtime.interface import Port
from drivers.runtime.waiting import pause

OPEN: Final = b"<BarrierGate><ctrlMode>open</ctrlMode></BarrierGate>"

PROBE_S: Final = 20.0
"""How often a camera that pushes is asked whether it lives: it may say nothing until a car comes."""

LOST_S: Final = 70.0
"""Three probes without an answer."""


class HikvisionCamera:
    """One camera. `opens`: if we know its address, for nothing that a push is answered opens."""

    def __init__(self, options: PlateOptions, port: Port) -> None:
        self._options = options
        self._port = port
        self._zone = options.zone()
        self._client = self._probe = None
        if options.url is not None:
            account = options.account()
            self._client = IsapiClient(options.url, account, port.clock, ca_file=options.ca_file)
            # A password is not needed to see whether somebody is there, so none can be refused.
            self._probe = IsapiClient(options.url, None, port.clock, ca_file=options.ca_file)
        self._openings = Openings(port.name, self.open)

    @property
    def opens(self) -> bool:
        """Whether we can ask the camera's relay to open."""
        return self._client is not None

    async def serve(self, take: Take, contact: Callable[[Contact], None], heard: Callable[[], None]) -> None:
        """Take what the camera says until cancelled; DeviceUnreachable when it is silent for too long."""
        try:
            if self._options.listen is not None:
                await self._be_pushed_to(take, heard)
            else:
                await self._listen(take, heard)
        finally:
            await self._openings.aclose()

    async def open(self) -> bool:
        """Open the barrier, once; False if the camera does not answer, Rejected if it says no."""
        if self._client is None:
            raise Refused("without its url the camera cannot be asked to open", code="not-supported")
        path = f"/ISAPI/Parking/channels/{self._options.channel}/barrierGate"
        try:
            await self._client.ask("PUT", path, OPEN, kind="application/xml", timeout_s=self._options.reply_s)
        except NoAnswer:
            return False
        return True

    async def _be_pushed_to(self, take: Take, heard: Callable[[], None]) -> None:
        options, port = self._options, self._port
        silence = Silence(port.clock, options.silence(LOST_S if self._probe else FOREVER))

        def alive() -> None:
            silence.heard()
            heard()

        async def handle(push: Push) -> Reply:
            if push.body.strip():
                await self._take(await read_push(push.content_type, push.body), take)
            alive()
            return Reply(content_type="text/plain")

        guest = Guest(
            secret=options.secret(), allow=options.networks(), handle=handle, malformed=port.malformed
        )
        async with shared_listener(port, *options.listening()).expecting(guest):
            await first_to_end(silence.watch(), self._ask_for_life(alive))

    async def _ask_for_life(self, alive: Callable[[], None]) -> None:
        while True:
            if self._probe is not None and await _answers(self._probe):
                alive()
            await pause(self._port.clock, PROBE_S)

    async def _listen(self, take: Take, heard: Callable[[], None]) -> None:
        assert self._client is not None  # noqa: S101 - the options need its url
        silence_s = self._options.silence(SILENCE_S)
        async with aclosing(pushes(self._client, self._port.malformed, silence_s=silence_s)) as stream:
            async for said in stream:
                heard()
                try:
                    await self._take(said, take)
                except (InvalidMessage, Refused) as wrong:
                    self._port.malformed(str(wrong))

    async def _take(self, said: Said, take: Take) -> None:
        if said.flaw:
            self._port.malformed(said.flaw)
        options = self._options
        sighting = read_sighting(
            said,
            self._port.clock.now(),
            self._zone,
            options.passing,
            serial=options.serial,
            numbers_posts=options.numbers_posts,
        )
        if sighting is not None:
            answer = await take(sighting)
            if not sighting.replay:
                self._openings.follow(answer)


async def _answers(probe: IsapiClient) -> bool:
    """Whether somebody is there, whatever the answer."""
    try:
        await probe.ask("GET", "/ISAPI/System/deviceInfo")
    except DeviceUnreachable:
        return False
    except DeviceError:
        return True
    return True


def camera(options: PlateOptions, port: Port) -> HikvisionCamera:
    """Make the camera; ValueError if its files have become wrong."""
    return HikvisionCamera(options, port)
