"""A camera's driver alone, without host and broker: what it says to its port, and what the process holds."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from contract.clock import Clock, SystemClock
from contract.errors import HemeiError
from contract.messages import Scalar
from drivers.camera.driver import CameraDriver
from drivers.camera.options import CameraOptions
from drivers.runtime.waiting import pause
from tests.waiting import eventually


class Written:
    """A port that writes down what it is told."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.name, self.clock = "hemei/camera/bare", clock or SystemClock()
        self.properties: Mapping[str, Scalar] = {}
        self.events: list[tuple[str, dict[str, Any], Sequence[bytes]]] = []
        self.previews: list[bytes] = []
        self.nonsense: list[str] = []
        self.memory: dict[str, Scalar] = {}
        self.ended: list[BaseException] = []
        self.is_ready = False

    def ready(self) -> None:
        self.is_ready = True

    def update(self, properties: Mapping[str, Scalar]) -> None:
        self.properties = dict(properties)

    def measure(self, values: Mapping[str, bool | int | float]) -> None:
        """Nothing: it is for history."""

    def preview(self, jpeg: bytes) -> None:
        self.previews.append(jpeg)

    def malformed(self, what: str) -> None:
        self.nonsense.append(what)

    async def emit(
        self,
        type: str,
        data: Mapping[str, Any] | None = None,
        *,
        media: Sequence[bytes] = (),
        id: str | None = None,
        time: datetime | None = None,
    ) -> None:
        self.events.append((type, dict(data or {}), media))

    async def remember(self, key: str, value: Scalar) -> None:
        self.memory[key] = value

    def recall(self, key: str) -> Scalar:
        return self.memory.get(key)

    def shared(self, key: str, make: Any) -> Any:
        return make()

    def types(self) -> list[str]:
        """Return the types of all events, in short."""
        return [type.removeprefix("hemei.camera.") for type, _, _ in self.events]

    def said(self) -> str:
        """Return everything that was said, for looking for what must not be said."""
        ends = [repr(each) + repr(each.__context__) + repr(each.__cause__) for each in self.ended]
        events = [(type, data) for type, data, _ in self.events]
        return f"{self.properties} {events} {self.nonsense} {self.memory} {ends}"


async def run_again(driver: CameraDriver, port: Written, wait_s: float = 0.05) -> None:
    """Run a driver for ever, as the runtime does, but with short pauses."""
    while True:
        try:
            await driver.run(port)
        except HemeiError as ended:
            port.ended.append(ended.with_traceback(None))  # which would keep the last picture
        port.is_ready = False
        await pause(port.clock, wait_s)


@asynccontextmanager
async def driven(
    url: str | None, port: Written | None = None, **options: Any
) -> AsyncIterator[tuple[CameraDriver, Written]]:
    """Drive the camera at `url`."""
    driver, port = CameraDriver(CameraOptions(wire=url, **options)), port or Written()
    running = asyncio.create_task(run_again(driver, port))
    try:
        yield driver, port
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def becomes(port: Written, picture: str | None, within_s: float = 20.0) -> None:
    """Wait until the picture is known to be so."""
    await eventually(lambda: port.is_ready and port.properties.get("picture") == picture, within_s)


def account(folder: Path, user: str, password: str) -> str:
    """Write a credentials file; its path."""
    file = folder / "account"
    file.write_text(f"{user}:{password}\n", encoding="utf-8")
    return str(file)


def held() -> tuple[int, int, int]:
    """Return what this process holds: threads but for the loop's own pool, open files, MiB of memory."""
    process = psutil.Process()
    threads = sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())
    return threads, process.num_fds(), process.memory_info().rss // 2**20
