"""Kill the hub after every step of recording passes: each is in the record once, and counted once.

Real mosquitto, real processes, SIGKILL; a gate of our own that tells until it is heard.
"""

from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, select

from contract.passes import GATE_PASSED, PLATE_RECOGNISED
from contract.things import Thing, ThingModel
from contract.topics import Address
from hub.ledger.engine import open_ledger
from hub.ledger.transactions import Transactions
from hub.passes.intake import Intake
from hub.passes.schema import inside, passes, plates, tallies
from hub.settings import HubSettings
from tests.broker import Mosquitto, lasting_port
from tests.hub.crash.mortal import Steps
from tests.hub.crash.neighbour import Neighbour, beside
from tests.hub.crash.walk import outlive, walk
from tests.ledgers import new_ledger
from tests.waiting import eventually

NAMES: Final = {"zh-CN": "东门", "en": "East gate"}


class Gate(Neighbour):
    """A gate through which two vehicles come in and one goes out again, and at which one is refused."""

    host = "gates"
    thing: ClassVar = Thing(
        address=Address("hemei", "gate", "east-in"),
        title=NAMES,
        model=ThingModel(properties={}, actions={}, events={}),
    )

    def see_them_come(self) -> None:
        """Tell who comes in; a reading comes before its pass, or after."""
        self._reads("浙B11111", "admitted")
        self.report(GATE_PASSED, plate="浙B11111", direction="in", recognised="e1")
        self.report(GATE_PASSED, plate="浙B22222", direction="in", recognised="e4")
        self._reads("浙B22222", "admitted")

    def see_one_go(self) -> None:
        """Tell who goes out, and who would like to come in."""
        self.report(GATE_PASSED, plate="浙B11111", direction="out")
        self._reads("浙B33333", "refused")

    def _reads(self, plate: str, decision: str) -> None:
        self.report(PLATE_RECOGNISED, plate=plate, decision=decision, reason="listed", direction="in")


def mark(steps: Steps) -> None:
    """Let everything that is taken be a step before its commit, and after it."""
    steps.after(Intake, "next", counts=_something)
    steps.after(Transactions, "_write", counts=_of_passes)


def _something(result: Any, *_: Any) -> bool:
    return result is not None


def _of_passes(result: Any, _: Transactions, work: Any) -> bool:
    return work.__module__ == "hub.passes.taking" and result is not None


def check(connection: Connection) -> int:
    """Each pass is in the record once, and is counted; return how many are."""
    connection.exec_driver_sql("BEGIN")  # what is read now belongs together
    rows = connection.execute(select(passes).order_by(passes.c.seq)).mappings().all()
    told = [(row["plate"], row["outcome"], row["direction"]) for row in rows]
    assert len(set(told)) == len(told) <= 4
    for counted in (tallies.c.number, plates.c.passes):
        assert sum(connection.execute(select(counted)).scalars()) == len(told)
    there = set(connection.execute(select(inside.c.plate).where(inside.c.inside.is_(True))).scalars())
    ways = {plate: way for plate, outcome, way in told if outcome == "passed"}
    assert there == {plate for plate, way in ways.items() if way == "in"}
    return len(told)


async def a_life(mosquitto: Mosquitto, folder: Path, dies_at: int) -> bool:
    """Have vehicles pass, whatever becomes of the hub; whether it died."""
    settings = HubSettings(
        site_id="hemei",
        title=NAMES,
        broker=mosquitto.broker(),
        data_dir=folder,
        ledger_url=new_ledger(folder / "ledger.sqlite"),
        http_port=lasting_port(),
        insecure=True,
    )
    engine = open_ledger(settings.ledger)

    async def story() -> None:
        async with beside(mosquitto.broker(), Gate) as gate:
            gate.see_them_come()
            await eventually(lambda: recorded() == 2, 60)
            gate.see_one_go()
            await eventually(lambda: recorded() == 4, 60)

    def recorded() -> int:
        with engine.connect() as connection:
            return check(connection)

    try:
        return await outlive(settings, mark, dies_at, story())
    finally:
        engine.dispose()


async def test_passes_outlive_the_hub(tmp_path: Path) -> None:
    steps = await walk(tmp_path, a_life)
    assert steps > 2, "or there is nothing to this test; cars that come at once may be one step"
