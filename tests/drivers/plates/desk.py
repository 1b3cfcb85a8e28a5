"""A camera alone, without host and gate: what it says to its port and to the gate is written down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from contract.clock import Clock, SystemClock
from contract.errors import HemeiError
from drivers.plates.camera import Answer, Contact, PlateCamera
from drivers.plates.make import make_camera
from drivers.plates.options import PlateOptions
from drivers.plates.sighting import Sighting
from drivers.runtime.interface import Closing, Port

T = TypeVar("T")

SECRET = "sLh3v9Qy0aZk2WmT"


class Desk:
    """A port and a gate that write down what they are told. `admit`: what the gate answers to a plate."""

    def __init__(self, clock: Clock | None = None, name: str = "hemei/gate/east-in") -> None:
        self.name, self.clock = name, clock or SystemClock()
        self.nonsense: list[str] = []
        self.sightings: list[Sighting] = []
        self.contacts: list[Contact] = []
        self.signs = 0
        self.admit = True
        self._shared: dict[str, Any] = {}

    def malformed(self, what: str) -> None:
        self.nonsense.append(what)

    def shared(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._shared:
            self._shared[key] = make()
        return cast("T", self._shared[key])

    def beside(self, name: str) -> "Desk":
        """Return the port of another device of the same host."""
        other = Desk(self.clock, name)
        other._shared = self._shared
        return other

    async def take(self, sighting: Sighting) -> Answer:
        self.sightings.append(sighting)
        return Answer(self.admit)

    def heard(self) -> None:
        self.signs += 1

    async def aclose(self) -> None:
        """Close what the devices of this host share."""
        for each in self._shared.values():
            if isinstance(each, Closing):
                await each.aclose()

    @property
    def port(self) -> Port:
        return cast("Port", self)


def secret_file(folder: Path, secret: str = SECRET) -> str:
    """Write a camera's secret."""
    file = folder / f"camera-{len(list(folder.glob('camera-*')))}"
    file.write_text(secret + "\n")
    return str(file)


def http_options(folder: Path, port: int = 9310, secret: str = SECRET, **fields: Any) -> PlateOptions:
    """Return the options of a Zhenshi camera that pushes to us."""
    return PlateOptions(
        wire="zhenshi-http", listen=f"127.0.0.1:{port}", secret_file=secret_file(folder, secret), **fields
    )


@asynccontextmanager
async def serving(desk: Desk, options: PlateOptions) -> AsyncIterator[PlateCamera]:
    """Let a camera's wire serve; what it raises comes out at the end."""
    camera = make_camera(options, desk.port)
    serving = asyncio.create_task(camera.serve(desk.take, desk.contacts.append, desk.heard))
    try:
        if options.listen is not None:
            await _open(*options.listening())
        yield camera
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def _open(host: str, port: int) -> None:
    """Wait until somebody listens."""
    while True:
        with suppress(ConnectionRefusedError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.01)


async def ends(desk: Desk, options: PlateOptions) -> HemeiError:
    """Return why a camera's wire stops serving by itself."""
    try:
        await make_camera(options, desk.port).serve(desk.take, desk.contacts.append, desk.heard)
    except HemeiError as error:
        return error
    raise AssertionError("it ended without saying why")
