"""The demo's processes: how each is started and how it is asked whether it does its work."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from contract.mqtt import Broker
from hemei.control_socket import control_socket
from hemei.demo.options import Options
from hemei.mosquitto import MONITOR, Layout
from hemei.readiness import broker_accepts, http_answers
from hemei.site import Site
from hemei.supervisor import ProcessSpec

HOST: Final = "127.0.0.1"


class Parts:
    """The processes of one demo. `mosquitto` None: the pure-Python broker stands in."""

    def __init__(self, site: Site, layout: Layout, passwords: dict[str, str], mosquitto: str | None) -> None:
        self.site = site
        self._layout = layout
        self._mosquitto = mosquitto
        mqtt = site.tables.mqtt
        self.account = Broker(
            host=mqtt.host,
            port=mqtt.port,
            protocol=mqtt.protocol,
            username=MONITOR,
            password=passwords[MONITOR],
        )
        self.http_port = site.tables.hub.http_port
        self.url = f"http://{HOST}:{self.http_port}"

    @property
    def telephone(self) -> str | None:
        """Where messages to grid officers are shown; None: there are no officers."""
        table = self.site.tables.simulators.telephone
        return None if table is None else f"http://{HOST}:{table.port}/"

    @property
    def logs(self) -> Path:
        """Where each process's output is kept."""
        return self._layout.folder / "logs"

    def broker(self) -> ProcessSpec:
        """Return the broker; it is ready when it lets the demo's own account in."""
        command = [sys.executable, "-m", "hemei.demo.broker", str(self._layout.port)]
        command += [str(self._layout.passwords), str(self._layout.acl)]
        if self._mosquitto is not None:
            command = [self._mosquitto, "-c", str(self._layout.conf)]
        return self._spec("broker", *command, ready=self._broker_ready)

    def hub(self) -> ProcessSpec:
        """Return the hub; it is ready when it says so itself."""
        return self._hemei("hub", "hub", ready=self._hub_ready)

    def drivers(self) -> list[ProcessSpec]:
        """Return the driver hosts."""
        hosts = [host.id for host in self.site.tables.driver_host]
        return [self._hemei(f"drivers-{host}", "drivers", "--host", host) for host in hosts]

    def simulators(self, options: Options) -> ProcessSpec:
        """Return the pretend hardware; it is ready when its control socket answers."""
        arguments = ["--scenario", options.scenario, "--speed", str(options.speed)]
        arguments += ["--from", options.starts] if options.starts else []
        arguments += [word for fault in options.faults for word in ("--fault", fault)]
        return self._hemei("simulators", "simulators", *arguments, ready=self._simulators_ready)

    def residents(self, options: Options) -> ProcessSpec:
        """Return those who charge their vehicles."""
        command = [sys.executable, "-m", "hemei.demo.residents", str(self.site.file), str(options.speed)]
        return self._spec("residents", *command)

    async def _broker_ready(self) -> bool:
        return await broker_accepts(self.account)

    async def _hub_ready(self) -> bool:
        return await http_answers(HOST, self.http_port, "/readyz") is not None

    async def _simulators_ready(self) -> bool:
        from simulators.control import ask  # noqa: PLC0415 - loaded while the processes start

        try:
            answer = await ask(control_socket(self.site), {"list": True})
        except OSError:
            return False
        return bool(answer["ok"])

    def _hemei(
        self, name: str, *arguments: str, ready: Callable[[], Awaitable[bool]] | None = None
    ) -> ProcessSpec:
        config = ("--config", str(self.site.file))
        return self._spec(name, sys.executable, "-m", "hemei", *arguments, *config, ready=ready)

    def _spec(
        self, name: str, *command: str, ready: Callable[[], Awaitable[bool]] | None = None
    ) -> ProcessSpec:
        return ProcessSpec(
            name=name,
            command=command,
            log_file=self.logs / f"{name}.log",
            environment={"PYTHONUNBUFFERED": "1"},
            ready=ready,
        )
