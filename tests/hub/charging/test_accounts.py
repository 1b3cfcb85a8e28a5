"""Prepaid accounts at the office, and providers of payment that other packages bring."""

from pathlib import Path
from typing import ClassVar

import pytest

from contract.clock import ManualClock
from contract.errors import ConfigurationError, InvalidMessage
from hub.charging.payment.money import Journal
from hub.charging.payment.prepaid import Prepaid
from hub.charging.payment.provider import Means
from hub.charging.payment.providers import Providers, known_payments
from hub.charging.refusals import AccountMissing
from hub.charging.settings import ChargingSettings
from hub.charging.trail import ChargingTrail
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
    trail = ChargingTrail(quick_place.tenant, ManualClock())
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
