"""A device of another product, kind, area or name never raises: whatever it shows or reports."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import AvailabilityStatus
from contract.topics import Address
from hub.alarms.definition import Scope, Test
from hub.alarms.rules.scope import applies
from hub.alarms.signals import Raise
from tests.hub.alarms.rules.house import READY, House, definition, described

FAULTY = Test(
    any=(
        Test(property="fault", equals="jammed"),
        Test(event="hemei.hit"),
        Test(connectivity=("device-offline",)),
        Test(missed=True),
    )
)
NAMES = st.sampled_from(["a", "b"])
ANY_OF = st.lists(NAMES, max_size=1).map(tuple)
SCOPES = st.builds(Scope, kinds=ANY_OF, areas=ANY_OF, products=ANY_OF, devices=st.just(()))
DEVICES = st.tuples(NAMES, NAMES, NAMES, NAMES)
MOMENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["jam", "clear", "hit", "lose", "find", "miss", "describe", "wait"]),
    ),
    max_size=25,
)


async def play(
    scopes: list[Scope], devices: list[tuple[str, str, str, str]], moments: list[tuple[int, str]]
) -> None:
    definitions = [definition(FAULTY, key=f"d{number}", on=scope) for number, scope in enumerate(scopes)]
    home = House(*definitions)
    await home.rules.begin()
    described_as = {
        Address("hemei", kind, f"{kind}-{name}"): described(area=area, product=product)
        for kind, name, area, product in devices
    }
    addresses = list(described_as)
    for number, moment in moments:
        address = addresses[number % len(addresses)]
        if moment == "describe":
            home.describe(address, described_as[address])
        elif moment in ("jam", "clear"):
            home.state(address, {"fault": "jammed" if moment == "jam" else "none"})
        elif moment in ("lose", "find"):
            home.available(address, AvailabilityStatus.LOST if moment == "lose" else READY)
        elif moment == "hit":
            home.rules.committed([home.ledger.add(address, "hemei.hit")])
        elif moment == "miss":
            home.shadows.of(address).events_missed += 1
            home.rules.changed(address)
        else:
            await home.wait(11, step_s=11)
        await home.rules.turn()
    for signal in home.desk.signals:
        if isinstance(signal, Raise):
            assert applies(signal.definition.on, signal.address, described_as.get(signal.address))


@settings(max_examples=60, deadline=None)
@given(st.lists(SCOPES, min_size=1, max_size=4), st.lists(DEVICES, min_size=1, max_size=4), MOMENTS)
def test_no_other_device_ever_raises(
    scopes: list[Scope], devices: list[tuple[str, str, str, str]], moments: list[tuple[int, str]]
) -> None:
    asyncio.run(play(scopes, devices, moments))
