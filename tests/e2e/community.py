"""A small site of real processes for a test: mosquitto, hub, driver host and simulators, to be killed."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from contract.clock import SystemClock
from hemei.found import Plan, found_site, renew_rules
from tests.broker import free_port
from tests.peers import require_program
from tests.waiting import eventually

COUNTER: Final = """
[[device]]
kind = "sensor"
id = "hall"
family = "blueprint"
driver_host = "gates"
title = {{zh-CN = "大堂计数器", en = "Hall counter"}}
[device.options]
wire = "tcp://127.0.0.1:{port}"
[device.simulated]
pulses_per_s = {rate}
pulses_total = {total}
state_file = "{state}"
"""


class SmallCommunity:
    """A site with `devices`, as the site file writes them, and the whole way to the ledger."""

    def __init__(self, folder: Path, devices: str) -> None:
        self.folder = folder / "site"
        self.http_port = free_port()
        self._log = folder / "processes.log"
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._found(devices)

    def _found(self, devices: str) -> None:
        hemei = [sys.executable, "-m", "hemei"]
        found_site(self.folder, Plan(), SystemClock())
        site = self.folder / "site.toml"
        mqtt_port = free_port()
        text = site.read_text().replace("port = 1883", f"port = {mqtt_port}")
        text = text.replace("http_port = 8080", f"http_port = {self.http_port}")
        site.write_text(text + devices)
        renew_rules(self.folder)
        conf = self.folder / "mosquitto" / "mosquitto.conf"
        rules = conf.read_text().replace("listener 1883", f"listener {mqtt_port}")
        rules = rules.replace("listener 8883", f"listener {free_port()} 127.0.0.1")
        # Started by root, mosquitto would become a user who may not enter the test's folder.
        conf.write_text(rules.replace("user mosquitto", "user root"))
        mosquitto = require_program("mosquitto", "mosquitto")
        self._commands = {
            "broker": [mosquitto, "-c", str(conf)],
            "hub": [*hemei, "hub", "--config", str(site)],
            "simulators": [*hemei, "simulators", "--config", str(site)],
            "drivers": [*hemei, "drivers", "--config", str(site)],
        }

    async def __aenter__(self) -> Self:
        for name in self._commands:
            self.start(name)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in self._commands:
            await self.kill(name)
        if error is not None:
            print(self._log.read_text()[-20_000:])  # noqa: T201 - pytest shows it with the failure

    def start(self, name: str) -> None:
        with self._log.open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name], stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )

    async def kill(self, name: str) -> None:
        """Kill as `kill -9` does."""
        process = self._running[name]
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)

    async def kill_and_restart(self, *names: str) -> None:
        for name in names:
            await self.kill(name)
        for name in names:
            self.start(name)

    def ledger(self, query: str) -> list[tuple[object, ...]]:
        """Read the hub's ledger behind its back; empty while it does not exist yet."""
        file = self.folder / "data" / "hub" / "ledger.sqlite"
        if not file.exists():
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
            try:
                return connection.execute(query).fetchall()
            except sqlite3.OperationalError:
                return []


class CountedCommunity(SmallCommunity):
    """One call counter that reports `total` pulses at `rate` a second, and the whole way to the ledger."""

    def __init__(self, folder: Path, *, rate: int, total: int) -> None:
        state = folder / "counter.json"
        super().__init__(folder, COUNTER.format(port=free_port(), rate=rate, total=total, state=state))

    def committed(self) -> int:
        """Count the pulses in the ledger."""
        rows = self.ledger("SELECT count(*) FROM events WHERE type = 'hemei.sensor.pulse'")
        return int(str(rows[0][0])) if rows else 0

    async def until_committed(self, count: int, within_s: float) -> None:
        await eventually(lambda: self.committed() >= count, within_s)
