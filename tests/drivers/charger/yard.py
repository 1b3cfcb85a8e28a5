"""Where pretend posts meet our servers: an ear that writes down what it is told, and a raw TCP connection."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from contract.clock import ManualClock
from drivers.charger.link import Began, Ended, Link, Reading, Status
from drivers.charger.options import ChargerOptions
from drivers.charger.tcp.deframing import Deframer, Format, Noise
from drivers.charger.words import Trouble
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Closing
from tests.waiting import PATIENCE_S, eventually

Register = Callable[..., Awaitable[None]]


class HostPort:
    """What `register` asks of a driver's port: the time, and a place to share."""

    name = "hemei/charger/under-test"

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.nonsense: list[str] = []
        self._shared: dict[str, Any] = {}

    def shared(self, key: str, make: Callable[[], Any]) -> Any:
        return self._shared.setdefault(key, make()) if key not in self._shared else self._shared[key]

    def malformed(self, what: str) -> None:
        self.nonsense.append(what)

    async def aclose(self) -> None:
        for each in self._shared.values():
            assert isinstance(each, Closing), "or else the driver host would leave it open"
            await each.aclose()


class Ear:
    """Writes down what it is told. A full `disk` keeps nothing."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.product = ""
        self.why = ""
        self.disk_full = False
        self.statuses: list[Status] = []
        self.readings: list[Reading] = []
        self.begun: dict[str, Began] = {}
        self.endings: list[Ended] = []
        self.troubles: list[tuple[Trouble, bool]] = []
        self.warnings: list[str] = []
        self.nonsense: list[str] = []

    @property
    def asks(self) -> Link:
        assert self.link is not None
        return self.link

    def linked(self, link: Link, *, product: str) -> None:
        self.link, self.product = link, product

    def unlinked(self, why: str) -> None:
        self.link, self.why = None, why

    def admits(self, order: str) -> bool:
        return True

    def knows(self, transaction: str) -> bool:
        return transaction in self.begun

    def status(self, status: Status) -> None:
        self.statuses.append(status)

    async def metered(self, reading: Reading) -> None:
        self.readings.append(reading)

    async def began(self, began: Began) -> None:
        self._keep()
        self.begun.setdefault(began.transaction, began)

    async def ended(self, ended: Ended) -> None:
        self._keep()
        self.endings.append(ended)

    async def trouble(self, trouble: Trouble, *, active: bool) -> None:
        self.troubles.append((trouble, active))
        self._keep()

    async def warned(self, what: str) -> None:
        self.warnings.append(what)

    def malformed(self, what: str) -> None:
        self.nonsense.append(what)

    def _keep(self) -> None:
        if self.disk_full:
            raise StorageError("no space left on device")


class Raw:
    """A connection of a post: sends bytes, gives the frames that come back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, form: Format[Any]) -> None:
        self.reader, self.writer = reader, writer
        self._deframer: Deframer[Any] = Deframer(form)
        self._frames: list[Any] = []

    def send(self, *frames: Any) -> None:
        for frame in frames:
            self.writer.write(frame if isinstance(frame, bytes) else frame.encode())

    async def next(self) -> Any:
        """Return the next frame; EOFError if the server has hung up."""
        while not self._frames:
            async with asyncio.timeout(PATIENCE_S):
                chunk = await self._read()
            if not chunk:
                raise EOFError
            self._frames = self._deframer.feed(chunk)
            assert not [each for each in self._frames if isinstance(each, Noise)]
        return self._frames.pop(0)

    async def closed(self) -> None:
        """Wait until the server has hung up, whatever it says before."""
        async with asyncio.timeout(PATIENCE_S):
            while await self._read():
                pass

    async def quiet(self) -> None:
        """See that nothing comes."""
        try:
            async with asyncio.timeout(0.05):
                chunk = await self.reader.read(1)
        except TimeoutError:
            chunk = b""
        assert not self._frames
        assert not chunk

    async def _read(self) -> bytes:
        try:
            return await self.reader.read(4096)
        except ConnectionError:
            return b""


class Yard:
    """One listening socket of ours, and posts that call it."""

    def __init__(self, scheme: str, register: Register, form: Format[Any]) -> None:
        self.port = HostPort()
        self.number = free_port()
        self._scheme, self._register, self._form = scheme, register, form
        self._raws: list[Raw] = []

    async def ear(self, post: str, connector: int = 1, ear: Ear | None = None) -> Ear:
        """Have a connector made known."""
        ear = ear or Ear()
        options = ChargerOptions(
            wire=f"{self._scheme}://127.0.0.1:{self.number}/{post}?connector={connector}"
        )
        await self._register(self.port, options, options.parsed_wire(), ear)
        return ear

    async def call(self) -> Raw:
        """Connect as a post."""
        raw = Raw(*await asyncio.open_connection("127.0.0.1", self.number), self._form)
        self._raws.append(raw)
        return raw

    async def passes(self, seconds: float, until: Callable[[], object]) -> None:
        """Let time pass, and wait for what comes of it."""
        self.port.clock.advance(seconds)
        await eventually(until)

    @classmethod
    @asynccontextmanager
    async def open(cls, scheme: str, register: Register, form: Format[Any]) -> AsyncIterator[Self]:
        yard = cls(scheme, register, form)
        try:
            yield yard
        finally:
            await yard.port.aclose()
            for raw in yard._raws:
                raw.writer.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
