"""Who may not charge: with a code that is good for nothing, at a connector in use, without money."""

import uuid
from typing import Any

import pytest

from contract.messages import AvailabilityStatus
from hub.charging.refusals import ConnectorRefused, PaymentRefused
from hub.charging.settings import ChargingSettings
from tests.hub.charging.made import LI, PREPAID, Place, Yard, yard_on
from tests.hub.charging.refused import refused


@pytest.mark.parametrize(
    ("shown", "status", "code"),
    [
        ({"state": "faulted"}, "faulted", "connector-faulted"),
        ({"fault": "ground-failure"}, "faulted", "connector-faulted"),
        ({"lockout": "smoke"}, "faulted", "connector-faulted"),
        ({"state": "charging", "order": "x"}, "busy", "connector-busy"),
        ({"power-cut": True, "lockout": "power-cut"}, "power-cut", "power-cut"),
        ({"state": "unavailable"}, "out-of-service", "out-of-service"),
        ({"lockout": "supply"}, "no-supply", "no-supply"),
        (None, "offline", "connector-offline"),
    ],
)
async def test_a_connector_that_cannot_be_used_is_refused(
    quick: Yard, shown: dict[str, Any] | None, status: str, code: str
) -> None:
    sticker, purse = await quick.code(), await quick.purse()
    if shown is None:
        quick.available(AvailabilityStatus.DISCONNECTED)
    else:
        quick.show(**shown)
    assert (await quick.charging.scan(sticker)).status == status
    assert await refused(quick.place(sticker, purse)) == (code, 409)
    assert await quick.money(purse) == (10_000, 0)
    assert quick.asked == []


async def test_codes_are_good_as_long_as_they_say(yard: Yard) -> None:
    purse = await yard.purse()
    assert await refused(yard.charging.scan("0" * 20)) == ("code-unknown", 404)
    brief = await yard.code(minutes=10)
    assert (await yard.charging.scan(brief)).status == "plugged"
    yard.wait(10)
    assert await refused(yard.charging.scan(brief)) == ("code-expired", 410)
    once, request = await yard.code(once=True), str(uuid.uuid4())
    placed = await yard.place(once, purse, request)
    assert (await yard.place(once, purse, request)).key == placed.key, "the answer may have been lost"
    assert await refused(yard.place(once, purse)) == ("code-used", 410)
    stickers = await yard.charging.ensure_codes(["charger/garage-1", "charger/shed-1"], LI)
    assert await yard.charging.ensure_codes(["charger/garage-1", "charger/shed-1"], LI) == stickers
    assert len({each.code for each in stickers}) == 2
    for _ in range(2):
        revoked = await yard.charging.revoke_code(stickers[0].code, LI)
        assert (revoked.good, revoked.revoked_by) == (False, "user:li.wei")
    assert await refused(yard.place(stickers[0].code, purse)) == ("code-expired", 410)
    assert yard.audited().count("code.revoked") == 1
    known = await yard.charging.codes("charger/garage-1")
    assert {each.code: each.good for each in known} == {
        brief: False,
        once: False,
        stickers[0].code: False,
    }


async def test_an_order_must_be_paid_for(yard: Yard) -> None:
    code = await yard.code()
    empty = await yard.purse(99)
    for key, wanted in ((None, "account-needed"), ("?", "account-unknown"), (empty, "balance-too-low")):
        with pytest.raises(PaymentRefused) as wrong:
            await yard.place(code, key)
        assert (wrong.value.code, wrong.value.status) == (wanted, 402)
    assert yard.journal() == [], "what is refused leaves nothing"
    # All that is there is set aside, and the post is told what that buys.
    little = await yard.purse(124)
    number = (await yard.place(code, little)).order.number
    assert yard.asked[-1].input == {"order": number, "seconds": 43_200, "energy": 2000}
    assert await yard.money(little) == (124, 124)


async def test_a_tariff_is_needed_where_it_is_to_be_paid(quick_place: Place) -> None:
    async with yard_on(quick_place, settings=ChargingSettings(payment="prepaid")) as yard:
        code, purse = await yard.code(), await yard.purse()
        assert (await yard.charging.scan(code)).status == "out-of-service"
        with pytest.raises(ConnectorRefused):
            await yard.place(code, purse)
    assert PREPAID.tariff_of("charger/garage-1", "car") is not None
