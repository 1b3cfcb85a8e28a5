"""Keeps book of a connector's charges: what the post tells of them is on disk, and reported once."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from contract.charging import ChargeEnded
from drivers.charger.charges.beginning import Terms, begun, found, order_begun, unheard
from drivers.charger.charges.charge import Charge, Kept, quarter
from drivers.charger.charges.memory import Memory
from drivers.charger.charges.metering import Nonsense, metered, settled
from drivers.charger.charges.reports import Reports
from drivers.charger.link import Began, Ended, Reading
from drivers.charger.options import ChargerOptions
from drivers.charger.words import EndReason
from drivers.runtime.interface import Port

KEEP_S: Final = 60.0
"""How often what was read is kept on disk, besides at what is reported."""

VAGUE: Final = frozenset({EndReason.STOPPED, EndReason.LOCAL, EndReason.OTHER})
"""What a post says whose charge was ended from afar; why, we know better."""


class Book:
    """Every method may raise StorageError: then nothing was kept, and the post must say it again."""

    def __init__(self, options: ChargerOptions, port: Port, reports: Reports) -> None:
        self.memory = Memory(port)
        self._port = port
        self._reports = reports
        self._rated = options.power
        self._terms = Terms.of(options)
        self._keep_at = float("-inf")

    @property
    def kept(self) -> Kept:
        """What is known."""
        return self.memory.kept

    def knows(self, transaction: str) -> bool:
        """Whether this is a charge of this connector, running or not long ended."""
        return self.kept.charge(transaction) is not None or self.kept.ended(transaction)

    async def began(self, began: Began) -> Charge | None:
        """Take that a charge began; return it if that is news."""
        known, now = self.kept.charge(began.transaction), self._port.clock.now()
        if self.kept.ended(began.transaction) and not self.kept.admits(began.order, now):
            return None  # else it has a name that was used before
        charge = known or begun(self.kept, began, now, self._terms)
        if known is not None and not known.order:
            charge = replace(known, order=order_begun(self.kept, began, now))
        await self._keep_new(charge)
        return None if known else charge

    async def adopt(self, reading: Reading, at: datetime) -> None:
        """Take a reading of a charge whose beginning was not heard, or has been forgotten."""
        await self._keep_new(found(reading, at, self._port.clock.now(), self._terms))

    async def read(self, transaction: str, reading: Reading, at: datetime) -> None:
        """Take a reading of a charge; what is due of it is reported."""
        charge = self.kept.charge(transaction)
        if charge is None:
            return
        try:
            read = metered(charge, reading, at, self._rated)
        except Nonsense as doubt:
            self._port.malformed(str(doubt))
            return
        due = quarter(read.read_at) > charge.quarter
        if due:
            await self._reports.read(read)
        now = self._port.clock.monotonic()
        if due or now >= self._keep_at:
            self._keep_at = now + KEEP_S
            await self.memory.change(lambda kept: kept.with_reading(read))
        else:
            await self.memory.note(lambda kept: kept.with_reading(read))

    async def ended(self, ended: Ended, at: datetime, *, under_load: bool) -> None:
        """Take that a charge ended."""
        charge = self.kept.charge(ended.transaction)
        if charge is None:
            charge = unheard(ended, at, self._terms)
            await self._reports.started(charge)
        told = self._told(charge, ended, at)
        if told.why == EndReason.UNPLUGGED and under_load:
            await self._reports.unplugged(charge, at)
        await self._reports.ended(charge, told, at)
        await self.memory.change(lambda kept: kept.without(charge))

    async def end(self, charge: Charge, why: EndReason) -> None:
        """Have a charge be ended as soon as possible."""
        await self.memory.insist(lambda kept: kept.with_ending(charge.transaction, why))

    async def _keep_new(self, charge: Charge) -> None:
        await self._reports.started(charge)
        await self.memory.change(lambda kept: kept.with_new(charge))

    def _told(self, charge: Charge, ended: Ended, at: datetime) -> ChargeEnded:
        settlement = settled(charge, ended, at, self._rated)
        if settlement.doubt:
            self._port.malformed(settlement.doubt)
        ours = charge.ending if ended.why in VAGUE else None
        lasted = max(0, round((at - charge.at).total_seconds()))
        return ChargeEnded(
            transaction=charge.transaction,
            order=charge.order,
            energy=settlement.energy,
            seconds=lasted if ended.seconds is None else ended.seconds,
            why=ours or ended.why,
            estimated=settlement.estimated,
        )
