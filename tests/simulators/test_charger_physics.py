"""A connector on the bench: what vehicle, contactor, meter and protection do, second by second."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.charger.family import ChargingPoint, Options, create
from simulators.charger.ocpp.profiles import Profile, allotted
from simulators.charger.wire import parse_charger
from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName
from simulators.ports import Ports

TICK_S = 0.1
WIRE = "ocpp://127.0.0.1:9210/GARAGE-01?connector=1"
CAR = {"battery_wh": 50_000.0, "soc": 20.0}
BIKE = {"vehicle": "e-bike", "battery_wh": 960.0, "soc": 20.0}


class PointOnBench:
    """A connector whose post calls nobody, its time moved by hand."""

    def __init__(self, **options: Any) -> None:
        self.clock = VirtualClock()
        self.point: ChargingPoint = create("bench", Options(**{"wire": WIRE, **options}), self.clock)
        self.connector = self.point.connector

    def begin(self) -> None:
        self.point.post.begin(self.point.outlet, "transaction", "order")

    def let(self, seconds: float, tick_s: float = TICK_S) -> None:
        for _ in range(round(seconds / tick_s)):
            self.clock.advance(tick_s)
            self.point.step(tick_s)

    def __getitem__(self, name: str) -> Any:
        return self.point.inspect()[name]


@pytest.mark.parametrize(("options", "most"), [(CAR, 7000), (BIKE, 400)])
def test_a_vehicle_charges_with_what_it_takes_and_less_and_less_near_the_end(
    options: dict[str, Any], most: float
) -> None:
    bench = PointOnBench(**options)
    bench.point.arrive()
    bench.let(5)
    assert (bench["charging"], bench["plugged"]) == (False, True)
    bench.begin()
    bench.let(10)
    full_power = bench["power_w"]
    assert 0 < full_power <= most
    assert bench["energy_wh"] == pytest.approx(full_power * 10 / 3600, rel=0.2)
    vehicle = bench.connector.vehicle
    assert vehicle is not None
    vehicle.soc = 97.0
    bench.let(10)
    assert 0 < bench["power_w"] < full_power / 2
    bench.point.fill()
    bench.let(10)
    assert (bench["charging"], bench["soc"]) == (False, 100)
    assert bench["transaction"] == "transaction"  # a car that is full stays in its charge


def test_a_car_follows_its_limit_and_stops_below_six_amperes() -> None:
    bench = PointOnBench(**CAR)
    bench.point.arrive()
    bench.begin()
    for limit, power in ((3000.0, 3000.0), (1300.0, 0.0), (0.0, 0.0)):
        bench.point.post.profiles[:] = [  # type: ignore[attr-defined]  # the wire is OCPP's
            Profile(number=1, stack=0, purpose="TxDefaultProfile", unit="W", periods=((0, limit),))
        ]
        bench.let(8)
        assert bench["power_w"] == pytest.approx(power, abs=1)


def test_a_stuck_contactor_goes_on_and_is_found_and_a_pulled_plug_ends_everything() -> None:
    bench = PointOnBench(**CAR)
    bench.point.arrive()
    bench.begin()
    bench.let(5)
    bench.point.fault("stuck-contactor")
    bench.point.happen("button-stop")
    bench.let(5)
    assert (bench["closed"], bench["charging"], bench["trip"]) == (False, True, "welded")
    bench.point.happen("unplug")
    bench.let(TICK_S)
    assert (bench["charging"], bench["last_end"]) == (False, "button")
    bench.point.fault("none")
    bench.let(1)
    assert bench["trip"] == "none"


def test_too_hot_or_too_much_current_trips_and_cools() -> None:
    bench = PointOnBench(**CAR)
    bench.point.arrive()
    bench.begin()
    bench.point.fault("overheats")
    bench.let(60)
    assert (bench["trip"], bench["last_end"]) == ("over_temperature", "over_temperature")
    bench.point.fault("none")
    bench.let(900)
    assert (bench["trip"], bench["temperature"] < 60) == ("none", True)
    bench.begin()
    bench.point.fault("over-current")
    bench.let(10)
    assert bench["power_w"] == pytest.approx(7000 * 1.5, rel=0.01)
    bench.let(30)
    assert (bench["trip"], bench["charging"]) == ("over_current", False)


def test_a_meter_may_run_backwards() -> None:
    bench = PointOnBench(**CAR)
    bench.point.arrive()
    bench.begin()
    bench.let(60)
    before = bench["meter_wh"]
    bench.point.fault("meter-backwards")
    bench.let(60)
    assert bench["meter_wh"] < before
    assert bench["energy_wh"] > 200


def test_vehicles_that_come_by_follow_the_id() -> None:
    def comers(device_id: str) -> list[Any]:
        point = create(device_id, Options(wire=WIRE), VirtualClock())
        found = []
        for _ in range(4):
            point.happen("vehicle-arrives")
            found.append(point.inspect()["soc"])
            point.happen("unplug")
        return found

    assert comers("a") == comers("a") != comers("b")
    assert all(10 <= soc <= 40 for soc in comers("c"))


def test_of_profiles_the_higher_level_and_the_own_one_hold_and_the_whole_post_caps() -> None:
    def profile(purpose: str, watts: float, stack: int = 0, **more: Any) -> Profile:
        more = {"unit": "W", "periods": ((0, watts), (60, 0)), **more}
        return Profile(number=stack, stack=stack, purpose=purpose, **more)

    default, own = profile("TxDefaultProfile", 5000), profile("TxProfile", 6000)
    assert allotted([], 0, 0, 220) is None
    assert allotted([default], 0, 10, 220) == 5000
    assert allotted([default, own], 0, 10, 220) == 6000
    assert allotted([own, profile("TxProfile", 4000, 1)], 0, 10, 220) == 4000
    assert allotted([own, profile("ChargePointMaxProfile", 3000)], 0, 10, 220) == 3000
    assert allotted([own], 0, 60, 220) == 0
    assert allotted([profile("TxProfile", 16, unit="A")], 0, 0, 220) == 3520
    ending = profile("TxProfile", 16, start_s=100.0, duration_s=30.0, from_s=90.0, to_s=125.0)
    assert [allotted([ending], now_s, 999, 220) for now_s in (80, 95, 100, 124, 125)] == [
        None, None, 16, 16, None,
    ]  # fmt: skip


async def test_connectors_of_one_address_stand_on_one_post_and_free_ports_are_found() -> None:
    ports, clock = Ports(), VirtualClock()
    wire = "ocpp://0.0.0.0:0/GARAGE-01?connector={}"
    points = [create(f"p{number}", Options(wire=wire.format(number)), clock) for number in (1, 2)]
    other = create("other", Options(wire="ocpp://0.0.0.0:0/GARAGE-02?connector=1"), clock)
    wires = [await point.serve(ports) for point in (*points, other)]
    [first, second, third] = [parse_charger(each) for each in wires]
    assert points[0].post is points[1].post
    assert (first[0], first[1], second[1]) == (second[0], 1, 2)
    assert first[0].port == third[0].port > 0
    assert (first[0].called, third[0].post) == ("127.0.0.1", "GARAGE-02")
    for wrong, says in (
        (Options(wire=wires[0]), "two devices are this connector"),
        (Options(wire=wire.format(3), version="2.0.1"), "disagree on version"),
    ):
        with pytest.raises(BadOptions, match=says):
            await create("x", wrong, clock).serve(ports)
    await ports.close()


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        ("modbus-tcp://h:1", "must start with ocpp:// or"),
        ("ocpp://h/P", r"as in ocpp://127\.0\.0\.1:9210"),
        ("ocpp://h:1/", "as in"),
        ("ocpp://h:1/P?connector=0", "connector must be 1..64"),
        ("ocpp://h:1/P?plug=1", "unknown plug"),
        ("ocpp://h:x/P", "Port could not be cast"),
    ],
)
def test_wrong_wires_are_explained(wire: str, says: str) -> None:
    with pytest.raises(BadOptions, match=says):
        create("x", Options(wire=wire), VirtualClock())


def test_unknown_names_are_named() -> None:
    point = PointOnBench().point
    for ask in (point.fault, point.happen):
        with pytest.raises(UnknownName, match="allowed"):
            ask("earthquake")


Deed = tuple[Callable[[ChargingPoint, str], None], str]


def deeds_of(point: ChargingPoint) -> list[Deed]:
    faults: list[Deed] = [(ChargingPoint.fault, name) for name in point.faults if name != "meter-backwards"]
    return [*faults, *((ChargingPoint.happen, name) for name in point.happenings)]


deeds = st.one_of(
    st.sampled_from(deeds_of(PointOnBench().point)),
    st.just("begin"),
    st.floats(0, 9000),
    st.integers(1, 30),
)


@given(st.lists(deeds, max_size=25), st.sampled_from([CAR, BIKE]))
@settings(deadline=None)
def test_whatever_happens_energy_is_kept_and_meters_go_forward(
    story: list[Any], options: dict[str, Any]
) -> None:
    bench = PointOnBench(**options)
    connector = bench.connector
    began = connector.meter_wh
    limit: float | None = None
    for deed in story:
        if deed == "begin" and bench.point.post.allows(bench.point.outlet):
            bench.begin()
        elif isinstance(deed, float):
            limit = deed
        elif isinstance(deed, tuple):
            deed[0](bench.point, deed[1])
        for _ in range(deed if isinstance(deed, int) else 1):
            before, energy, soc = connector.power, connector.energy_wh, bench["soc"]
            connector.limit = limit
            offered = connector.offered
            connector.step(TICK_S)
            most = offered * (1.5 if connector.over_current else 1.0)
            assert 0 <= connector.power <= max(before, most) + 1e-6
            assert connector.power == 0 or connector.live
            gained = connector.energy_wh - energy
            assert gained == pytest.approx(connector.power * TICK_S / 3600, abs=1e-9)
            assert connector.meter_wh - began == pytest.approx(connector.energy_wh, abs=1e-6)
            if connector.vehicle is not None and soc is not None:
                assert soc - 0.05 <= connector.vehicle.soc <= 100
            bench.let(TICK_S)
    assert bench["starts"] - bench["stops"] == (bench["transaction"] is not None)
