"""Control panels that we did not write, at our pretend readers: libosdp's and another author's.

libosdp's is driven by the test's own loop. The other (`tests/peers/osdp_panel.py`) is a process of its own; a
line on its standard input is a JSON object. The first says where and what, `host` and `port` or `path` and
`baudrate`, `addresses`, `crc`, `secure`, `master_key`; each later one asks: `do` (`identity`, `capabilities`,
`local`, `inputs`, `outputs`, `open`, `green`) and `address`. It prints `did` and `answer`, null where none
came; what readers say by themselves, `card` and `bits`, `keys`, or `nak`; and the `key` of a secure session.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from serial import Serial

from simulators.clock import VirtualClock
from simulators.host import Host, SimulatedDevice
from tests.peers import PEERS, require_osdp_panel
from tests.simulators.wiring import hosting
from tests.waiting import eventually

KEY = bytes(range(0xA0, 0xB0))
REFRESH_S = 0.005
PULSE = {"output_no": 0, "control_code": 5, "timer_count": 50}  # on for 5 s
LOCAL, INPUTS, OUTPUTS = 2, 0, 1  # libosdp's kinds of status report


def door(device_id: str, wire: str = "osdp-tcp://127.0.0.1:0?address=1", **options: Any) -> SimulatedDevice:
    """Describe one door."""
    return SimulatedDevice(kind="door", id=device_id, family="door", options={"wire": wire, **options})


def key_file(folder: Path, key: bytes = KEY, name: str = "reader.key") -> str:
    """Write a key where a reader finds it."""
    file = folder / name
    file.write_text(key.hex() + "\n")
    return str(file)


class _Tcp:
    """libosdp's channel over TCP."""

    def __init__(self, host: str, port: int) -> None:
        self.id = port
        self.sent = 0
        self._socket = socket.create_connection((host, port))
        self._socket.setblocking(False)

    def read(self, most: int) -> bytes:
        try:
            return self._socket.recv(most)
        except OSError:
            return b""

    def write(self, data: bytes) -> int:
        self.sent += 1
        try:
            return self._socket.send(data)
        except OSError:
            return -1

    def flush(self) -> None:
        self.read(4096)

    def close(self) -> None:
        self._socket.close()


class _Line:
    """libosdp's channel over a serial line."""

    def __init__(self, path: str, baudrate: int) -> None:
        self.id = 1
        self.sent = 0
        self._port = Serial(path, baudrate, timeout=0)

    def read(self, most: int) -> bytes:
        return bytes(self._port.read(most))

    def write(self, data: bytes) -> int:
        self.sent += 1
        return int(self._port.write(data) or 0)

    def flush(self) -> None:
        self.read(4096)

    def close(self) -> None:
        self._port.close()


class LibosdpPanel:
    """libosdp's control panel. `events` are what readers said, by address, until they are `taken`."""

    def __init__(self, wire: str, keys: Mapping[int, bytes | None], *, install: bool = False) -> None:
        from osdp import ControlPanel, LibFlag, LogLevel, PDInfo

        parts, query = urlsplit(wire), parse_qs(urlsplit(wire).query)
        if parts.scheme == "osdp-tcp":
            self.channel: _Tcp | _Line = _Tcp(parts.hostname or "", parts.port or 0)
        else:
            self.channel = _Line(parts.path, int(query["baudrate"][0]))
        self._addresses = list(keys)
        infos = []
        for address, key in keys.items():
            flags = [LibFlag.InstallMode] if install else [LibFlag.EnforceSecure] if key else []
            infos.append(PDInfo(address, self.channel, scbk=key, flags=flags))
        self._panel = ControlPanel(infos, log_level=LogLevel.Emergency)
        self.events: dict[int, list[dict[str, Any]]] = {address: [] for address in keys}
        self._turning = asyncio.get_running_loop().create_task(self._turn())

    async def _turn(self) -> None:
        while True:
            self._panel.ctx.refresh()
            for queue, events in zip(self._panel.event_queue, self.events.values(), strict=True):
                while not queue.empty():
                    events.append(queue.get())
            await asyncio.sleep(REFRESH_S)

    def secure(self, address: int = 1) -> bool:
        """Whether a secure session with this reader is up."""
        return bool(self._panel.ctx.sc_status() >> self._addresses.index(address) & 1)

    def online(self, address: int = 1) -> bool:
        """Whether this reader answers."""
        return bool(self._panel.ctx.status() >> self._addresses.index(address) & 1)

    def tell(self, command: int, address: int = 1, **what: Any) -> None:
        """Send a command."""
        index = self._addresses.index(address)
        assert self._panel.ctx.submit_command(index, {"command": command, **what})

    async def status(self, kind: int, address: int = 1) -> list[int]:
        """Ask for a status report."""
        from osdp import Command

        self.events[address].clear()
        self.tell(Command.Status, address, type=kind, report=b"")
        return list((await self.taken(lambda event: event.get("type") == kind, address))["report"])

    async def taken(self, fits: Callable[[dict[str, Any]], bool], address: int = 1) -> dict[str, Any]:
        """Return the first event that fits, and forget it and those before."""
        events = self.events[address]
        await eventually(lambda: any(map(fits, events)))
        while not fits(found := events.pop(0)):
            pass
        return found

    async def close(self) -> None:
        """Hang up."""
        self._turning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._turning
        self.channel.close()


