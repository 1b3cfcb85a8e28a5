"""A gate on the bench that its plate camera opens: a Zhenshi camera of our own simulator, which polls."""

from pathlib import Path
from typing import Any

from tests.broker import lasting_port
from tests.drivers.conformance import Bench

SECRET = str(Path(__file__).parent.parent / "lpr" / "files" / "camera.secret")
PLATES: dict[str, Any] = {
    "wire": "zhenshi-http",
    "listen": f"127.0.0.1:{lasting_port()}",
    "secret_file": SECRET,
    "direction": "in",
}

BENCH = Bench(
    family="lpr",
    kind="gate",
    wired=False,
    simulated={"plates": PLATES, "camera": {"comet": True, "poll_s": 0.4, "patience_s": 2.0}},
    options={
        "plates": {**PLATES, "silence_s": 4},
        "inputs": {"loop": 0, "up": 1, "down": 2},
    },
    wrong_options=({"inputs": {"up": 16}}, "up", "inputs"),
    action="open",
    given={},
    wrong_given={"speed": 3},
    effects=lambda truth: int(truth["open_pulses"]),
    happen=lambda pretend, device: pretend.happen(device, "stranger-arrives"),
    power_loss="power-loss",
)
