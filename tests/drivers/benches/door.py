"""The door on the bench."""

from pathlib import Path

from tests.drivers.conformance import Bench

FILES = Path(__file__).parents[1] / "door" / "files"
KEY_FILE = str(FILES / "site.key")

BENCH = Bench(
    family="door",
    kind="door",
    simulated={"wire": "osdp-tcp://127.0.0.1:0?address=1", "key_file": KEY_FILE, "cards": [8101234]},
    options={"key_file": KEY_FILE, "access_file": str(FILES / "access.toml"), "unlock_s": 1.0, "look_s": 0.5},
    wrong_options=({"key_file": KEY_FILE, "wrong_tries": 9}, "wrong_tries", "int >= 1 <= 5"),
    action="unlock",
    given={},
    wrong_given={"seconds": 3},
    effects=lambda truth: int(truth["strike_pulses"]),
    happen=lambda pretend, device: pretend.happen(device, "card-unknown"),
    power_loss="power-loss",
)
