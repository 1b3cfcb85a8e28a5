"""Takes events until there are none left; one that cannot be taken does not keep all others back for ever."""

import logging

from hub.ledger.transactions import Transactions
from hub.ledger.tries import Tries, of_the_database
from hub.passes.intake import AT_ONCE, Intake

logger = logging.getLogger(__name__)


class Taking:
    """Runs the intake. Since the start: `recorded` passes and attempts, `skipped` events left out."""

    def __init__(self, ledger: Transactions, intake: Intake) -> None:
        self._ledger = ledger
        self._intake = intake
        self._tries = Tries()
        self._one_by_one = 0
        self.recorded = 0
        self.skipped = 0

    async def take_all(self) -> bool:
        """Take what the ledger has; whether there was anything. If it raises, nothing is lost."""
        some = False
        while await self._take():
            some = True
        return some

    async def _take(self) -> bool:
        most = 1 if self._one_by_one else AT_ONCE
        try:
            taken = await self._ledger.write(lambda connection: self._intake.next(connection, most))
        except Exception as wrong:
            if most > 1 and not of_the_database(wrong):
                self._one_by_one = AT_ONCE  # one of them is at fault, and none was taken
                return True
            self._tries.fail(wrong)
            await self._leave_out(wrong)
            return True
        self._tries.go_on()
        self._one_by_one = max(0, self._one_by_one - 1)
        if taken is None:
            return False
        self.recorded += taken.recorded
        self.skipped += taken.malformed
        return True

    async def _leave_out(self, wrong: Exception) -> None:
        logger.error("an event of a pass cannot be taken", exc_info=wrong)
        await self._ledger.write(self._intake.skip)
        self.skipped += 1
        self._tries.go_on()
