"""Runs all pretend hardware of a site in one process, under one tick."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from simulators.clock import Clock, RealClock
from simulators.control import ControlSocket
from simulators.errors import BadOptions, UnknownName
from simulators.families import PretendDevice, Truth, create, kind_of
from simulators.ports import Ports
from simulators.scenarios import Player, load_scenario
from simulators.telephone import device as telephone
from simulators.telephone.device import PretendTelephone, TelephoneSettings
from simulators.viid.device import NAME, LibrarySettings, PretendLibrary

log = logging.getLogger(__name__)

STEP_S = 0.1  # the longest step that the physics take at once
TEND_EVERY_S = 1.0
CATCH_UP_S = 5.0  # a machine that slept longer than this skips the rest


class SimulatedDevice(Struct, frozen=True, kw_only=True):
    """One device of the site: `options` are those of its family's `Options`, the wire address among them."""

    kind: str
    id: str
    family: str
    options: dict[str, Any]

    @property
    def name(self) -> str:
        """`kind/id`, as faults, stories and the control socket name it."""
        return f"{self.kind}/{self.id}"


class SimulatorSettings(Struct, frozen=True, kw_only=True):
    """All pretend hardware of one process; `speed` 10 makes ten seconds of physics of one.

    Beside the devices: `library`, a view library of the police; `telephone`, where the hub's letters arrive.
    """

    devices: list[SimulatedDevice] = field(default_factory=list)
    library: LibrarySettings | None = None
    telephone: TelephoneSettings | None = None
    control_socket: Path | None = None
    ticks_per_s: Annotated[float, Meta(gt=0)] = 20.0
    speed: Annotated[float, Meta(gt=0)] = 1.0


class Host:
    """The devices of a site, stepped together. Who holds it decides when time passes: `step`."""

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: Clock,
        scenario: str | None = None,
        starts: str | None = None,
    ) -> None:
        story = load_scenario(scenario, starts=starts)
        self._devices: dict[str, PretendDevice] = {}
        self._wires: dict[str, str] = {}
        self._ports = Ports()
        self._elapsed_s = 0.0
        for device in settings.devices:
            if device.name in self._devices:
                raise BadOptions(f"two devices are called {device.name}")
            options = {**device.options, **story.options.get(device.family, {})}
            self._devices[device.name] = create(device.family, device.id, options, clock)
            if device.kind != kind_of(device.family):
                raise BadOptions(f"{device.name}: family {device.family} is a {kind_of(device.family)}")
        if settings.library is not None:
            self._devices[NAME] = PretendLibrary(settings.library)
        if settings.telephone is not None:
            self._devices[telephone.NAME] = PretendTelephone(settings.telephone)
        self._player = Player(story, list(self._devices))
        for name, beat in self._player.all():
            _check("fault", beat.fault, self._devices[name].faults)
            _check("happening", beat.happening, self._devices[name].happenings)

    async def start(self) -> dict[str, str]:
        """Open every wire; returns the addresses by device."""
        for name, device in self._devices.items():
            self._wires[name] = await device.serve(self._ports)
        return dict(self._wires)

    async def close(self) -> None:
        """Close every wire."""
        for device in self._devices.values():
            await device.close()
        await self._ports.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass for every device, in steps short enough for the physics."""
        while dt_s > 0:
            part_s = min(dt_s, STEP_S)
            dt_s -= part_s
            self._elapsed_s += part_s
            for name, beat in self._player.due(self._elapsed_s):
                if beat.fault is not None:
                    self.fault(name, beat.fault)
                if beat.happening is not None:
                    self.happen(name, beat.happening)
            for device in self._devices.values():
                device.step(part_s)

    async def tend(self) -> None:
        """Look after the wires: open again what went away."""
        await self._ports.tend()

    def fault(self, device: str, name: str) -> None:
        """Break `device` in the way called `name`; UnknownName lists what there is."""
        self._find(device).fault(name)
        log.info("%s: fault %s", device, name)

    def happen(self, device: str, name: str) -> None:
        """Let what is called `name` happen at `device`; UnknownName lists what there is."""
        self._find(device).happen(name)
        log.info("%s: %s", device, name)

    def inspect(self, device: str) -> Truth:
        """Tell the physical truth of `device`."""
        return self._find(device).inspect()

    def describe(self) -> dict[str, Any]:
        """Tell every device's wire address, faults and happenings."""
        return {
            name: {
                "wire": self._wires.get(name),
                "faults": sorted(device.faults),
                "happenings": sorted(device.happenings),
            }
            for name, device in self._devices.items()
        }

    def _find(self, device: str) -> PretendDevice:
        """Find by `kind/id`, by `site/kind/id`, or by the id alone where only one device has it."""
        if device in self._devices:
            return self._devices[device]
        named = [name for name in self._devices if name.endswith(f"/{device}") or device.endswith(f"/{name}")]
        if len(named) != 1:
            raise UnknownName("device", device, self._devices)
        return self._devices[named[0]]


def _check(what: str, name: str | None, allowed: Iterable[str]) -> None:
    if name is not None and name not in allowed:
        raise UnknownName(what, name, allowed)


async def run(
    settings: SimulatorSettings,
    *,
    stop: asyncio.Event,
    ready: Callable[[dict[str, str]], None],
    faults: Mapping[str, str] | None = None,
    scenario: str | None = None,
    starts: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Run until `stop` is set; `ready` gets every device's wire address once all answer.

    `faults` breaks devices from the start: {"gate/east-in": "jam"} (or only the id, where it is unique).
    `starts` (HH:MM) is the time of day in the story at which it begins, if not where the story says.
    """
    clock = clock or RealClock(settings.speed)
    host = Host(settings, clock=clock, scenario=scenario, starts=starts)
    for device, name in (faults or {}).items():
        host.fault(device, name)
    control = ControlSocket(settings.control_socket, host) if settings.control_socket else None
    try:
        wires = await host.start()
        if control:
            await control.start()
        ready(wires)
        await _tick(host, clock, 1 / settings.ticks_per_s, stop)
    finally:
        if control:
            await control.close()
        await host.close()


async def _tick(host: Host, clock: Clock, period_s: float, stop: asyncio.Event) -> None:
    before_s = tended_s = clock.now_s()
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), period_s)
        now_s = clock.now_s()
        host.step(min(now_s - before_s, CATCH_UP_S))
        before_s = now_s
        if now_s - tended_s >= TEND_EVERY_S:
            await host.tend()
            tended_s = now_s
