"""Ways to change a bundle, and what finds that."""

import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from hub.bundle.errors import Unreadable
from hub.bundle.layout import Entry, ending, local_header
from hub.bundle.verify.check import Trust, check
from hub.bundle.verify.findings import Report

DOCUMENT = Path(__file__).parents[3] / "docs" / "police-bundle.md"


def flip(file: Path, place: int, bit: int = 0) -> None:
    """Change one bit of one byte."""
    with file.open("r+b") as opened:
        opened.seek(place)
        byte = opened.read(1)[0]
        opened.seek(place)
        opened.write(bytes([byte ^ 1 << bit]))


def seen(bundle: Path, key: str | None = None) -> Report:
    """Check a bundle."""
    return check(bundle, Trust(fingerprint=key), None, lambda _done, _total: None)


def faults(bundle: Path, key: str | None = None) -> set[str]:
    """Return what a check finds; `unreadable` if it can say nothing."""
    try:
        return {each.fault.value for each in seen(bundle, key).findings}
    except Unreadable:
        return {"unreadable"}


def documented(number: int) -> str:
    """Return a script of the documentation."""
    return re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[number]


def stock(folder: Path, script: int = 0) -> bool:
    """Run what the documentation says in `folder`; whether every command succeeded."""
    return succeeds(documented(script), folder)


def succeeds(script: str, folder: Path) -> bool:
    """Run a script; whether every command in it succeeded."""
    command = ["bash", "-euo", "pipefail", "-c", script]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return ran.returncode == 0


def packed_again(bundle: Path, change: Callable[[list[tuple[Entry, bytes]]], None]) -> None:
    """Write a ZIP anew, as well as somebody can who knows the format and has no key."""
    entries = []
    with zipfile.ZipFile(bundle) as opened, bundle.open("rb") as raw:
        for info in opened.infolist():
            raw.seek(info.header_offset + 30 + len(info.filename))
            entry = Entry(info.filename, info.compress_type, info.CRC, info.compress_size, info.file_size)
            entries.append((entry, raw.read(info.compress_size)))
    change(entries)
    with bundle.open("wb") as out:
        for entry, data in entries:
            out.write(local_header(entry) + data)
        out.write(ending([entry for entry, _ in entries]))
