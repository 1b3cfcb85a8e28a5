"""A sprinkler zone on the bench."""

from simulators.host import Host
from tests.drivers.conformance import Bench


def burst_or_mend_the_pipe(pretend: Host, device: str) -> None:
    """Let one event happen: a leak, or its end."""
    broken = pretend.inspect(device)["faults"]
    pretend.fault(device, "none" if broken else "leak")


BENCH = Bench(
    family="sprinkler",
    kind="sprinkler",
    simulated={"wire": "modbus-tcp://127.0.0.1:0?unit=1&channel=2"},
    options={"poll_s": 0.1, "leak_after_s": 0.3},
    wrong_options=({"profile": "no-such-board"}, "no-such-board", "irrigation-board"),
    action="run",
    given={"minutes": 5},
    wrong_given={"minutes": "long"},
    effects=lambda truth: int(truth["openings"]),
    happen=burst_or_mend_the_pipe,
    power_loss="power-loss",
)
