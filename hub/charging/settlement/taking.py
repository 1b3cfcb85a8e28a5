"""Takes events until there are none left; one that cannot be taken does not keep all others back for ever."""

import logging

from hub.charging.settlement.intake import Intake
from hub.ledger.transactions import Transactions
from hub.ledger.tries import Tries

logger = logging.getLogger(__name__)


class Taking:
    """Runs the intake. `skipped`: events that were left out, by our fault, since the start."""

    def __init__(self, ledger: Transactions, intake: Intake) -> None:
        self._ledger = ledger
        self._intake = intake
        self._tries = Tries()
        self.skipped = 0

    async def take_all(self) -> None:
        """Bill what the ledger has; whatever is raised, nothing is lost: call it again later."""
        while await self._take():
            self._tries.go_on()

    async def _take(self) -> bool:
        try:
            return await self._ledger.write(self._intake.next)
        except Exception as wrong:
            self._tries.fail(wrong)
            logger.exception("an event of a charge cannot be taken")
            why = f"{type(wrong).__name__}: {wrong}"[:500]
            await self._ledger.write(lambda connection: self._intake.skip(connection, why))
            self.skipped += 1
            return True
