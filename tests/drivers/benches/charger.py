"""A car's connector at an OCPP 1.6 post on the bench."""

from pathlib import Path

from simulators.host import Host
from tests.drivers.conformance import Bench

PASSWORD = str(Path(__file__).parent.parent / "charger" / "files" / "post.password")


def break_or_mend_the_ground(pretend: Host, device: str) -> None:
    """Let one event happen: a fault, or its end."""
    broken = pretend.inspect(device)["faults"]
    pretend.fault(device, "none" if broken else "ground-failure")


BENCH = Bench(
    family="charger",
    kind="charger",
    simulated={
        "wire": "ocpp://127.0.0.1:0/BENCH-01?connector=1",
        "password_file": PASSWORD,
        "plugged": True,
        "soc": 20.0,
    },
    options={"password_file": PASSWORD, "read_s": 1},
    wrong_options=({"vehicle": "lorry"}, "vehicle", "e-bike"),
    action="start",
    given={"order": "2026072512345678", "seconds": 3600, "energy": 20_000},
    wrong_given={"order": "2026072512345678", "seconds": -1, "energy": 0},
    effects=lambda truth: int(truth["starts"]),
    happen=break_or_mend_the_ground,
    power_loss="power-loss",
)
