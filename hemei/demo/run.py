"""One run of the sample community: bring it up, keep it up, take it down."""

import asyncio
import contextlib
import http.client
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from contract.charging import CHARGER_KIND
from contract.clock import SystemClock, rfc3339
from contract.passes import DOOR_KIND, GATE_KIND
from hemei import language
from hemei.broker_files import write_broker_files
from hemei.demo import community
from hemei.demo.desk import Desk
from hemei.demo.folder_lock import folder_lock
from hemei.demo.options import Options
from hemei.demo.parts import HOST, Parts
from hemei.demo.planner import hang_up
from hemei.demo.ports import Ports
from hemei.demo.ready_file import write_ready_file
from hemei.demo.terminal import Terminal
from hemei.demo.wiring import write_site
from hemei.mosquitto import MONITOR, Layout
from hemei.readiness import http_answers
from hemei.supervisor import Change, Supervisor

DEVICES_WITHIN_S: Final = 20.0
LOOK_EVERY_S: Final = 0.1
REGISTERED: Final = (GATE_KIND, DOOR_KIND)


class Demo:
    """One run in one folder."""

    def __init__(self, options: Options, terminal: Terminal) -> None:
        options.check()
        self._options = options
        self._terminal = terminal
        self._clock = SystemClock()
        self._started_s = self._clock.monotonic()
        self._started_at = rfc3339(self._clock.now())
        self._tokens: dict[str, str] = {}
        self._up = False

    async def run(self) -> None:
        """Bring everything up and keep it up until Ctrl-C, SIGTERM or the terminal goes away."""
        folder = self._options.data_dir.absolute()
        with folder_lock(folder), Ports() as ports:
            self._parts = self._prepare(ports)
            supervisor = Supervisor(
                self._clock, status_file=folder / "processes.json", on_change=self._on_change
            )
            async with supervisor as self._supervisor:
                stop = _stop_event(hurry=supervisor.kill)
                try:
                    await _unless(stop, self._bring_up())
                    await stop.wait()
                finally:
                    self._up = False
                    if self._options.ready_file is not None:
                        self._options.ready_file.unlink(missing_ok=True)
                    self._terminal.note(language.STOPPING())
        self._terminal.note(language.STOPPED())

    def _prepare(self, ports: Ports) -> Parts:
        """Write the files that the processes read."""
        program = self._options.mosquitto()
        if program is None:
            self._terminal.note(language.ON_AMQTT())
        site = write_site(self._options, ports, "5" if program else "3.1.1", self._terminal.note)
        folder = site.file.parent
        port = site.tables.mqtt.port
        layout = Layout(folder=folder, store=folder / "data" / "mosquitto", port=port, tls_port=None)
        passwords = write_broker_files(site, layout, demo=True)
        return Parts(site, layout, passwords, program)

    async def _bring_up(self) -> None:
        options, supervisor = self._options, self._supervisor
        with self._terminal.progress(language.STARTING(name="broker")) as tell:
            supervisor.start(self._parts.broker())
            await supervisor.ready("broker")
            tell(language.STARTING(name="hub, simulators, drivers"))
            supervisor.start(self._parts.hub())
            supervisor.start(self._parts.simulators(options))
            links, _ = await asyncio.gather(self._sign_everybody_in(), self._start_drivers())
            await asyncio.gather(self._hear_of_devices(), self._register_everybody())
            await self._hang_up_plans()
            pages = await self._let_residents_charge()
        self._show(links, pages)
        self._up = True
        self._write_ready_file()

    async def _start_drivers(self) -> None:
        await self._supervisor.ready("simulators")  # else every device would first be reported as lost
        for drivers in self._parts.drivers():
            self._supervisor.start(drivers)

    async def _sign_everybody_in(self) -> dict[str, str]:
        """Make the machine tokens, kept from start to start, and a new one-time link per role."""
        # The ledger's libraries take a while to load; the hub, which loads them too, starts meanwhile.
        tokens_and_links = await asyncio.to_thread(_load_access)
        await self._supervisor.ready("hub")
        site = self._parts.site
        self._tokens, links = await tokens_and_links(site, site.file.parent / "secrets" / "tokens.json")
        return dict(links)

    async def _let_residents_charge(self) -> tuple[str, str] | None:
        """Give residents and visitor what they need to charge; return what the visitor opens."""
        site = self._parts.site
        if not any(device.kind == CHARGER_KIND for device in site.tables.device):
            return None
        from hemei.demo.wallets import VISITORS_CONNECTOR, wallets  # noqa: PLC0415 - loads the ledger

        kept = await asyncio.to_thread(wallets, site, site.file.parent / "secrets" / "residents.json")
        self._supervisor.start(self._parts.residents(self._options))
        pages = f"{self._parts.url}/c"
        return f"{pages}/{kept.codes[VISITORS_CONNECTOR]}", f"{pages}/account/{kept.visitor}"

    async def _register_everybody(self) -> None:
        """Write who lives here into the register, where gates or doors ask for it."""
        site = self._parts.site
        if not any(device.kind in REGISTERED for device in site.tables.device):
            return
        from hemei.demo.office import CONSENTS, Office  # noqa: PLC0415 - while the processes start

        office = Office(HOST, self._parts.http_port, self._tokens["supervisor"])
        try:
            await office.settle(site.file.parent / CONSENTS)
        except (OSError, ValueError, http.client.HTTPException) as wrong:
            self._terminal.note(language.NOBODY_REGISTERED(reason=wrong))

    async def _hang_up_plans(self) -> None:
        """Give the hub the plans beside that of the site."""
        floors = community.floors(community.devices(self._options.choice))
        if not floors:
            return
        desk = Desk(HOST, self._parts.http_port, self._tokens["supervisor"])
        try:
            await hang_up(desk, floors)
        except (OSError, ValueError, http.client.HTTPException) as wrong:
            self._terminal.note(language.NO_PLANS(reason=wrong))

    async def _hear_of_devices(self) -> None:
        """Wait until the hub has heard of every device since this start; a broken one may stay dumb."""
        site = self._parts.site
        missing = {str(site.address(device)) for device in site.tables.device}
        deadline = self._clock.monotonic() + DEVICES_WITHIN_S
        while missing and self._clock.monotonic() < deadline:
            await asyncio.sleep(LOOK_EVERY_S)
            missing -= await self._heard_of()
        if missing:
            self._terminal.note(language.DEVICES_MISSING(devices=", ".join(sorted(missing))))

    async def _heard_of(self) -> set[str]:
        body = await http_answers(HOST, self._parts.http_port, "/api/v1/devices", self._tokens["wall"])
        devices = msgspec.json.decode(body)["devices"] if body else []
        return {
            f"{each['site']}/{each['kind']}/{each['device']}"
            for each in devices
            if _news(each["availability"], self._started_at)
        }

    def _on_change(self, change: Change) -> None:
        status = change.status
        if self._up:
            self._write_ready_file()
        if status.state == "restarting" and change.pause_s is not None:
            told = language.RESTARTED(
                name=status.name, reason=status.last_exit, pause=change.pause_s, restarts=status.restarts
            )
            self._terminal.note(told)
        elif status.state == "running" and status.restarts:
            self._terminal.note(language.RUNNING_AGAIN(name=status.name, pid=status.pid))

    def _write_ready_file(self) -> None:
        if self._options.ready_file is not None:
            statuses = self._supervisor.statuses()
            with contextlib.suppress(OSError):  # a full disk must not end what watches over the processes
                write_ready_file(self._options.ready_file, self._parts, self._tokens, statuses)

    def _show(self, links: dict[str, str], charging: tuple[str, str] | None) -> None:
        from hemei.people import sign_in_url  # noqa: PLC0415 - loaded while the processes started

        parts, account = self._parts, self._parts.account
        self._terminal.note(language.READY(seconds=self._clock.monotonic() - self._started_s))
        urls = {role: sign_in_url(parts.url, link) for role, link in links.items()}
        self._terminal.addresses(parts.url, urls)
        if charging is not None:
            self._terminal.charging(*charging)
        if parts.telephone is not None:
            self._terminal.telephone(parts.telephone)
        self._terminal.note(f"MQTT  {account.host}:{account.port}  {MONITOR} / {account.password}")
        self._terminal.note(language.LOGS_IN(folder=parts.logs))
        self._terminal.note(language.HOW_TO_STOP())


def _news(availability: dict[str, str | None] | None, since: str) -> bool:
    """Whether a device's availability is one that its driver has told since then."""
    if availability is None or availability["ts"] is None:
        return False
    return availability["ts"] >= since and availability["status"] != "init"


def _load_access() -> Any:
    from hemei.demo.access import tokens_and_links  # noqa: PLC0415 - see the caller

    return tokens_and_links


def _stop_event(hurry: Callable[[], None]) -> asyncio.Event:
    """Return an event that Ctrl-C, SIGTERM and a terminal that goes away set; the second time, `hurry`."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            hurry()
        stop.set()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(each, on_signal)
    return stop


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do `work`, or give it up when `stop` is set first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
