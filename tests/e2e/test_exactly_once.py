"""Kill anything at any moment: every event is in the ledger exactly once.

Own simulator (the call counter keeps a pulse until the driver has taken it), real mosquitto, real processes.
"""

import random
from pathlib import Path

from tests.e2e.community import CountedCommunity

RATE = 200
TOTAL = 4000
STEP = 250
VICTIMS = (
    ("hub",),
    ("broker",),
    ("drivers",),
    ("hub", "broker"),
    ("broker", "drivers"),
    ("drivers", "hub"),
    ("hub", "drivers", "broker"),
)


async def test_every_event_is_in_the_ledger_exactly_once(tmp_path: Path) -> None:
    order = list(VICTIMS)
    random.Random(2).shuffle(order)  # noqa: S311 - an order, the same at every run
    async with CountedCommunity(tmp_path, rate=RATE, total=TOTAL) as community:
        for victims in order:
            await community.until_committed(community.committed() + STEP, within_s=120)
            await community.kill_and_restart(*victims)
        await community.until_committed(TOTAL, within_s=120)
        rows = community.ledger("SELECT id, payload FROM events WHERE type = 'hemei.sensor.pulse'")
        numbers = sorted(int(str(ident).rpartition("-")[2]) for ident, _ in rows)
        assert numbers == list(range(1, TOTAL + 1))
        assert community.ledger("SELECT * FROM sequences WHERE missed > 0") == []
