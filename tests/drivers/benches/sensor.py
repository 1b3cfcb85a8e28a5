"""A smoke detector on the bench."""

from simulators.host import Host
from tests.drivers.conformance import Bench


def take_it_down_or_put_it_back(pretend: Host, device: str) -> None:
    """Let one event happen: the detector is taken off its base, or put back."""
    taken = pretend.inspect(device)["faults"]
    pretend.fault(device, "none" if taken else "tamper")


BENCH = Bench(
    family="sensor",
    kind="sensor",
    simulated={"wire": "modbus-tcp://127.0.0.1:0?unit=1", "profile": "smoke"},
    options={"profile": "smoke", "poll_s": 0.05, "on_delay_s": 0.1, "off_delay_s": 0.1},
    wrong_options=({"profile": "no-such-sensor"}, "no-such-sensor", "water-leak"),
    action="silence",
    given={},
    wrong_given={"seconds": 3},
    effects=lambda truth: int(truth["silences"]),
    happen=take_it_down_or_put_it_back,
    power_loss="power-loss",
)
