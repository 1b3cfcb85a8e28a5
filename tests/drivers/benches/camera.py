"""The camera on the bench."""

from simulators.host import Host
from tests.drivers.conformance import Bench


def black_or_not(pretend: Host, device: str) -> None:
    """Let one event happen: the picture goes black, or comes back."""
    black = pretend.inspect(device)["fault"] == "black"
    pretend.fault(device, "none" if black else "black")


BENCH = Bench(
    family="camera",
    kind="camera",
    simulated={"wire": "rtsp://127.0.0.1:0/cam"},
    options={"learn_s": 1.0},
    wrong_options=({"transport": "carrier-pigeon"}, "transport", "'tcp' | 'udp'"),
    action="snapshot",
    given={},
    wrong_given={"width": 3},
    effects="hemei.camera.snapshot-taken",
    happen=black_or_not,
    power_loss="power-loss",
)
