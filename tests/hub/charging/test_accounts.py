"""Prepaid accounts at the office, and providers of payment that other packages bring."""

from pathlib import Path
from typing import ClassVar

import pytest

from contract.clock import ManualClock
from contract.errors import ConfigurationError, InvalidMessage
from hub.audit.writer import AuditWriter
from hub.charging.payment.money import Journal, Kind, Movement
from hub.charging.payment.prepaid import Prepaid
from hub.charging.payment.provider import Means
from hub.charging.payment.providers import Providers, known_payments
from hub.charging.refusals import AccountMissing, AccountRefused, PaymentRefused
from hub.charging.settings import ChargingSettings
from hub.charging.trail import ITSELF
from tests.hub.charging.made import LI, PREPAID, Place, Yard, yard_on


async def test_money_is_paid_in_once_and_a_slip_is_taken_back(yard: Yard) -> None:
    opened = await yard.charging.open_account("3-2-501", LI)
    ident = opened.account.id
    for _ in range(2):
        account = await yard.charging.top_up(ident, 5000, LI, "receipt 1182", request="r1")
    assert (account.balance_fen, account.held_fen, account.made_by) == (5000, 0, "user:li.wei")
    await yard.place(await yard.code(), opened.key)
    for fen, note, code in (
        (-2001, "slip", "balance-too-low"),
        (0, "", "bad-amount"),
        (-5, " ", "note-needed"),
        (4000, "another receipt", "request-used"),
    ):
        with pytest.raises(InvalidMessage) as wrong:
            await yard.charging.top_up(ident, fen, LI, note, request="r1" if fen > 0 else None)
        assert wrong.value.code == code
    back = await yard.charging.top_up(ident, -2000, LI, "slip of the hand")
    assert (back.balance_fen, back.held_fen) == (3000, 3000)
    assert [each.balance_fen for each in await yard.charging.accounts()] == [3000]
    fresh = await yard.charging.new_key(ident, LI)
    with pytest.raises(AccountMissing):
        await yard.charging.account_by_key(opened.key)
    assert await yard.money(fresh.key) == (3000, 3000)
    for attempt in (yard.charging.new_key("a-none", LI), yard.charging.top_up("a-none", 1, LI, "")):
        with pytest.raises(AccountMissing):
            await attempt
    written = [what for what in yard.audited() if what.split(".")[0] in ("account", "money")]
    assert written == [
        "account.opened",
        "money.topped-up",
        "money.held",
        "money.corrected",
        "account.rekeyed",
    ]


async def test_a_closed_account_pays_out_what_is_left_once_and_pays_for_nothing(yard: Yard) -> None:
    order, _, purse = await yard.ordered()
    (account,) = await yard.charging.accounts()
    ident, close = account.id, yard.charging.close_account
    with pytest.raises(AccountRefused, match=f"{order.number}.*end it") as charging:
        await close(ident, account.balance_fen, LI, "moves out")
    await yard.began(order.number)
    await yard.ended(order.number, 1000)
    left = account.balance_fen - (await yard.order(order.number)).amount_fen
    with pytest.raises(AccountRefused, match=f"{left} fen are in the account now") as changed:
        await close(ident, account.balance_fen, LI, "moves out")
    assert [each.value.code for each in (charging, changed)] == ["account-charging", "balance-changed"]
    for fen in (left, left, 0):  # again is no error, whatever it says
        closed = await close(ident, fen, LI, "moves out")
        assert (closed.balance_fen, closed.paid_out_fen, closed.closed_by) == (0, left, "user:li.wei")
        yard.wait(1)
    seen = await yard.charging.account_by_key(purse)
    assert (seen.closed, seen.balance_fen, len(seen.orders)) == (True, 0, 1)
    with pytest.raises(PaymentRefused) as unpaid:
        await yard.place(await yard.code(), purse)
    for attempt in (yard.charging.new_key(ident, LI), yard.charging.top_up(ident, 100, LI, "r")):
        with pytest.raises(AccountRefused) as refused:
            await attempt
        assert refused.value.code == unpaid.value.code == "account-closed"
    with pytest.raises(AccountMissing):
        await close("a-none", 0, LI, "moves out")
    assert [each for each in yard.audited() if each.split(".")[0] == "account"] == [
        "account.opened",
        "account.closed",
    ]
    assert yard.audited().count("money.paid-out") == 1


async def test_who_owes_is_asked_first_and_a_bill_put_right_is_paid_back_later(quick: Yard) -> None:
    order, _, _ = await quick.ordered()
    (account,) = await quick.charging.accounts()
    await quick.began(order.number)
    await quick.ended(order.number, 90_000)
    owed = (await quick.charging.accounts())[0].balance_fen
    assert owed < 0
    with pytest.raises(AccountRefused, match=f"{-owed} fen are owed; write them as paid in") as refused:
        await quick.charging.close_account(account.id, 0, LI, "moves out")
    assert refused.value.code == "account-owes"
    await quick.charging.top_up(account.id, -owed, LI, "receipt 9", request="r9")
    closed = await quick.charging.close_account(account.id, 0, LI, "moves out")
    assert (closed.paid_out_fen, closed.closed is None) == (0, False)
    paid_in_again = await quick.charging.top_up(account.id, -owed, LI, "receipt 9", request="r9")
    assert paid_in_again.balance_fen == 0, "what was written before it was closed is written"
    await refund(quick, order.number, account.id, 300)
    later = await quick.charging.close_account(account.id, 300, LI, "bill put right")
    assert (later.balance_fen, later.paid_out_fen, later.closed) == (0, 300, closed.closed)


async def refund(yard: Yard, number: str, account: str, fen: int) -> None:
    """Have an order come to less after all."""
    journal = Journal(AuditWriter(yard.at.tenant, yard.clock))
    moved = Movement(account=account, kind=Kind.REFUND, fen=fen, order=number)
    with yard.at.engine.begin() as connection:
        assert journal.add(connection, moved, ITSELF)


class Vouchers(Prepaid):
    """Somebody else's way to pay."""

    name: ClassVar[str] = "vouchers"


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install it as a package of somebody else would be: by an entry point."""
    info = folder / "vouchers-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vouchers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[hemei.payments]\nvouchers = tests.hub.charging.test_accounts:Vouchers\nnone = tests:nothing\n"
    )
    monkeypatch.syspath_prepend(folder)


async def test_another_package_brings_another_way_to_pay(
    quick_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ChargingSettings(payment="vouchers", tariff=PREPAID.tariff)
    trail = AuditWriter(quick_place.tenant, ManualClock())
    means = Means(settings=settings, journal=Journal(trail))
    with pytest.raises(ConfigurationError, match="allowed: free, prepaid"):
        Providers(means)
    installed(tmp_path, monkeypatch)
    assert known_payments() == ["free", "none", "prepaid", "vouchers"]
    with pytest.raises(ConfigurationError, match="'none' cannot be used"):
        Providers(means).of("none")
    async with yard_on(quick_place, settings=settings) as yard:
        order, _, purse = await yard.ordered()
        assert order.provider == "vouchers"
        clock = yard.clock
    monkeypatch.undo()
    # The package is gone, the order is there: it is billed, nobody takes the money.
    async with yard_on(quick_place, clock) as yard:
        await yard.began(order.number)
        await yard.ended(order.number, 1000)
        settled = await yard.order(order.number)
        assert (settled.state, settled.amount_fen, settled.balance_fen) == ("settled", 120, None)
        assert await yard.money(purse) == (10_000, 5000), "what it set aside is its own affair"
