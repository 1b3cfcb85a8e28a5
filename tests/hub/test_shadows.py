"""Shadows: never stale shown as live; device, driver and link offline told apart."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contract.clock import ManualClock, epoch_ms, rfc3339
from contract.messages import Availability, AvailabilityStatus, Scalar, State, Telemetry
from contract.things import Description, EventSeen, SchemaSeen
from contract.topics import Address
from hub.shadows.registry import CHECK_INTERVAL_S, MAX_MODELS, Shadows
from hub.shadows.shadow import Connectivity, LastEvent
from hub.shadows.view import view

GATE = Address("hemei", "gate", "east-in")
HOST = Address("hemei", "driver", "gates")
READY = AvailabilityStatus.READY


class Community:
    """One gate behind one driver host, with a clock to move."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.changed: list[Address] = []
        self.shadows = Shadows(self.clock, "default", self.changed.append)
        self.shadows.set_link(online=True)
        self.seq = 0
        gate = Description(
            title="东门入口",
            driver="gates",
            heartbeat_s=10,
            properties={"state": SchemaSeen(enum=("open", "closed")), "position": SchemaSeen(maximum=100)},
        )
        self.shadows.describe(self.shadows.of(GATE), gate)
        self.shadows.describe(self.shadows.of(HOST), Description(title="gates", heartbeat_s=5))
        for address in (GATE, HOST):
            self.available(address, READY)
            self.state(address, {"state": "closed"})

    def available(self, address: Address, status: AvailabilityStatus) -> None:
        availability = Availability(status=status, ts=self.clock.now())
        self.shadows.available(self.shadows.of(address), availability)

    def state(
        self, address: Address, properties: dict[str, Scalar], *, age_s: float = 0, retained: bool = False
    ) -> None:
        self.seq += 1
        ts = self.clock.now() - timedelta(seconds=age_s)
        state = State(ts=ts, boot=1, seq=self.seq, properties=properties)
        shadow = self.shadows.of(address)
        shadow.apply_state(
            state,
            epoch_ms(ts),
            retained=retained,
            now=self.clock.monotonic(),
            wall_ms=epoch_ms(self.clock.now()),
        )
        self.shadows.heard(shadow)

    def pass_time(self, seconds: float, *speaking: Address) -> None:
        for _ in range(round(seconds)):
            self.clock.advance(1)
            for address in speaking:
                self.state(address, {"state": "closed"})
            self.shadows.check()

    def connectivity(self, address: Address) -> Connectivity:
        return self.shadows.of(address).connectivity

    def property(self, name: str) -> tuple[Scalar, str, bool]:
        device = msgspec.json.decode(self.shadows.one(GATE) or b"null")
        shown = device["properties"][name]
        return shown["value"], shown["quality"], shown["stale"]


@pytest.fixture
def community() -> Community:
    return Community()


def test_what_is_heard_is_online_and_good(community: Community) -> None:
    assert community.connectivity(GATE) is Connectivity.ONLINE
    assert community.property("state") == ("closed", "good", False)


def test_silent_device_is_offline_after_its_interval_and_one_check(community: Community) -> None:
    community.pass_time(10, HOST)
    assert community.connectivity(GATE) is Connectivity.ONLINE
    community.pass_time(1 + CHECK_INTERVAL_S, HOST)
    assert community.connectivity(GATE) is Connectivity.DEVICE_OFFLINE
    assert community.property("state") == ("closed", "bad", False)


def test_silent_driver_host_takes_its_devices_along(community: Community) -> None:
    community.pass_time(5 + 1 + CHECK_INTERVAL_S)
    assert community.connectivity(HOST) is Connectivity.DRIVER_OFFLINE
    assert community.connectivity(GATE) is Connectivity.DRIVER_OFFLINE


def test_last_will_of_the_host_shows_at_once_and_so_does_its_return(community: Community) -> None:
    community.available(HOST, AvailabilityStatus.LOST)
    assert community.connectivity(GATE) is Connectivity.DRIVER_OFFLINE
    assert GATE in community.changed
    community.available(HOST, READY)
    assert community.connectivity(GATE) is Connectivity.ONLINE


def test_device_that_its_driver_cannot_reach_is_offline_itself(community: Community) -> None:
    community.available(GATE, AvailabilityStatus.DISCONNECTED)
    assert community.connectivity(GATE) is Connectivity.DEVICE_OFFLINE
    assert community.connectivity(HOST) is Connectivity.ONLINE


