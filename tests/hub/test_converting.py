"""Structs of rows, made in several threads at once."""

import subprocess
import sys
from pathlib import Path

import hub

FOUR_THREADS = """
import sys
from threading import Barrier, Thread
from msgspec import Struct, defstruct
from hub.ledger.converting import convert

sys.setswitchinterval(0.000005)
for _ in range(100):
    inner = defstruct("Inner", [("x", int, 0)])
    outer = defstruct("Outer", [(f"f{n}", list[inner] | None, None) for n in range(25)])
    start = Barrier(4)

    def work():
        start.wait()
        assert convert({"f1": [{"x": 1}]}, outer).f1[0].x == 1

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_the_first_rows_are_read_by_many_at_once_and_nobody_dies() -> None:
    """With `msgspec.convert` itself this process dies of SIGSEGV, and so did a hub in the crash walk."""
    done = subprocess.run([sys.executable, "-c", FOUR_THREADS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_part_of_the_hub_goes_past_it() -> None:
    modules = Path(hub.__file__).parent.rglob("*.py")
    using = [path.name for path in modules if "msgspec.convert(" in path.read_text(encoding="utf-8")]
    assert using == ["converting.py"]
