"""Watches one connector while its post is there: ends what must end, whoever asked for it."""

import contextlib
from typing import Final

from contract.errors import DeviceError
from drivers.charger.charges.charge import Charge
from drivers.charger.connector import Connector
from drivers.charger.safety.ending import Ender
from drivers.charger.safety.interlocks import must_end
from drivers.charger.safety.lasting import Lasting
from drivers.charger.safety.limits import SUSTAINED_S, Protection, used_up
from drivers.charger.words import CHARGES, EndReason
from drivers.runtime.database import StorageError
from drivers.runtime.waiting import within

PULLED_S: Final = 3.0
"""A post ends a charge by itself when the plug is pulled, at once."""

LOOSE_S: Final = 10.0
"""Readings on their way when a charge ended are in by then."""

OVERDUE_S: Final = 35 * 60.0
"""A post that shows no charge reports its end by then: DNY repeats a lost settlement after 30 minutes."""

MOST_OPEN: Final = 20
"""Charges whose end is awaited; of more, no post has ever told."""


class Watch:
    """Looks again and again; `ender` does what follows."""

    def __init__(self, connector: Connector) -> None:
        self.ender = Ender(connector)
        self._connector = connector
        self._protection = Protection(connector.options)
        self._asked_for_more = False
        self._pulled, self._loose = Lasting(), Lasting()
        self._overdue: dict[str, Lasting] = {}

    async def look(self) -> None:
        """Look once. A full disk hinders nothing but the report, which is made up for at a later look."""
        connector, now = self._connector, self._connector.clock.monotonic()
        found = self._protection.troubles(connector.seen.measured, now)
        with contextlib.suppress(StorageError):  # counted and logged by the port
            await connector.dangers.measured(found)
            await connector.dangers.catch_up()
        await self._read_if_in_doubt()
        await self._end_what_must(now)
        await self.ender.tend()
        await self._look_for_stray_power(now)
        with contextlib.suppress(StorageError):
            await self._give_up_the_overdue(now)

    async def _read_if_in_doubt(self) -> None:
        """Ask for a reading before a charge is ended for one number."""
        asked, self._asked_for_more = self._asked_for_more, self._protection.doubtful
        link = self._connector.seen.link
        if self._protection.doubtful and not asked and link is not None:
            with contextlib.suppress(DeviceError, TimeoutError):  # then the one that there is counts
                await within(self._connector.clock, SUSTAINED_S, link.refresh())

    async def _end_what_must(self, now: float) -> None:
        connector = self._connector
        charge = connector.under_way
        why = must_end(connector.situation())
        if charge is not None and charge.ending is None:
            why = why or self._has_had_enough(charge, now)
            if why is not None:
                await connector.end(charge, why)
        elif charge is None and why is not None and connector.seen.state in CHARGES:
            await self.ender.end(why)

    def _has_had_enough(self, charge: Charge, now: float) -> EndReason | None:
        pulled = self._connector.seen.plugged is False
        if self._pulled.so_for(pulled, PULLED_S, now):
            return EndReason.UNPLUGGED
        return used_up(charge, self._connector.clock.now())

    async def _look_for_stray_power(self, now: float) -> None:
        """Power that flows without a charge comes through a switch that is stuck."""
        connector = self._connector
        idle = connector.under_way is None and connector.seen.state not in CHARGES
        flows = connector.seen.measured.flows is True
        if self._loose.so_for(idle and flows, LOOSE_S, now) and not connector.stuck:
            connector.stuck = True
            await connector.reports.did_not_stop("")
        elif idle and not flows:
            connector.stuck = False

    async def _give_up_the_overdue(self, now: float) -> None:
        connector = self._connector
        kept, under_way = connector.kept, connector.under_way
        self._overdue = {
            each.transaction: self._overdue.get(each.transaction, Lasting()) for each in kept.open
        }
        for each in kept.open:
            silent = each is not under_way
            if self._overdue[each.transaction].so_for(silent, OVERDUE_S, now):
                await connector.presume_ended(each)
        if len(kept.open) > MOST_OPEN:
            await connector.presume_ended(kept.open[0])
