"""Files that only their owner may read, and secrets to put into them."""

import os
import secrets
import stat
from pathlib import Path

from contract.errors import ConfigurationError


def write_private(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write `text` in one step: readers see the old file or the whole new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.chmod(mode)
    fresh.replace(file)


def new_secret() -> str:
    """Return 256 random bits as text without blanks or quotes."""
    return secrets.token_urlsafe(32)


def secret_in(file: Path) -> str:
    """Return the secret kept in `file`; a new one is made where there is none."""
    if not file.exists():
        write_private(file, new_secret() + "\n")
    return read_secret(file)


def read_secret(file: Path) -> str:
    """Read a secret; ConfigurationError if the file is missing, empty or open to others."""
    fault = secret_fault(file)
    if fault:
        raise ConfigurationError(f"{file}: {fault}")
    return file.read_text(encoding="utf-8").strip()


def secret_fault(file: Path) -> str | None:
    """Say what is wrong with a file that should hold a secret; None if nothing."""
    try:
        found = file.stat()
    except OSError as missing:
        return f"the secret cannot be read: {missing.strerror}"
    if stat.S_IMODE(found.st_mode) & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        return f"mode {mode:04o} lets others read the secret; allowed: 0600 or 0400 (chmod 600 {file})"
    if not found.st_size:
        return "is empty; allowed: one line with the secret"
    return None
