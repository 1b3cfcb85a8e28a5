"""Ends what must end and sees that it has: a charge is over when the post shows none, not when it agrees."""

import logging
from typing import Final

from contract.errors import DeviceError
from drivers.charger.connector import Connector
from drivers.charger.words import CHARGES, EndReason

log = logging.getLogger(__name__)

STOPS_S: Final = 15.0
"""A charge that was told to end gives no more power by then."""

INSIST_S: Final = 30.0
"""How often it is told so again: ending is the safe direction."""

GONE_S: Final = 45.0
"""How long who asks for the end waits for it."""

UNKNOWN: Final = ("", "")
"""A charge that the post shows without saying which it is."""

Target = tuple[str, str]
"""Transaction and order of what is to end."""

NEVER: Final = float("-inf")


class Ender:
    """`problem` is what the post last answered when it was told to end a charge, if it did not say yes."""

    def __init__(self, connector: Connector) -> None:
        self.problem: DeviceError | None = None
        self._connector = connector
        self._unknown_too = False
        self._target: Target | None = None
        self._since = self._again_at = NEVER
        self._reported = False

    async def end(self, why: EndReason) -> None:
        """Have whatever runs be ended; `tend` does it, again and again until it is so."""
        self.problem = None
        charge = self._connector.under_way
        if charge is not None:
            await self._connector.end(charge, why)
        self._unknown_too = charge is None
        self._connector.news.ring()

    async def gone(self) -> None:
        """Return when the post shows no charge; DeviceError if it refuses or goes on."""
        news = self._connector.news
        await news.until(lambda: not self._runs or self.problem is not None, GONE_S)
        if not self._runs:
            return
        if self.problem is not None:
            raise DeviceError(str(self.problem), code=self.problem.code)
        raise DeviceError(f"the charge goes on {GONE_S:g} s after it was told to end", code="did-not-stop")

    async def tend(self) -> None:
        """Tell the post what is due, and see what came of it."""
        target, now = self._wanted(), self._connector.clock.monotonic()
        if target != self._target:
            self._target, self._since, self._again_at = target, now, NEVER
            self._reported = False
        if target is None:
            self._unknown_too = False
            return
        if now >= self._again_at:
            self._again_at = now + INSIST_S
            await self._tell(target)
        if self._connector.clock.monotonic() - self._since >= STOPS_S:
            await self._complain(target)

    @property
    def _runs(self) -> bool:
        return self._connector.under_way is not None or self._connector.seen.state in CHARGES

    def _wanted(self) -> Target | None:
        connector = self._connector
        charge = connector.under_way
        if charge is not None:
            return (charge.transaction, charge.order) if charge.ending else None
        return UNKNOWN if self._unknown_too and connector.seen.state in CHARGES else None

    async def _tell(self, target: Target) -> None:
        link, (transaction, order) = self._connector.seen.link, target
        if link is None:
            return
        try:
            await link.stop(transaction, order or None)
        except DeviceError as problem:
            self.problem = problem
            log.warning("%s: %s does not end: %s", self._connector.port.name, transaction, problem)
            self._connector.news.ring()

    async def _complain(self, target: Target) -> None:
        """Say once that power still flows; what nobody measures counts as flowing."""
        connector = self._connector
        if self._reported or self._wanted() != target or connector.seen.measured.flows is False:
            return
        self._reported = connector.stuck = True
        await connector.reports.did_not_stop(target[1])
