"""The hub as a device, and how wrong its clock is."""

from datetime import timedelta
from pathlib import Path

import pytest

from contract.clock import ManualClock, SystemClock, epoch_ms
from contract.messages import Availability, AvailabilityStatus, Scalar, State
from contract.topics import Address
from hub.alarms.definition import Test
from hub.alarms.rules.checks import check_of
from hub.alarms.rules.occasion import NOTHING
from hub.selfwatch.clocks import ClockWatch, Offset, of_kernel
from hub.selfwatch.disk import free_percent
from hub.selfwatch.watch import SelfWatch
from hub.shadows.registry import Shadows
from hub.shadows.view import view

HUB = Address("hemei", "hub", "hub")


async def test_what_differs_is_told_and_what_cannot_be_told_is_unknown(tmp_path: Path) -> None:
    now: dict[str, Scalar] = {"behind-s": 0.12345, "link-online": True}
    told: list[Address] = []

    def broken() -> Scalar:
        raise OSError("no such disk")

    watch = SelfWatch(
        "hemei",
        "default",
        ManualClock(),
        {
            "behind-s": lambda: now["behind-s"],
            "link-online": lambda: now["link-online"],
            "notify-failing": broken,
        },
        slow={"disk-free-percent": lambda: free_percent(tmp_path)},
        on_change=told.append,
    )
    watch.look()
    watch.look()
    assert told == [HUB]
    now["link-online"] = False
    await watch.sample()
    watch.look()
    assert told == [HUB, HUB]
    shown = view(watch.shadow).properties
    assert shown["behind-s"].value == 0.123
    assert shown["link-online"].value is False
    assert shown["notify-failing"].quality == "bad"
    assert 0 < float(shown["disk-free-percent"].value or 0) <= 100
    assert "canary-late" not in shown, "what has no probe is not there"
    lost = check_of(Test(property="link-online", equals=False))
    assert lost.holds(watch.shadow, NOTHING, set()) is True
    assert check_of(Test(property="notify-failing")).holds(watch.shadow, NOTHING, set()) is not True


def test_a_probe_for_no_property_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="colour"):
        SelfWatch("hemei", "default", ManualClock(), {"colour": lambda: "blue"})


class Hosts:
    """Driver hosts whose clocks go wrong."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shadows = Shadows(self.clock, "default")
        self.shadows.set_link(online=True)

    def beats(self, name: str, wrong_s: float) -> None:
        """Have a host send a heartbeat."""
        shadow, now_ms = self.shadows.of(Address("hemei", "driver", name)), self.clock.now_ms()
        self.shadows.available(shadow, Availability(status=AvailabilityStatus.READY, ts=self.clock.now()))
        ts = self.clock.now() + timedelta(seconds=wrong_s)
        state = State(ts=ts, boot=1, seq=now_ms, properties={"devices": 1})
        shadow.apply_state(state, epoch_ms(ts), retained=False, now=self.clock.monotonic(), wall_ms=now_ms)
        self.shadows.heard(shadow)


def test_a_clock_that_follows_a_time_server_is_not_judged_by_driver_hosts() -> None:
    hosts = Hosts()
    hosts.beats("gates", 60)
    assert ClockWatch(hosts.shadows, hosts.clock, lambda: 0.004).offset() == Offset(0.004, "ntp")


def test_else_it_is_compared_with_most_driver_hosts() -> None:
    hosts = Hosts()
    watch = ClockWatch(hosts.shadows, hosts.clock, lambda: None)
    assert watch.seconds() is None
    assert watch.source() is None
    for name, wrong_s in (("gates", 0.0), ("doors", 0.1), ("cameras", 500)):
        hosts.beats(name, wrong_s)
    hosts.clock.advance(3)
    assert watch.offset() == Offset(-0.1, "drivers")
    hosts.clock.set_wall(hosts.clock.now() + timedelta(seconds=7))
    assert watch.seconds() == pytest.approx(6.9)


def test_a_driver_host_that_is_gone_has_no_clock() -> None:
    hosts = Hosts()
    hosts.beats("gates", 0)
    hosts.clock.advance(60)
    hosts.shadows.check()
    assert ClockWatch(hosts.shadows, hosts.clock, lambda: None).offset() is None


def test_the_kernel_is_asked_without_being_root() -> None:
    offset = of_kernel()
    assert offset is None or abs(offset) < 1
    assert ClockWatch([], SystemClock()).source() in (None, "ntp")
