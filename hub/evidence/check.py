"""Whether the files of evidence are what their rows and the alarms' timelines say."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import RowMapping

from hub.audit.findings import Fault, Report
from hub.media import MediaStore

PART: Final = "evidence"


def check_pieces(
    rows: Iterable[RowMapping], told: Mapping[str, str], media: MediaStore, report: Report
) -> int:
    """Check every piece; `told` has the SHA-256 by piece as the timelines have it. Returns how many."""
    known = dict(told)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - it is the answer
        _check_row(row, known.pop(row["id"], None), report)
        _check_file(row, media, report)
    for piece in known:
        report.add(PART, piece, Fault.REMOVED, "a timeline tells of this piece, its row is gone")
    return count


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_row(row: RowMapping, told: str | None, report: Report) -> None:
    if told is None:
        report.add(PART, _at(row), Fault.INSERTED, "no timeline tells of this piece")
    elif told != row["sha256"]:
        report.add(PART, _at(row), Fault.CHANGED, f"its row names another file than the timeline, {told}")


def _check_file(row: RowMapping, media: MediaStore, report: Report) -> None:
    path = media.path(row["sha256"])
    if path is None:
        if row["gone_ms"] is None:
            report.add(PART, _at(row), Fault.MISSING, "its file is not there")
        return
    actual = digest_of_file(path)
    if actual != row["sha256"]:
        report.add(PART, _at(row), Fault.CHANGED, f"its file was changed: it has the SHA-256 {actual}")


def _at(row: RowMapping) -> str:
    return f"{row['alarm']} {row['kind']} {row['device']} {row['sha256']}"
