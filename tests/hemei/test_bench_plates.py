"""`hemei bench plates`: a small one, without hub and broker, answers every plate as the list says."""

import json
import subprocess
import sys


def test_a_few_plates_are_measured() -> None:
    options = ["--pushes", "20", "--vehicles", "100", "--picture", "50", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "hemei", "bench", "plates", *options], capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert (answer["admitted"], answer["refused"]) == (16, 4)
    assert (answer["wrong"], answer["unopened"], answer["opened_wrongly"]) == (0, 0, 0)
    for what in ("answer", "relay"):
        p50, p99, longest = (answer[f"{what}_{each}_ms"] for each in ("p50", "p99", "longest"))
        assert 0 < p50 <= p99 <= longest
    assert set(answer["processes"]) == {"drivers"}
    assert answer["processes"]["drivers"]["cpu_s"] > 0