@contextlib.asynccontextmanager
async def libosdp_panel(
    wire: str, keys: Mapping[int, bytes | None] | None = None, *, install: bool = False
) -> AsyncIterator[LibosdpPanel]:
    """Connect libosdp's panel; `keys` by address, reader 1 with the usual key if nothing is said."""
    panel = LibosdpPanel(wire, {1: KEY} if keys is None else keys, install=install)
    try:
        yield panel
    finally:
        await panel.close()


class OtherPanel:
    """The other author's panel; `said` is what readers said by themselves."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[dict[str, Any]] = []
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        assert self._process.stdout
        while line := await self._process.stdout.readline():
            heard = json.loads(line)
            if "did" in heard:
                self._answers.put_nowait(heard)
            else:
                self.said.append(heard)

    async def ask(self, what: str, address: int = 1) -> Any:
        """Let the panel do something; returns its answer, None if the reader gave none."""
        self.tell(do=what, address=address)
        answer = await asyncio.wait_for(self._answers.get(), 30)
        assert answer["did"] == what
        return answer["answer"]

    async def heard(self, what: str, address: int = 1) -> Any:
        """Wait until a reader says something of this kind, and return it."""

        def found() -> list[Any]:
            return [said[what] for said in self.said if what in said and said["address"] == address]

        return (await eventually(found, within_s=45))[-1]

    def tell(self, **what: Any) -> None:
        """Write one line."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def close(self) -> None:
        """End the process."""
        self._process.kill()
        await self._process.wait()
        await self._listening


@contextlib.asynccontextmanager
async def other_panel(
    wire: str, *, addresses: Sequence[int] = (1,), master_key: bytes | None = None, crc: bool = True
) -> AsyncIterator[OtherPanel]:
    """Connect the other panel, in clear text without a master key."""
    parts, query = urlsplit(wire), parse_qs(urlsplit(wire).query)
    where: dict[str, Any] = {"host": parts.hostname, "port": parts.port}
    if parts.scheme == "osdp-serial":
        where = {"path": parts.path, "baudrate": int(query["baudrate"][0])}
    process = await asyncio.create_subprocess_exec(
        str(require_osdp_panel()),
        str(PEERS / "osdp_panel.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    panel = OtherPanel(process)
    key = master_key.hex() if master_key else None
    panel.tell(**where, addresses=list(addresses), crc=crc, secure=bool(master_key), master_key=key)
    try:
        yield panel
    finally:
        await panel.close()


@contextlib.asynccontextmanager
async def doors(*described: SimulatedDevice) -> AsyncIterator[tuple[Host, dict[str, str]]]:
    """Serve doors whose time the test moves with `host.step`."""
    async with hosting(*described, clock=VirtualClock()) as served:
        yield served
