"""Another author's central system, npm ocpp-rpc in strict mode, and the pretend posts that call it.

`tests/peers/ocpp-csms.mjs` reads JSON objects, one a line: first `{"listen": {"port", "cert", "key"}}`, then
`{"ask": action, "post", "params", "id"}`; each but the asking may have `set` with any of:

| key | meaning |
|---|---|
| `password` | what every post must bring by HTTP Basic; the first line has it |
| `blocked` | tokens that may not charge |
| `silent`, `failing` | actions of posts that get no answer, or an error |
| `interval` | seconds between heartbeats, as told when booting |

It prints `{"listening"}`, `{"heard"}` for every line that sets something, `{"came", "protocol"}` and
`{"left"}` for posts, `{"refused"}` for wrong passwords, `{"said": action, "by", "params"}` for every request,
`{"id", "answer"}` or `{"id", "error"}` for what was asked, `{"violation"}` for what breaks the schemas.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from simulators.clock import VirtualClock
from simulators.host import Host, SimulatedDevice, SimulatorSettings
from tests.broker import free_port
from tests.peers import PEERS, node, require_npm_package
from tests.waiting import PATIENCE_S, eventually

POST = "GARAGE-01"
PASSWORD = "correct-horse-battery"
STEP_S = 0.1


class Central:
    """The central system, and what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.port = port
        self.told: list[dict[str, Any]] = []
        self._process = process
        self._numbers = itertools.count()
        self._reading = asyncio.create_task(self._read())

    def said(self, action: str) -> list[dict[str, Any]]:
        """Return what posts said, oldest first."""
        return [each["params"] for each in self.told if each.get("said") == action]

    async def next(self, action: str, count: int = 1) -> dict[str, Any]:
        """Wait until posts have said something so often, and return the last of it."""
        await eventually(lambda: len(self.said(action)) >= count)
        return self.said(action)[count - 1]

    async def until(self, key: str, count: int = 1) -> None:
        """Wait until something was printed so often."""
        await eventually(lambda: sum(key in each for each in self.told) >= count)

    async def set(self, **what: Any) -> None:
        """Have it behave otherwise from now on."""
        heard = sum("heard" in each for each in self.told)
        self._write({"set": what})
        await self.until("heard", heard + 1)

    async def ask(self, action: str, **params: Any) -> dict[str, Any]:
        """Ask the post something, and return its answer."""
        number = next(self._numbers)
        self._write({"id": number, "post": POST, "ask": action, "params": params})
        await eventually(lambda: any(each.get("id") == number for each in self.told))
        [told] = [each for each in self.told if each.get("id") == number]
        assert "answer" in told, told
        answer: dict[str, Any] = told["answer"]
        return answer

    async def listen(self, files: tuple[Path, Path] | None) -> None:
        where: dict[str, Any] = {"port": self.port}
        if files is not None:
            where |= {"cert": str(files[0]), "key": str(files[1])}
        self._write({"listen": where, "set": {"password": PASSWORD}})
        await self.until("listening")

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    def _write(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.told.append(json.loads(line))


@contextlib.asynccontextmanager
async def central_system(files: tuple[Path, Path] | None = None) -> AsyncIterator[Central]:
    """Run a central system, over TLS with the files of a certificate and its key; no violation passes."""
    require_npm_package("ocpp-rpc")
    process = await asyncio.create_subprocess_exec(
        node(),
        str(PEERS / "ocpp-csms.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    central = Central(process, free_port())
    try:
        await central.listen(files)
        yield central
        assert [each for each in central.told if "violation" in each] == []
    finally:
        await central.close()


class Yard:
    """Two connectors of one post, `point-1` and `point-2`, in a time of their own."""

    def __init__(self, host: Host, clock: VirtualClock, central: Central) -> None:
        self.host = host
        self._central = central
        self._clock = clock

    async def let(self, seconds: float) -> None:
        """Let time pass; whoever waits on the network gets a turn after each second."""
        for step in range(1, round(seconds / STEP_S) + 1):
            self._clock.advance(STEP_S)
            self.host.step(STEP_S)
            if step % 10 == 0:
                await asyncio.sleep(0)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let time pass until something is so."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await self.let(STEP_S)
                await asyncio.sleep(0)

    async def until_told(self, action: str, count: int) -> None:
        """Let time pass until the central system has been told something so often."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self._central.said(action)) < count:
                await self.let(1)
                await asyncio.sleep(0.01)  # the post acts after it has answered

    async def all_told(self) -> None:
        """Wait until the post has nothing more to tell, and the central system has printed it."""
        await eventually(lambda: self.truth("queue") == 0)
        await self._central.set()

    def truth(self, name: str, number: int = 1) -> Any:
        """Return one of the things that are true of a connector."""
        return self.host.inspect(f"point-{number}")[name]

    def happen(self, name: str, number: int = 1) -> None:
        """Let something happen at a connector."""
        self.host.happen(f"point-{number}", name)

    def fault(self, name: str, number: int = 1) -> None:
        """Break or repair a connector."""
        self.host.fault(f"point-{number}", name)


@contextlib.asynccontextmanager
async def yard(
    central: Central, tmp_path: Path, *, scheme: str = "ocpp", within_s: float = 30.0, **options: Any
) -> AsyncIterator[Yard]:
    """Let a post with the right password call the central system; it is connected when this begins."""
    password_file = tmp_path / "password"
    password_file.write_text(PASSWORD + "\n")
    shared = {"password_file": str(password_file), "battery_wh": 50_000.0, "soc": 20.0, **options}
    devices = [
        SimulatedDevice(
            kind="charger",
            id=f"point-{number}",
            family="charger",
            options={"wire": f"{scheme}://localhost:{central.port}/{POST}?connector={number}", **shared},
        )
        for number in (1, 2)
    ]
    clock = VirtualClock()
    host = Host(SimulatorSettings(devices=devices), clock=clock)
    await host.start()
    try:
        running = Yard(host, clock, central)
        await eventually(lambda: running.truth("connected"), within_s)
        yield running
    finally:
        await host.close()
