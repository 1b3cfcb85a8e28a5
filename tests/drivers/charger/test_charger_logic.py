"""What is thought of a connector: interlocks, meters, limits, how a charge comes to be known. No post."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Refused
from drivers.charger.charges.beginning import Terms, begun, found, order_begun, unheard
from drivers.charger.charges.charge import PAST, Kept, Pending
from drivers.charger.charges.metering import Nonsense, metered, settled
from drivers.charger.link import Began, Ended, Reading
from drivers.charger.model import CHARGER
from drivers.charger.options import ChargerOptions
from drivers.charger.safety.interlocks import Situation, lock, must_end, require_free
from drivers.charger.safety.limits import Protection
from drivers.charger.seen import Measured, Seen
from drivers.charger.shown import measurements, properties
from drivers.charger.words import ConnectorState, EndReason, Lock, Trouble
from drivers.runtime.inputs import value_fault

NOW = datetime(2026, 7, 25, 8, 0, tzinfo=UTC)
TERMS = Terms(seconds=3600, energy=7000, power=7000)
OPTIONS = ChargerOptions(wire="dny://127.0.0.1:9220/04AB373B")
ORDER = "2026072512345678"

situations = st.builds(
    Situation,
    power_cut=st.booleans(),
    troubles=st.frozensets(st.sampled_from(Trouble)),
    state=st.none() | st.sampled_from(ConnectorState),
    stuck=st.booleans(),
    out_of_service=st.booleans(),
    room=st.booleans(),
)


@given(situations)
def test_danger_always_locks_and_ends(situation: Situation) -> None:
    grave = situation.troubles & {Trouble.SMOKE, Trouble.HEAT, Trouble.FLOOD, Trouble.OVER_CURRENT}
    ends = must_end(situation)
    assert (ends is not None) == bool(grave or situation.power_cut)
    if lock(situation) is Lock.NONE:
        require_free(situation)
        assert not grave
        assert situation.room
        assert not any((situation.power_cut, situation.stuck, situation.out_of_service))
        return
    with pytest.raises(Refused) as refused:
        require_free(situation)
    assert refused.value.code in {*map(str, Lock), "no-supply"}


def test_of_several_locks_the_gravest_is_told() -> None:
    both = frozenset({Trouble.FLOOD, Trouble.SMOKE, Trouble.DOOR})
    assert lock(Situation(troubles=both)) is Lock.SMOKE
    assert lock(Situation(troubles=both, power_cut=True)) is Lock.POWER_CUT
    assert lock(Situation(troubles=frozenset({Trouble.DOOR}))) is Lock.NONE


def began(order: str | None = ORDER, transaction: str = "1", meter: int | None = 0) -> Began:
    return Began(transaction=transaction, order=order, at=NOW, meter=meter)


@given(st.lists(st.tuples(st.integers(-600, 7200), st.integers(-1000, 30_000)), max_size=30))
def test_what_is_believed_of_a_meter_never_goes_back(readings: list[tuple[int, int]]) -> None:
    charge = begun(Kept(), began(), NOW, TERMS)
    for seconds, meter in readings:
        before = charge
        try:
            charge = metered(charge, Reading(meter=meter), NOW + timedelta(seconds=seconds), 7000)
        except Nonsense:
            continue
        assert charge.energy >= before.energy
        assert charge.read_at >= before.read_at
        elapsed_h = (charge.read_at - charge.at).total_seconds() / 3600
        assert charge.energy <= 2 * 7000 * elapsed_h + 0.25 * 7000 * len(readings)


def test_a_post_without_a_meter_at_the_beginning_is_read_from_its_first_reading() -> None:
    charge = begun(Kept(), began(meter=None), NOW, TERMS)
    charge = metered(charge, Reading(meter=5000), NOW, 7000)
    charge = metered(charge, Reading(meter=5600), NOW + timedelta(minutes=10), 7000)
    assert charge.energy == 600
    end = Ended(transaction="1", order=None, at=NOW, why=EndReason.FULL)
    assert settled(charge, end, NOW, 7000) == (600, True, None)


def test_a_charge_is_known_by_whatever_is_heard_of_it_first() -> None:
    at = NOW - timedelta(minutes=5)
    in_the_middle = found(Reading(transaction="1", meter=900, energy=400), at, NOW, TERMS)
    assert (in_the_middle.meter, in_the_middle.energy, in_the_middle.order) == (500, 400, "")
    end = Ended(transaction="1", order=ORDER, at=NOW, why=EndReason.FULL, energy=6000)
    only_its_end = unheard(end, NOW, TERMS)
    assert (only_its_end.at, only_its_end.order) == (NOW, ORDER)
    assert settled(only_its_end, end, NOW, 7000).energy == 6000
    beginning_too = Ended(
        transaction="1", order="CARD", at=NOW, why=EndReason.FULL, energy=10**7, began_at=at
    )
    doubtful = unheard(beginning_too, NOW, TERMS)
    assert (doubtful.at, doubtful.order) == (at, "")
    assert settled(doubtful, beginning_too, NOW, 7000).estimated


def test_one_order_is_one_charge() -> None:
    pending = Pending(order=ORDER, until=NOW + timedelta(minutes=1), seconds=60, energy=5, power=3000)
    kept = Kept().with_pending(pending)
    assert order_begun(kept, began(None), NOW) == ORDER, (
        "the post repeats no order: it is the one it was told"
    )
    charge = begun(kept, began(), NOW, TERMS)
    assert (charge.seconds, charge.most_energy, charge.power, charge.ending) == (60, 5, 3000, None)
    kept = kept.with_new(charge)
    assert kept.pending == ()
    assert order_begun(kept, began(transaction="2"), NOW) == ""
    for number in range(2 * PAST):
        kept = kept.without(begun(kept, began("", str(number)), NOW, TERMS))
    assert len(kept.past) == PAST


def test_too_much_current_is_by_the_phases_that_the_power_takes() -> None:
    for power, current in ((7000, 36.0), (22_000, 37.0)):
        wire = OPTIONS.wire
        protection = Protection(ChargerOptions(wire=wire, max_power=power))
        assert not protection.troubles(Measured(current=current - 1.5), 0)
        assert not protection.troubles(Measured(current=current), 1)
        assert protection.doubtful
        assert protection.troubles(Measured(current=current), 4) == {Trouble.OVER_CURRENT}
        assert protection.troubles(Measured(power=power * 1.2), 5) == {Trouble.OVER_CURRENT}
        assert not protection.troubles(Measured(power=power), 6)


def test_what_was_hot_must_cool_down_well() -> None:
    protection = Protection(OPTIONS)
    assert not protection.troubles(Measured(temperature=80), 0)
    assert protection.troubles(Measured(temperature=80), 3) == {Trouble.HEAT}
    assert protection.troubles(Measured(temperature=70), 4) == {Trouble.HEAT}
    assert not protection.troubles(Measured(temperature=64), 5)


def test_a_post_that_sends_no_readings_any_more_is_not_shown_as_it_was() -> None:
    seen = Seen(state=ConnectorState.CHARGING)
    seen.measured.take(Reading(power=7000, soc=50, meter=7), 100)
    car = ChargerOptions(wire="ykc://127.0.0.1:9230/20231212000010?connector=1")
    seen.age(160, car.fresh_s)
    assert seen.measured.power == 7000
    seen.age(161, car.fresh_s)
    assert (seen.measured.power, seen.measured.soc, seen.measured.meter) == (None, None, 7)
    assert seen.measured.flows is None, "whether it stopped is then not known either"
    idle = Seen(state=ConnectorState.AVAILABLE)
    idle.measured.take(Reading(power=0.0), 100)
    idle.age(1e6, car.fresh_s)
    assert idle.measured.power == 0.0, "idle posts say nothing, and give nothing"


def test_everything_shown_fits_the_data_sheet() -> None:
    charge = begun(Kept(), began(), NOW, TERMS)
    seen = Seen(state=ConnectorState.CHARGING, plugged=True, product="x")
    seen.measured.take(
        Reading(power=6999.6, current=31.82, voltage=219.9, temperature=40.04, soc=55.5, meter=7), 0
    )
    shown = properties(OPTIONS, seen, charge, Lock.NONE, NOW + timedelta(seconds=19), stuck=False)
    assert shown.keys() == CHARGER.properties.keys()
    assert not [
        name
        for name, value in shown.items()
        if value is not None and value_fault(CHARGER.properties[name], value)
    ]
    assert (shown["power"], shown["elapsed"], shown["order"]) == (7000, 10, ORDER)
    assert measurements(seen, charge).keys() <= CHARGER.properties.keys()
    seen.lost("gone")
    unknown = properties(OPTIONS, seen, None, Lock.NONE, NOW, stuck=True)
    assert (unknown["state"], unknown["power"], unknown["fault"]) == (None, None, "power-switch")
    assert measurements(seen, None) == {}
