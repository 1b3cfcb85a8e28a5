"""The buffer on disk: what it returned for stays, in order; a full disk and torn lines harm nothing else."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.history.influx import buffer
from hub.history.influx.buffer import Buffer, BufferFull

ROOMY = 1 << 30


def emptied(kept: Buffer) -> list[str]:
    found: list[str] = []
    while batch := kept.batch():
        found += batch.decode().splitlines()
        kept.sent(len(batch))
    return found


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Have the kernel refuse what is longer: as a full disk does, it takes a part first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_comes_in_goes_out_in_order_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffer, "SEGMENT_BYTES", 40)
    monkeypatch.setattr(buffer, "READ_BYTES", 25)
    kept = Buffer(tmp_path, ROOMY)
    for number in range(0, 60, 3):
        kept.append([f"line {each}" for each in range(number, number + 3)])
    first = kept.batch()
    kept.sent(len(first))
    kept.close()
    again = Buffer(tmp_path, ROOMY)
    lines = [f"line {number}" for number in range(60)]
    assert emptied(again) == lines
    assert first.decode().splitlines() == lines[: first.count(b"\n")]
    assert again.size == 0
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_was_cut_off_is_not_sent(tmp_path: Path) -> None:
    kept = Buffer(tmp_path, ROOMY)
    kept.append(["whole"])
    kept.close()
    [file] = tmp_path.iterdir()
    with file.open("ab") as out:
        out.write(b"half a li")
    (tmp_path / "0000000099.lines").write_bytes(b"nothing whole")
    again = Buffer(tmp_path, ROOMY)
    again.append(["next"])
    assert emptied(again) == ["whole", "next"]


def test_a_full_buffer_takes_no_more_and_says_so(tmp_path: Path) -> None:
    kept = Buffer(tmp_path, 20)
    kept.append(["0123456789"])
    with pytest.raises(BufferFull):
        kept.append(["0123456789"])
    assert emptied(kept) == ["0123456789"]
    kept.append(["again"])
    assert emptied(kept) == ["again"]


def test_a_full_disk_does_not_move_what_is_being_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffer, "SEGMENT_BYTES", 20)
    monkeypatch.setattr(buffer, "READ_BYTES", 10)
    kept = Buffer(tmp_path, ROOMY)
    kept.append(["first", "second", "third", "fourth"])
    kept.sent(len(kept.batch()))
    under_way = kept.batch()
    with files_no_longer_than(0), pytest.raises(OSError, match="too large"):
        kept.append(["refused"])
    kept.sent(len(under_way))
    assert under_way.startswith(b"third")
    assert emptied(kept) == ["fourth"] * (b"fourth" not in under_way)
    assert kept.size == 0


def test_a_full_disk_keeps_all_of_a_batch_or_none(tmp_path: Path) -> None:
    kept = Buffer(tmp_path, ROOMY)
    with files_no_longer_than(100):
        with pytest.raises(OSError, match="too large"):
            kept.append(["0123456789"] * 20)
        kept.append(["first"])
        with pytest.raises(OSError, match="too large"):
            kept.append(["0123456789"] * 20)
        kept.append(["second"])
    assert Buffer(tmp_path, ROOMY).size == kept.size
    assert emptied(kept) == ["first", "second"]
