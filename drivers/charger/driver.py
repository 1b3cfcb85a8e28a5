"""Drives one connector of a charging post: shows it, begins and ends charges, keeps it safe."""

import contextlib
import importlib
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from contract.charging import CUT_POWER, START, STOP
from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.first_to_end import first_to_end
from drivers.charger import starting, words
from drivers.charger.charges.beginning import Terms
from drivers.charger.connector import Connector
from drivers.charger.link import Link
from drivers.charger.model import CHARGER
from drivers.charger.options import ChargerOptions
from drivers.charger.safety.interlocks import lock
from drivers.charger.safety.watch import Watch
from drivers.charger.seen import NEVER
from drivers.charger.shown import measurements, properties
from drivers.charger.supply.share import Share
from drivers.charger.words import EndReason
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Driver, Port

PROTOCOLS: Final = {"ocpp": "ocpp", "ocpps": "ocpp", "dny": "dny", "ykc": "ykc"}
"""The folder of each wire's protocol; loaded only where one is spoken."""

FIRST_WAIT_S: Final = 10.0
"""A post that has not connected by then is told to be missing."""

STATUS_S: Final = 5.0
"""How long a post that has connected may take to say how the connector is; then that is unknown."""

LOOK_S: Final = 1.0
MEASURE_S: Final = 10.0
WAIT_S: Final = 60.0


class ChargerDriver(Driver[ChargerOptions]):
    """A plug or socket of a post that connects to us."""

    kind: ClassVar[str] = "charger"
    model = CHARGER
    options_type: ClassVar[type[ChargerOptions]] = ChargerOptions
    urgent: ClassVar[Mapping[str, int]] = {STOP: 1, CUT_POWER: 2}
    always: ClassVar[frozenset[str]] = frozenset({CUT_POWER})

    def __init__(self, options: ChargerOptions) -> None:
        super().__init__(options)
        self._connector: Connector | None = None
        self._missed = False
        self._measured_at = self._measure_at = NEVER

    async def run(self, port: Port) -> None:
        """Serve the connector as long as its post is connected; DeviceUnreachable when it is not."""
        connector = self._known(port)
        self._share.join()
        await self._register(port, connector)
        await self._meet(connector)
        self._watch = Watch(connector)
        port.ready()
        await self._introduce(port, connector)
        await first_to_end(self._show(port, connector), self._guard(connector))

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse what an interlock forbids."""
        connector = self._connector
        if connector is None:
            raise Refused("the driver has not begun", code="device-unreachable")
        if action == START:
            starting.check(connector, input["order"], room=self._share.room)
        if action == STOP:
            starting.require_own(connector, input["order"])
        if action == "unlock" and connector.under_way is not None:
            raise Refused("a charge is under way", code="busy")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when the post shows it."""
        self.check(action, input)
        connector = self._known(port)
        match action:
            case "start":
                terms = Terms.of(self.options, input["seconds"], input["energy"])
                await starting.begin(connector, input["order"], terms, self._share.admit)
            case "stop":
                await self._watch.ender.end(EndReason.STOPPED)
                await self._watch.ender.gone()
            case "cut-power":
                await self._cut_power(port, connector, active=input["active"])
            case "set-available":
                await self._set_available(port, connector, available=input["available"])
            case "unlock":
                await self._link(connector).unlock()
            case "reset":
                await self._link(connector).reset()
            case _:
                await self._link(connector).refresh()

    def _known(self, port: Port) -> Connector:
        if self._connector is None:
            self._connector = Connector(self.options, port)
            self._share = Share(self._connector)
            self._watch = Watch(self._connector)
        return self._connector

    async def _register(self, port: Port, connector: Connector) -> None:
        wire = self.options.parsed_wire()
        protocol = importlib.import_module(f"drivers.charger.{PROTOCOLS[wire.scheme]}.posts")
        await protocol.register(port, self.options, wire, connector)

    async def _meet(self, connector: Connector) -> None:
        """Wait for the post, not for long where nobody was told that it is missing, and for its status."""
        while connector.seen.link is None:
            waited = await connector.news.until(
                lambda: connector.seen.link is not None, WAIT_S if self._missed else FIRST_WAIT_S
            )
            if not waited and not self._missed:
                self._missed = True
                raise DeviceUnreachable(connector.seen.gone)
        self._missed = True
        seen = connector.seen
        await connector.news.until(lambda: seen.state is not None or seen.link is None, STATUS_S)

    async def _introduce(self, port: Port, connector: Connector) -> None:
        """Report a post that is another one than it was, such as after an update of its firmware."""
        product, known = connector.seen.product or "", str(port.recall("product") or "")
        if known.startswith(product):
            return
        with contextlib.suppress(StorageError):  # then it is reported the next time
            if known and not product.startswith(known):
                await port.emit(words.POST_STARTED, {"product": product})
            await port.remember("product", product)

    async def _show(self, port: Port, connector: Connector) -> None:
        while connector.seen.link is not None:
            seen, charge = connector.seen, connector.kept.current
            seen.age(connector.clock.monotonic(), self.options.fresh_s)
            lockout = lock(connector.situation(room=self._share.room))
            port.update(
                properties(self.options, seen, charge, lockout, connector.clock.now(), stuck=connector.stuck)
            )
            self._measure(port, connector)
            await connector.news.rung(LOOK_S)
        raise DeviceUnreachable(connector.seen.gone)

    def _measure(self, port: Port, connector: Connector) -> None:
        at, now = connector.seen.measured.at, connector.clock.monotonic()
        if at <= self._measured_at or now < self._measure_at:
            return
        self._measured_at, self._measure_at = at, now + MEASURE_S
        port.measure(measurements(connector.seen, connector.kept.current))

    async def _guard(self, connector: Connector) -> None:
        while connector.seen.link is not None:
            await self._watch.look()
            await self._share.tend()
            await connector.news.rung(LOOK_S)
        raise DeviceUnreachable(connector.seen.gone)

    async def _cut_power(self, port: Port, connector: Connector, *, active: bool) -> None:
        """Forbid charges until further notice; the flag outlives this process, and acts before it is kept.

        DeviceUnreachable if the post is away: it is cut as soon as it is back, but nobody has seen it yet.
        """
        changed, connector.cut = active != connector.cut, active
        connector.news.ring()
        try:
            await port.remember("power-cut", active or None)
            if changed:
                await port.emit(words.POWER_CUT if active else words.POWER_RESTORED)
        finally:
            if active:
                await self._watch.ender.end(EndReason.POWER_CUT)
                if connector.seen.link is None:
                    raise DeviceUnreachable(f"{connector.seen.gone}; it is cut off as soon as it is back")
                await self._watch.ender.gone()

    async def _set_available(self, port: Port, connector: Connector, *, available: bool) -> None:
        """Take it out of service or back; a post whose protocol knows no such thing need not be told."""
        connector.out_of_service = not available
        connector.news.ring()
        await port.remember("out-of-service", not available or None)
        try:
            await self._link(connector).set_available(available=available)
        except DeviceError as failed:
            if failed.code != "not-supported":
                raise

    def _link(self, connector: Connector) -> Link:
        if connector.seen.link is None:
            raise DeviceUnreachable(connector.seen.gone)
        return connector.seen.link
