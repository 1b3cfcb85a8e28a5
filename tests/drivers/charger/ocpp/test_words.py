"""What is made of single values: sampled values, times, passwords, numbers of charges, limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.charger.ocpp.passwords import Password
from drivers.charger.ocpp.profiles import Rate, phases
from drivers.charger.ocpp.samples import Sample, reading, says_nothing
from drivers.charger.ocpp.schemas import ACTIONS
from drivers.charger.ocpp.session import read
from drivers.charger.ocpp.times import parse_time
from drivers.charger.ocpp.v16.messages import StartTransaction
from drivers.charger.ocpp.v16.words import FAULTS, REASONS, STATES, number
from drivers.charger.ocpp.v201 import words as words_201
from drivers.charger.ocpp.v201.bays import Bay
from drivers.charger.words import ConnectorState, Fault
from tests.drivers.charger.ocpp.site import ORDER, PASSWORD, basic

NOW = datetime(2026, 7, 25, 12, tzinfo=UTC)


def sample(measurand: str, value: float, unit: str | None = None, **more: str | None) -> Sample:
    return Sample(measurand, value, unit, more.get("phase"), more.get("location"))


def test_a_sum_over_phases_is_used_only_where_there_is_no_total() -> None:
    power = "Power.Active.Import"
    split = [sample(power, 1000, phase=phase) for phase in ("L1", "L2", "L3", "N")]
    assert reading(split, None, None).power == 3000
    assert reading([*split, sample(power, 2.9, "kW")], None, None).power == 2900
    assert reading([sample("Voltage", 400, phase="L1-L2")], None, None).voltage is None
    both = [sample(power, 5000, location="Inlet"), sample(power, 4000, location="Outlet")]
    assert reading(both, None, None).power == 4000
    assert reading(both[:1], None, None).power == 5000


def test_of_several_temperatures_the_highest_counts_but_not_the_vehicles() -> None:
    places = {"Body": 40.0, "Cable": 51.0, "EV": 90.0}
    warm = [sample("Temperature", value, "Celsius", location=place) for place, value in places.items()]
    assert reading(warm, None, None).temperature == 51
    assert reading([sample("Temperature", 212, "Fahrenheit")], None, None).temperature == 100


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_breaks_a_reading(value: float) -> None:
    measurands = ("Energy.Active.Import.Register", "Power.Active.Import", "SoC", "Frequency")
    made = reading([sample(each, value, "kWh") for each in measurands], None, None)
    assert made.meter is None or 0 <= made.meter <= 2**53
    assert made.soc is None or 0 <= made.soc <= 100
    assert says_nothing(reading([sample("Frequency", value)], None, None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-25T11:59:00Z", NOW - timedelta(minutes=1)),
        ("2026-07-25T19:59:00.1234567+08:00", NOW - timedelta(seconds=59, microseconds=876544)),
        ("2026-07-25T11:59:00", NOW - timedelta(minutes=1)),
        (" 2026-07-25 11:59:00Z", NOW - timedelta(minutes=1)),
        ("2026-07-27T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_leniently_and_absurd_ones_not(text: str, expected: datetime | None) -> None:
    assert parse_time(text, NOW) == expected


def test_a_password_is_compared_with_the_post_it_belongs_to() -> None:
    password = Password(PASSWORD)
    assert password.proven_by("A:1", basic(f"A:1:{PASSWORD}"))
    wrong = (f"A:1:{PASSWORD}x", f"B:{PASSWORD}", PASSWORD, "", "A:1:密码")
    assert not any(password.proven_by("A:1", basic(account)) for account in wrong)
    assert not password.proven_by("A:1", basic(f"A:1:{PASSWORD}").replace("Basic", "Bearer"))
    assert not password.proven_by("A:1", "Basic ÿ=")
    assert PASSWORD not in repr(password)


@given(st.integers(-(2**40), 2**60), st.text(max_size=20))
def test_a_charge_has_one_number_of_31_bits(meter: int, tag: str) -> None:
    start = StartTransaction(connector_id=1, id_tag=tag, meter_start=meter, timestamp="2026-07-25T12:00:00Z")
    assert number("A", start) == number("A", start)
    assert 1 <= number("A", start) <= 2**31 - 1
    assert number("A", start) != number("B", start)


@given(st.integers(0, 1_000_000), st.sampled_from(["W", "A"]), st.sampled_from([1, 3]))
def test_a_limit_is_never_more_than_allotted_and_passes_the_schemas_test(
    power: int, unit: str, lines: int
) -> None:
    limit = Rate(unit, lines).limit(power)  # type: ignore[arg-type]  # one of both
    volts = 230 * lines if unit == "A" else 1
    assert power - volts < limit * volts <= power
    assert (limit / 0.1).is_integer()
    assert (phases(7000), phases(11_000)) == (1, 3)


def test_every_word_of_the_standards_is_known() -> None:
    from ocpp.v16 import enums as old
    from ocpp.v201 import enums as new

    assert {*map(str, old.ChargePointStatus)} == {*STATES}
    assert {*map(str, old.ChargePointErrorCode)} == {*FAULTS}
    assert {*map(str, old.Reason)} == {*REASONS}
    assert {*map(str, new.ConnectorStatusEnumType)} == {*words_201.STATES, "Occupied"}
    assert {*map(str, new.ChargingStateEnumType)} == {*words_201.CHARGING}
    assert {*map(str, new.ReasonEnumType)} >= {*words_201.REASONS}
    assert "TransactionEvent" in ACTIONS["2.0.1"]
    assert read(StartTransaction, start_payload()).id_tag == ORDER


def start_payload() -> dict[str, object]:
    return {"connectorId": 1, "idTag": ORDER, "meterStart": 0, "timestamp": "2026-07-25T12:00:00Z"}


def test_an_occupied_evse_is_as_its_transaction_says() -> None:
    bay = Bay()
    bay.connects("Occupied")
    assert bay.status(None).state is ConnectorState.PREPARING
    bay.charges("Idle")
    assert not bay.status(None).plugged
    bay.charges("SuspendedEV")
    bay.charges(None)
    assert (bay.status(None).state, bay.status(None).plugged) == (ConnectorState.SUSPENDED_EV, True)
    bay.ends()
    assert bay.status(None).state is ConnectorState.FINISHING
    bay.connects("Faulted")
    assert (bay.status(None).fault, bay.status(None).plugged) == (Fault.OTHER, None)
    bay.connects("Available")
    assert (bay.status(None).state, bay.status(None).plugged) == (ConnectorState.AVAILABLE, False)
