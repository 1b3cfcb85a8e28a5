"""Timers: each that waits has one entry, however often it is put off."""

from hub.alarms.rules.device import Device
from hub.alarms.rules.timers import Timers
from tests.hub.alarms.rules.house import GATE


def test_soonest_counts_and_a_later_one_adds_nothing() -> None:
    timers, gate = Timers(), Device(GATE, 0.0)
    for due in (10.0, 20.0, 5.0, 7.0):
        timers.arm(gate, gate, due)
    assert timers.next == 5.0
    assert list(timers.expired(4.9, 10)) == []
    assert list(timers.expired(30.0, 10)) == [gate]
    assert timers.next is None


def test_no_more_than_asked_for_at_once() -> None:
    timers, devices = Timers(), [Device(GATE, float(number)) for number in range(5)]
    for device in devices:
        timers.arm(device, device, device.met)
    assert list(timers.expired(9.0, 3)) == devices[:3]
    assert list(timers.expired(9.0, 3)) == devices[3:]
