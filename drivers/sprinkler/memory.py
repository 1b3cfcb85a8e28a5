"""What a driver that starts anew must know of its zone: the watering under way, locks, mode, litres.

An event is put down, with its id and what it says, before it goes to the outbox: whoever dies in between
says it at the next start, and the outbox knows the id.
"""

import contextlib
from typing import Final, NamedTuple
from uuid import uuid4

import msgspec

from contract.clock import from_epoch_ms
from contract.messages import Scalar
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Happening, Port
from drivers.sprinkler.run import Run
from drivers.sprinkler.words import (
    DRY_PIPE,
    LEAK_DETECTED,
    LEAK_ENDED,
    WATERING_ENDED,
    WATERING_STARTED,
    Mode,
)
from drivers.sprinkler.zone import Zone

SAYING: Final = "saying"


class Begun(NamedTuple):
    """An event on its way to the outbox."""

    ident: str
    happening: Happening


class Memory:
    """The facts kept of `zone`; made once, it gives the zone what an earlier life of the driver has kept."""

    def __init__(self, port: Port, zone: Zone) -> None:
        self._port = port
        self._zone = zone
        self._run: tuple[float, bool] | None = None
        self.unsaid = _begun(port.recall(SAYING))
        """What an earlier life may not have come to say."""
        self._recall()

    async def keep(self) -> None:
        """Keep watering and locks; asked before the valve moves."""
        port, run = self._port, self._zone.run
        keep = (run.began, run.opened) if run is not None and run.ending is None else None
        if keep != self._run:
            fact = run.kept(port.clock.monotonic(), port.clock.now()) if run is not None and keep else None
            await self._remember("run", fact)
            self._run = keep
        await self._keep_locks()

    async def begin(self, happening: Happening) -> Begun:
        """Put down what is about to be reported."""
        begun = Begun(str(uuid4()), happening)
        await self._remember(SAYING, msgspec.json.encode(begun, enc_hook=dict).decode())
        await self.keep()
        return begun

    async def said(self) -> None:
        """Take notice that it is in the outbox."""
        self.unsaid = None
        await self._remember(SAYING, None)

    async def keep_litres(self) -> None:
        """Keep what has run through so far."""
        await self._remember("water-total", round(self._zone.total_litres, 1))

    async def _keep_locks(self) -> None:
        await self._remember("leak", self._zone.watch.leak or None)
        await self._remember("dry", self._zone.watch.dry or None)

    async def _remember(self, key: str, value: Scalar) -> None:
        if self._port.recall(key) == value:
            return
        with contextlib.suppress(StorageError):  # then a driver that starts anew closes the valve
            await self._port.remember(key, value)

    def _recall(self) -> None:
        zone, recall, clock = self._zone, self._port.recall, self._port.clock
        mode, until, total = recall("mode"), recall("held-off-until"), recall("water-total")
        zone.watch.leak, zone.watch.dry = recall("leak") is True, recall("dry") is True
        if self.unsaid is not None:
            kind = self.unsaid.happening.type
            zone.watch.leak = kind == LEAK_DETECTED or (zone.watch.leak and kind != LEAK_ENDED)
            zone.watch.dry = zone.watch.dry or kind == DRY_PIPE
        if isinstance(mode, str) and mode in set(Mode):
            zone.mode = Mode(mode)
        if isinstance(until, int):
            zone.held_off_until = from_epoch_ms(until)
        zone.total_litres = float(total) if isinstance(total, int | float) else 0.0
        zone.run = Run.recalled(recall("run"), clock.monotonic(), clock.now(), longest_s=zone.longest_s)
        if zone.run is not None and self.unsaid is not None:
            zone.run.opened = zone.run.opened or self.unsaid.happening.type == WATERING_STARTED
            zone.run = None if self.unsaid.happening.type == WATERING_ENDED else zone.run


def _begun(kept: Scalar) -> Begun | None:
    if not isinstance(kept, str):
        return None
    try:
        return msgspec.json.decode(kept, type=Begun)
    except msgspec.MsgspecError:
        return None
