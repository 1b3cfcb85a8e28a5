"""A private mosquitto for a test: its own port, folder and rules; it can be killed, frozen and restarted.

    async with Mosquitto(tmp_path) as broker:
        async with Connection(broker.broker(), "someone") as link: ...
        await broker.kill()
        await broker.start()  # the same port again

In a test, take the fixture `mosquitto` (one that lets anybody in) or build your own with users and rules.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from contract.mqtt import Broker
from tests.freezing import freeze
from tests.peers import require_program

HOST: Final = "127.0.0.1"
START_TIMEOUT_S: Final = 45.0
STOP_ASK_AGAIN_S: Final = 0.5
ATTEMPTS: Final = 5


def free_port(host: str = HOST) -> int:
    """Return a TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def lasting_port(host: str = HOST) -> int:
    """Return a free TCP port for a program that dies and comes back to it: none that connections are given.

    Linux gives them ports from 32768 on (`net.ipv4.ip_local_port_range`).
    """
    while True:
        port = secrets.randbelow(12_000) + 20_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port


class Mosquitto:
    """A mosquitto child process, stopped at the end of `async with`.

    Without `users` anybody may do anything. `users` maps names to passwords; `acl` is the text of mosquitto's
    ACL file; `conf` are further lines of mosquitto.conf (a TLS listener, say). `persistence` keeps its store
    in `folder`, written at a clean stop and, with `conf=["autosave_interval 1"]`, meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        acl: str | None = None,
        conf: Iterable[str] = (),
        persistence: bool = True,
        port: int | None = None,
    ) -> None:
        self.program = require_program("mosquitto", "mosquitto")
        self.folder = folder
        self.host = HOST
        self.port = port or free_port()
        self.log: deque[str] = deque(maxlen=1000)
        self._fixed_port = port is not None
        self._users = users
        self._acl = acl
        self._conf = tuple(conf)
        self._persistence = persistence
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._running = asyncio.Event()
        folder.mkdir(parents=True, exist_ok=True)

    async def __aenter__(self) -> Self:
        """Start; on another port if somebody has just taken ours."""
        for attempt in range(ATTEMPTS):
            try:
                await self.start()
            except RuntimeError:
                taken = any("Address already in use" in line for line in self.log)
                if self._fixed_port or not taken or attempt == ATTEMPTS - 1:
                    raise
                self.port = free_port()
            else:
                return self
        raise AssertionError("unreachable")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill it: a test's end needs no store."""
        await self.kill()

    def broker(self, username: str | None = None, **fields: Any) -> Broker:
        """Return how to reach it, as `username` with the password given at the start."""
        password = self._users[username] if username is not None and self._users else None
        plain = Broker(host=self.host, port=self.port, username=username, password=password)
        return msgspec.structs.replace(plain, **fields)

    @property
    def pid(self) -> int:
        """Process id; RuntimeError if it does not run."""
        if self._process is None:
            raise RuntimeError("mosquitto does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start and wait until it listens; RuntimeError with its log if it does not."""
        self._running.clear()
        self.log.clear()
        self._process = await asyncio.create_subprocess_exec(
            self.program, "-c", str(self._write_files()), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read_log(self._process))
        started = asyncio.create_task(self._running.wait())
        try:
            await asyncio.wait(
                {started, self._reader}, timeout=START_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            started.cancel()
        if not self._running.is_set():
            await self.kill()
            raise RuntimeError("mosquitto did not start:\n" + "\n".join(self.log))

    async def stop(self) -> None:
        """End it politely (SIGTERM): it writes its store."""
        process = self._process
        while process is not None and process.returncode is None:
            process.terminate()  # again: while it starts, mosquitto forgets the first
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_ASK_AGAIN_S)
        await self._reap()

    async def kill(self) -> None:
        """End it at once (SIGKILL): whatever it had not written is gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self._reap()

    async def restart(self) -> None:
        """Stop politely and start again on the same port."""
        await self.stop()
        await self.start()

    def freeze(self) -> None:
        """Make it deaf and dumb (SIGSTOP), its sockets open: a half-open connection."""
        freeze(self.pid)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    async def _reap(self) -> None:
        process, reader = self._process, self._reader
        self._process = self._reader = None
        if process is not None and reader is not None:
            await process.wait()
            await reader

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self.log.append(text)
            if text.endswith(" running"):
                self._running.set()

    def _write_files(self) -> Path:
        lines = ["per_listener_settings false", f"listener {self.port} {self.host}", "log_dest stderr"]
        lines += [f"persistence {str(self._persistence).lower()}", f"persistence_location {self.folder}/"]
        # Not 0 ("without limit"): with it mosquitto 2.0.11 closes the connection after each denied publish.
        lines += ["max_queued_messages 1000000", "max_inflight_messages 100", "set_tcp_nodelay true"]
        if os.geteuid() == 0:
            lines.append("user root")  # else it changes to an account that cannot read the folder
        if self._users is None:
            lines.append("allow_anonymous true")
        else:
            lines += ["allow_anonymous false", f"password_file {self._write_passwords(self._users)}"]
        if self._acl is not None:
            acl = self.folder / "acl"
            acl.write_text(self._acl)
            acl.chmod(0o600)
            lines.append(f"acl_file {acl}")
        conf = self.folder / "mosquitto.conf"
        conf.write_text("\n".join([*lines, *self._conf, ""]))
        return conf

    def _write_passwords(self, users: Mapping[str, str]) -> Path:
        passwords = self.folder / "passwords"
        passwords.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
        passwords.chmod(0o600)
        program = require_program("mosquitto_passwd", "mosquitto")
        subprocess.run([program, "-U", str(passwords)], check=True, capture_output=True)
        return passwords
