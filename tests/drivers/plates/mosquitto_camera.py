"""A camera on MQTT, played by `mosquitto_pub` and `mosquitto_sub`: real clients of another author."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from tests.broker import Mosquitto
from tests.drivers.plates.pushes import SERIAL, envelope
from tests.peers import require_program


class MosquittoCamera:
    """Speaks and hears at a broker; `serial_first` in the layout that some firmware has."""

    def __init__(self, broker: Mosquitto, folder: Path, *, serial_first: bool = False) -> None:
        self.base = f"{SERIAL}/device/message" if serial_first else f"device/{SERIAL}/message"
        self.told: list[dict[str, Any]] = []
        self.topics: list[str] = []
        self._at = ("-h", broker.host, "-p", str(broker.port))
        self._folder = folder
        self._count = 0

    @classmethod
    @asynccontextmanager
    async def at(
        cls, broker: Mosquitto, folder: Path, *, serial_first: bool = False, session: str | None = None
    ) -> AsyncIterator[Self]:
        """Listen to all commands; with `session` the broker keeps what comes while nobody listens."""
        made = cls(broker, folder, serial_first=serial_first)
        lasting = ["-c", "-i", session] if session else []
        process = await asyncio.create_subprocess_exec(
            *(require_program("stdbuf", "coreutils"), "-oL"),  # else it says nothing until it has said much
            *(require_program("mosquitto_sub", "mosquitto-clients"), *made._at, *lasting, "-d", "-q", "1"),
            *("-t", "device/+/message/down/+", "-t", "+/device/message/down/+", "-F", "TOLD %t %p"),
            stdout=asyncio.subprocess.PIPE,
        )
        subscribed = asyncio.Event()
        listening = asyncio.create_task(made._listen(process, subscribed))
        try:
            await subscribed.wait()
            yield made
        finally:
            process.terminate()
            await process.wait()
            await listening

    async def say(self, kind: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish what the camera says."""
        await self.publish(f"{self.base}/up/{kind}", payload, retain=retain)

    async def reply(self, code: int = 200) -> None:
        """Confirm the latest command."""
        told = self.told[-1]
        reply = envelope(told["name"], None, id=told["id"], code=code)
        await self.publish(f"{self.base}/down/{told['name']}/reply", reply)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish anything; returns when the broker has it."""
        self._count += 1
        file = self._folder / f"said-{self._count}"
        file.write_bytes(payload)
        process = await asyncio.create_subprocess_exec(
            *(require_program("mosquitto_pub", "mosquitto-clients"), *self._at, "-q", "1"),
            *("-t", topic, "-f", str(file), *(["-r"] if retain else [])),
        )
        assert await process.wait() == 0

    async def _listen(self, process: asyncio.subprocess.Process, subscribed: asyncio.Event) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            if line.startswith(b"TOLD "):
                _, topic, payload = line.decode().split(" ", 2)
                self.topics.append(topic)
                self.told.append(json.loads(payload))
            elif line.startswith(b"Subscribed"):
                subscribed.set()
