"""What is reported of a connector: each happening of a charge under an id made of the post's own transaction.

The same id again is not a second event, however often the post says it. Posts use their names for charges
again one day, so the order, or else the time it began, is in it too.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, METER_READ, ChargeEnded, ChargeStarted, MeterRead
from contract.clock import epoch_ms
from drivers.charger import words
from drivers.charger.charges.charge import Charge
from drivers.charger.words import Fault
from drivers.runtime.database import StorageError
from drivers.runtime.interface import NO_DATA, Port


class Reports:
    """The events of one connector."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._soon: set[asyncio.Task[None]] = set()

    async def started(self, charge: Charge) -> None:
        """Report that a charge began."""
        said = ChargeStarted(transaction=charge.transaction, order=charge.order, meter=charge.meter)
        await self._emit(CHARGE_STARTED, said, f"{_name(charge)}-started", charge.at)

    async def read(self, charge: Charge) -> None:
        """Report what a charge has taken up to now."""
        said = MeterRead(transaction=charge.transaction, order=charge.order, energy=charge.energy)
        await self._emit(METER_READ, said, f"{_name(charge)}-{epoch_ms(charge.read_at)}", charge.read_at)

    async def ended(self, charge: Charge, said: ChargeEnded, at: datetime) -> None:
        """Report that a charge ended."""
        await self._emit(CHARGE_ENDED, said, f"{_name(charge)}-ended", at)

    async def unplugged(self, charge: Charge, at: datetime) -> None:
        """Report that the plug was pulled under load."""
        data = {"order": charge.order}
        await self._port.emit(words.UNPLUGGED, data, id=f"{_name(charge)}-unplugged", time=at)

    async def did_not_stop(self, order: str) -> None:
        """Report that a charge goes on though it was told to end; a full disk must not stop the stopping."""
        with contextlib.suppress(StorageError):
            await self._port.emit(words.DID_NOT_STOP, {"order": order})

    def fault(self, before: Fault | None, now: Fault) -> None:
        """Report that a fault came or went, unless nothing was known before."""
        if before is None or before is now:
            return
        if before is not Fault.NONE:
            self.soon(words.FAULT_CLEARED, {"fault": before.value})
        if now is not Fault.NONE:
            self.soon(words.FAULTED, {"fault": now.value})

    def soon(self, type: str, data: Mapping[str, Any] = NO_DATA) -> None:
        """Report from where nobody can wait; of what is shown again and again, the event may be lost."""
        task = asyncio.create_task(self._try(type, data))
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def _try(self, type: str, data: Mapping[str, Any]) -> None:
        with contextlib.suppress(StorageError):  # counted and logged by the port
            await self._port.emit(type, data)

    async def _emit(self, type: str, said: msgspec.Struct, ident: str, at: datetime) -> None:
        await self._port.emit(type, msgspec.to_builtins(said), id=ident, time=at)


def _name(charge: Charge) -> str:
    return f"{charge.transaction}-{charge.order or epoch_ms(charge.at)}"
