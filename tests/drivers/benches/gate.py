"""The barrier gate on the bench."""

from simulators.host import Host
from tests.drivers.conformance import Bench


def break_or_mend_a_loop(pretend: Host, device: str) -> None:
    """Let one event happen: a fault, or its end."""
    broken = pretend.inspect(device)["faults"]
    pretend.fault(device, "none" if broken else "loop-fault")


BENCH = Bench(
    family="gate",
    kind="gate",
    simulated={"wire": "modbus-tcp://127.0.0.1:0?unit=1"},
    options={"poll_s": 0.05, "poll_moving_s": 0.02},
    wrong_options=({"profile": "no-such-board"}, "no-such-board", "relay-board"),
    action="open",
    given={},
    wrong_given={"speed": 3},
    effects=lambda truth: int(truth["open_pulses"]),
    happen=break_or_mend_a_loop,
    power_loss="power-loss",
)
