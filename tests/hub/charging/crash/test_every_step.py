"""Kill the hub after every step of a charge: it goes on, is begun once and billed once, and money is right.

Real mosquitto, real processes, SIGKILL, real HTTP; a post and a phone of our own that do not give up.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import select

from contract.clock import SystemClock
from hub.audit.writer import AuditWriter
from hub.charging.codes import Codes
from hub.charging.payment.accounts import Accounts
from hub.charging.payment.money import Balance
from hub.charging.schema import charging_orders, money
from hub.ledger.engine import open_ledger
from hub.settings import HubSettings
from tests.broker import Mosquitto, lasting_port
from tests.hub.charging.crash.neighbours import ENERGY, Phone, Post
from tests.hub.charging.crash.steps import mark
from tests.hub.charging.made import CAR, LI, NAMED, PREPAID
from tests.hub.crash.neighbour import beside
from tests.hub.crash.walk import outlive, walk
from tests.ledgers import new_ledger

PAID_IN: Final = 10_000


def founded(mosquitto: Mosquitto, folder: Path) -> tuple[HubSettings, str, str]:
    """Found a hub; return a code for its connector and the key of an account too."""
    settings = HubSettings(
        site_id="hemei",
        title=NAMED,
        broker=mosquitto.broker(),
        data_dir=folder,
        ledger_url=new_ledger(folder / "ledger.sqlite"),
        http_port=lasting_port(),
        insecure=True,
        charging=PREPAID,
    )
    engine = open_ledger(settings.ledger)
    trail = AuditWriter(settings.tenant, SystemClock())
    with engine.begin() as connection:
        code = Codes(trail).sticker(connection, CAR, LI).code
        opened = Accounts(trail).open(connection, "3-2-501", LI)
        Accounts(trail).top_up(connection, opened.funded.account.id, PAID_IN, LI, "")
    engine.dispose()
    return settings, code, opened.key


def check(settings: HubSettings, living: Post, purse: str, amount_fen: int) -> None:
    """One charge, begun once, paid once; nothing is set aside any more."""
    assert living.done["start"] == 1, "whatever came in between"
    engine = open_ledger(settings.ledger)
    with engine.connect() as connection:
        orders = connection.execute(select(charging_orders)).mappings().all()
        (settled,) = [each for each in orders if each["state"] == "settled"]
        assert {each["state"] for each in orders} <= {"settled", "cancelled"}
        assert (settled["energy_wh"], settled["amount_fen"]) == (ENERGY, amount_fen)
        rows = connection.execute(select(money.c.order, money.c.kind, money.c.fen)).all()
        for order in orders:
            mine = {kind: fen for number, kind, fen in rows if number == order["number"]}
            assert mine["hold"] == -mine["release"] == -3000
            assert mine.get("charge", 0) == -order["amount_fen"]
        trail = AuditWriter(settings.tenant, SystemClock())
        assert Accounts(trail).by_key(connection, purse).balance == Balance(PAID_IN - amount_fen, 0)
    engine.dispose()


async def a_life(mosquitto: Mosquitto, folder: Path, dies_at: int) -> bool:
    """Let somebody charge, whatever becomes of the hub; whether it died."""
    settings, code, purse = founded(mosquitto, folder)
    phone = Phone(f"http://127.0.0.1:{settings.http_port}", code, purse)
    async with beside(mosquitto.broker(), Post) as living:

        async def story() -> None:
            receipt = await phone.charge()
            check(settings, living, purse, receipt["amount_fen"])

        try:
            return await outlive(settings, mark, dies_at, story())
        finally:
            await phone.close()


async def test_a_charge_outlives_the_hub(tmp_path: Path) -> None:
    assert await walk(tmp_path, a_life) > 6, "or there is nothing to this test"
