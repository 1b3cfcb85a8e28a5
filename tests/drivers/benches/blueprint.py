"""The call counter on the bench."""

from tests.drivers.conformance import Bench

BENCH = Bench(
    family="blueprint",
    kind="sensor",
    simulated={"wire": "tcp://127.0.0.1:0"},
    options={"poll_s": 0.1},
    wrong_options=({"poll_s": "often"}, "poll_s", "float"),
    action="beep",
    given={"seconds": 0.5},
    wrong_given={"seconds": 3600},
    effects=lambda truth: int(truth["beeps"]),
    happen=lambda pretend, device: pretend.happen(device, "pulse"),
    power_loss="power-loss",
)
