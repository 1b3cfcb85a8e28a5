"""Devices at a real mosquitto, met by `mosquitto_sub` and `mosquitto_pub`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from tests.broker import Mosquitto
from tests.peers import require_program

PROBE = "probe"


class Message(NamedTuple):
    """What somebody published."""

    topic: str
    said: dict[str, Any]


class Watcher:
    """`mosquitto_sub` on everything, and `mosquitto_pub` on demand."""

    def __init__(self, broker: Mosquitto, account: tuple[str, str] | None) -> None:
        self.heard: list[Message] = []
        self.listening = asyncio.Event()
        self._where = ["-h", broker.host, "-p", str(broker.port), "-q", "1"]
        if account is not None:
            self._where += ["-u", account[0], "-P", account[1]]

    def of(self, end: str) -> list[dict[str, Any]]:
        """Return what was published to topics that end so."""
        return [each.said for each in self.heard if each.topic.endswith(end)]

    async def publish(self, topic: str, said: dict[str, Any] | str) -> None:
        """Publish once."""
        text = said if isinstance(said, str) else json.dumps(said)
        program = require_program("mosquitto_pub", "mosquitto-clients")
        process = await asyncio.create_subprocess_exec(program, *self._where, "-t", topic, "-m", text)
        assert await process.wait() == 0

    async def watch(self) -> None:
        """Hear everything until cancelled."""
        program = require_program("mosquitto_sub", "mosquitto-clients")
        command = [program, *self._where, "-t", "#", "-F", "%t %p"]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, limit=1 << 24
        )
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                topic, _, payload = line.decode().rstrip("\n").partition(" ")
                if topic == PROBE:
                    self.listening.set()
                elif payload.startswith("{"):
                    self.heard.append(Message(topic, json.loads(payload)))
        finally:
            process.kill()
            await process.wait()


@asynccontextmanager
async def watching(broker: Mosquitto, account: tuple[str, str] | None = None) -> AsyncIterator[Watcher]:
    """Watch a broker from now on."""
    watcher = Watcher(broker, account)
    task = asyncio.create_task(watcher.watch())
    try:
        while not watcher.listening.is_set():
            await watcher.publish(PROBE, "now")
        yield watcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
