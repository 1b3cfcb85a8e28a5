"""The way in for people and tests: a Unix socket that takes one JSON object a line and answers each with one.

| request | answer |
|---|---|
| `{"device": "gate/east-in", "fault": "jam"}` | `{"ok": true}` |
| `{"device": "gate/east-in", "happening": "car-arrives"}` | `{"ok": true}` |
| `{"device": "gate/east-in", "inspect": true}` | `{"ok": true, "truth": {…}}` |
| `{"list": true}` | `{"ok": true, "devices": {"gate/east-in": {"wire", "faults", "happenings"}}}` |
| anything else | `{"ok": false, "error": "unknown fault 'x'; allowed: …"}` |
"""

import asyncio
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from simulators.errors import SimulatorError, WireUnavailable

LONGEST_PATH = 100  # sockaddr_un holds 108 bytes
Answer = dict[str, Any]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a client."""

    device: str | None = None
    fault: str | None = None
    happening: str | None = None
    inspect: bool = False
    list: bool = False


class Controllable(Protocol):
    """What the socket controls: a `simulators.host.Host`."""

    def fault(self, device: str, name: str) -> None:
        """Break a device."""
        ...

    def happen(self, device: str, name: str) -> None:
        """Let something happen at a device."""
        ...

    def inspect(self, device: str) -> Mapping[str, Any]:
        """Tell a device's physical truth."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """Tell every device's wire, faults and happenings."""
        ...


class ControlSocket:
    """Serves `Controllable` at `path`, which only its owner may open."""

    def __init__(self, path: Path, host: Controllable) -> None:
        self._path = path
        self._host = host
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def start(self) -> None:
        """Listen; WireUnavailable where the path is too long or not writable."""
        if len(os.fsencode(self._path)) > LONGEST_PATH:
            raise WireUnavailable(f"control socket {self._path}: longer than {LONGEST_PATH} bytes")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self._path)
            self._path.chmod(0o600)
        except OSError as error:
            raise WireUnavailable(f"control socket {self._path}: {error}") from error

    async def close(self) -> None:
        """Stop listening and take the path away."""
        if self._server is None:
            return
        self._server.close()
        talks = [talk for talk in self._open.values() if talk is not None]
        for writer in self._open:
            writer.close()
        await asyncio.gather(*talks, return_exceptions=True)
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            with contextlib.suppress(ConnectionError, ValueError):  # ValueError: a line without end
                while line := await reader.readline():
                    writer.write(msgspec.json.encode(answer(self._host, line)) + b"\n")
                    await writer.drain()
        finally:
            self._open.pop(writer, None)
            writer.close()


def answer(host: Controllable, line: bytes) -> Answer:
    """Do what one request line asks for."""
    try:
        request = msgspec.json.decode(line, type=Request)
        return {"ok": True, **_obey(host, request)}
    except (SimulatorError, msgspec.DecodeError) as error:
        return {"ok": False, "error": str(error)}


def _obey(host: Controllable, request: Request) -> Answer:
    if request.list:
        return {"devices": host.describe()}
    if request.device is None:
        raise SimulatorError("say which device, or list")
    if request.fault is not None:
        host.fault(request.device, request.fault)
    if request.happening is not None:
        host.happen(request.device, request.happening)
    if request.inspect:
        return {"truth": host.inspect(request.device)}
    if request.fault is None and request.happening is None:
        raise SimulatorError("say what: fault, happening or inspect")
    return {}


async def ask(path: Path, request: Mapping[str, object]) -> Answer:
    """Send one request to the simulators that listen at `path` and return their answer.

    OSError where nobody listens; SimulatorError where they went away without an answer.
    """
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(msgspec.json.encode(request) + b"\n")
        line = await reader.readline()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    if not line:
        raise SimulatorError(f"the simulators at {path} gave no answer")
    reply: Answer = msgspec.json.decode(line)
    return reply


async def ask_truth(path: Path, device: str) -> dict[str, Any]:
    """Return the physical truth of `device`; SimulatorError says why there is none."""
    reply = await ask(path, {"device": device, "inspect": True})
    if not reply["ok"]:
        raise SimulatorError(reply["error"])
    truth: dict[str, Any] = reply["truth"]
    return truth