def test_offline_since_the_first_word_of_it(community: Community) -> None:
    community.available(GATE, AvailabilityStatus.DISCONNECTED)
    since = community.clock.now()
    community.pass_time(3, HOST)
    community.available(GATE, AvailabilityStatus.DISCONNECTED)
    assert community.shadows.of(GATE).availability == Availability(
        status=AvailabilityStatus.DISCONNECTED, ts=since
    )


def test_without_link_nothing_is_live(community: Community) -> None:
    community.shadows.set_link(online=False)
    assert community.connectivity(GATE) is Connectivity.LINK_OFFLINE
    assert community.property("state")[1] == "bad"
    community.shadows.set_link(online=True)
    assert community.connectivity(GATE) is Connectivity.ONLINE


def test_a_will_written_long_ago_does_not_say_when_its_host_was_lost(community: Community) -> None:
    written = community.clock.now()
    community.clock.advance(3600)
    community.state(HOST, {"devices": 1})
    community.shadows.available(
        community.shadows.of(HOST), Availability(status=AvailabilityStatus.LOST, ts=written)
    )
    shown = msgspec.json.decode(community.shadows.one(HOST) or b"null")["availability"]
    assert shown["status"] == "lost"
    assert shown["ts"] == rfc3339(community.clock.now())


def test_retained_state_is_as_old_as_its_own_time(community: Community) -> None:
    community.state(GATE, {"state": "open"}, age_s=100, retained=True)
    assert community.connectivity(GATE) is Connectivity.DEVICE_OFFLINE
    assert community.property("state")[2] is True


def test_clock_jump_makes_nothing_fresh_or_stale(community: Community) -> None:
    community.clock.set_wall(community.clock.now() + timedelta(days=1))
    community.shadows.check()
    assert community.property("state") == ("closed", "good", False)


def test_live_message_with_a_wrong_clock_is_uncertain(community: Community) -> None:
    community.state(GATE, {"state": "open"}, age_s=3600)
    assert community.property("state") == ("open", "uncertain", False)


def test_value_outside_its_limits_is_uncertain_and_none_is_bad(community: Community) -> None:
    community.state(GATE, {"state": "ajar", "position": 140})
    assert community.property("state")[1] == "uncertain"
    assert community.property("position")[1] == "uncertain"
    community.state(GATE, {"state": None})
    assert community.property("state")[1] == "bad"


def test_value_goes_stale_after_three_heartbeats(community: Community) -> None:
    community.pass_time(30, HOST)
    assert community.property("state")[2] is True


def test_older_and_repeated_states_change_nothing(community: Community) -> None:
    shadow = community.shadows.of(GATE)
    old = State(ts=community.clock.now(), boot=1, seq=0, properties={"state": "open"})
    assert not shadow.apply_state(old, 0, retained=False, now=0, wall_ms=0)
    assert community.property("state")[0] == "closed"


def test_telemetry_stands_beside_state(community: Community) -> None:
    shadow = community.shadows.of(GATE)
    now_ms = epoch_ms(community.clock.now())
    measured = Telemetry(ts=community.clock.now(), boot=1, seq=1, values={"cycles": 12})
    assert shadow.apply_telemetry(measured, now_ms, now=0, wall_ms=now_ms)
    assert community.property("cycles") == (12, "good", False)
    assert community.property("state")[0] == "closed"


def test_the_last_event_is_called_what_the_device_calls_it() -> None:
    shadow = Community().shadows.of(GATE)
    shadow.last_event = LastEvent("hemei.gate.opened", datetime(2026, 1, 1, tzinfo=UTC))
    shadow.describe(Description(title="any"))
    last = view(shadow).last_event
    assert last is not None
    assert last.title is None
    titles = {"zh-CN": "已开闸", "en": "Opened"}
    shadow.describe(Description(title="any", events={"hemei.gate.opened": EventSeen(titles=titles)}))
    last = view(shadow).last_event
    assert last is not None
    assert last.title == titles


def test_devices_of_one_model_share_it_and_models_do_not_pile_up() -> None:
    community = Community()
    shadows = community.shadows
    gate, twin = shadows.of(GATE), shadows.of(Address("hemei", "gate", "twin"))
    for shadow in (gate, twin):
        shadows.describe(shadow, Description(title="any", properties={"x": SchemaSeen(maximum=1)}))
    assert gate.description
    assert twin.description
    assert gate.description.properties is twin.description.properties
    for maximum in range(3 * MAX_MODELS):
        shadows.describe(gate, Description(title="any", properties={"x": SchemaSeen(maximum=maximum)}))
    assert len(shadows._models) <= MAX_MODELS
