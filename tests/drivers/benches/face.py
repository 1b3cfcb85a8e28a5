"""The face terminal on the bench: Hikvision's, of our own simulator."""

from pathlib import Path

from tests.drivers.conformance import Bench

ACCOUNT = str(Path(__file__).parents[1] / "face" / "files" / "account")

BENCH = Bench(
    family="face",
    kind="door",
    simulated={"wire": "http://127.0.0.1:0", "credentials_file": ACCOUNT},
    options={"credentials_file": ACCOUNT},
    wrong_options=({"means": ["face"]}, "means", "card or code"),
    action="unlock",
    given={},
    wrong_given={"seconds": 3},
    effects=lambda truth: int(truth["strike_pulses"]),
    happen=lambda pretend, device: pretend.happen(device, "stranger"),
    power_loss="power-loss",
)
