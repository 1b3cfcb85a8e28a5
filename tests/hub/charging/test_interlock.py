"""Start is refused while the shed is in alarm: an open alarm that cuts this connector's power."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contract.charging import CUT_POWER
from contract.messages import Scalar
from contract.topics import Address
from hub.alarms.definition import Definition, Link, Priority, Scope, Test
from hub.alarms.signals import Raise, Return
from hub.charging.refusals import ConnectorRefused
from tests.hub.charging.made import BIKE, LI, Place, Yard, yard_on

SMOKE = Address("hemei", "sensor", "shed-smoke")


def definition(key: str, link: Link) -> Definition:
    return Definition(
        key=key,
        title={"zh-CN": "车棚冒烟", "en": "Smoke in the shed"},
        priority=Priority.CRITICAL,
        raised_by=Test(property="smoke"),
        link=(link,),
    )


def cut(to: Scope, active: Scalar = True, action: str = CUT_POWER, **fields: bool) -> Link:
    return Link(action=action, to=to, input={"active": active}, **fields)


SHED = definition("smoke-in-shed", cut(Scope(devices=("charger/shed-1",))))
ALL = definition("fire", cut(Scope(kinds=("charger",)), same_area=True))
BACK = definition("all-clear", cut(Scope(kinds=("charger",)), active=False))
OTHER = definition("flood", cut(Scope(kinds=("charger",)), action="refresh"))


@pytest_asyncio.fixture
async def yard(quick_place: Place) -> AsyncIterator[Yard]:
    async with yard_on(quick_place, alarms=(SHED, ALL, BACK, OTHER)) as opened:
        yield opened


async def raise_alarm(yard: Yard, of: Definition, area: str = "garage") -> None:
    raised = Raise(definition=of, address=SMOKE, area=area, at_ms=yard.clock.now_ms())
    await yard.alarms.take([raised], None)


async def outcome(yard: Yard, device: str) -> str:
    """Try to charge; say what came of it."""
    try:
        placed = await yard.place(await yard.code(device), await yard.purse())
    except ConnectorRefused as refused:
        return refused.code
    return placed.order.state


async def test_an_alarm_that_cuts_the_power_forbids_a_start_until_it_returns(yard: Yard) -> None:
    await raise_alarm(yard, SHED)
    (alarm,) = yard.alarms.standing().values()
    assert (await yard.charging.scan(await yard.code("charger/shed-1"))).status == "power-cut"
    assert await outcome(yard, "charger/shed-1") == "alarm"
    await yard.alarms.acknowledge(alarm.id, alarm.version, LI)
    assert await outcome(yard, "charger/shed-1") == "alarm", "somebody knows; it is there all the same"
    assert await outcome(yard, "charger/garage-1") == "starting", "another connector"
    back = Return(definition=SHED, address=SMOKE, at_ms=yard.clock.now_ms())
    await yard.alarms.take([back], None)
    assert await outcome(yard, "charger/shed-1") == "starting"
    assert yard.shadows.get(BIKE) is not None


@pytest.mark.parametrize(
    ("of", "area", "wanted"),
    [
        (ALL, "garage", "alarm"),
        (ALL, "east-gate", "starting"),
        (BACK, "garage", "starting"),
        (OTHER, "garage", "starting"),
    ],
)
async def test_only_an_alarm_that_cuts_this_one(yard: Yard, of: Definition, area: str, wanted: str) -> None:
    await raise_alarm(yard, of, area)
    assert await outcome(yard, "charger/garage-1") == wanted
