"""A Zhenshi (臻识) camera that pushes over HTTP: the answer opens."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from drivers.plates.camera import Answer, Contact, Take
from drivers.plates.listener import shared_listener
from drivers.plates.options import PlateOptions
from drivers.plates.push import Guest, Push, Reply
from drivers.plates.silence import Silence
from drivers.plates.zhenshi import read_push
from drivers.plates.zhenshi_answers import IDLE, answer, opening
from drivers.plates.zhenshi_poll import Poll
from drivers.plates.zhenshi_result import Reading
from drivers.runtime.interface import Port

SILENCE_S: Final = 95.0
"""The slowest heartbeat comes every 30 s (the vendor's HTTP push protocol, §2.5.1)."""


class ZhenshiHttp:
    """One camera at the host's listener."""

    def __init__(self, options: PlateOptions, port: Port) -> None:
        self._options = options
        self._port = port
        self._secret = options.secret()
        self._networks = options.networks()
        self._listener = shared_listener(port, *options.listening())
        self._poll = Poll(port.clock)

    @property
    def opens(self) -> bool:
        """The camera opens when the answer to a plate says so."""
        return True

    async def serve(self, take: Take, contact: Callable[[Contact], None], heard: Callable[[], None]) -> None:
        """Answer what the camera pushes until cancelled.

        DeviceUnreachable if the address cannot be listened on, or the camera is silent for too long.
        """
        silence = Silence(self._port.clock, self._options.silence(SILENCE_S))

        async def handle(push: Push) -> Reply:
            said = read_push(push.body, push.content_type, self._options, self._port.clock.now())
            silence.heard()
            heard()
            match said:
                case Reading():
                    return await self._answered(said, take)
                case Contact():
                    contact(said)
                    return Reply(body=IDLE)
                case _:
                    opens = await self._poll.take(push.line)
                    return Reply(body=opening(self._options) if opens else IDLE)

        guest = Guest(
            secret=self._secret, allow=self._networks, handle=handle, malformed=self._port.malformed
        )
        async with self._listener.expecting(guest):
            await silence.watch()

    async def open(self) -> bool:
        """Open by the answer to the next poll, once; whether the camera has read it.

        Refused `not-supported` where it does not poll, DeviceUnreachable where nothing could be told.
        """
        return await self._poll.open()

    async def _answered(self, reading: Reading, take: Take) -> Reply:
        if reading.spoiled:
            self._port.malformed(f"{reading.spoiled} pictures that are no JPEG, or too large")
        said = Answer(open=False) if reading.lingers else await take(reading.sighting)
        if not (said.kept or said.open):
            return Reply(status=HTTPStatus.SERVICE_UNAVAILABLE)  # so that the camera keeps it
        return Reply(body=answer(reading, self._options, opens=said.open and not reading.sighting.replay))


def camera(options: PlateOptions, port: Port) -> ZhenshiHttp:
    """Make the camera."""
    return ZhenshiHttp(options, port)
