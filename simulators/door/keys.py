"""Where a reader has its key from: 32 hexadecimal digits in a file. What is in it is never told."""

from pathlib import Path

from simulators.errors import BadOptions
from simulators.osdp.secure import KEY_LENGTH


def first_key(*, key_file: str | None, install: bool, state_file: str | None) -> bytes | None:
    """Return the key to start with: the remembered one, else that of the options; None for install mode."""
    if state_file is not None and Path(state_file).exists():
        return _read(state_file, "state_file")
    if key_file is None or install:
        return None
    return _read(key_file, "key_file")


def remember(key: bytes, state_file: str) -> None:
    """Keep a key for the next start, for this account's eyes only."""
    path = Path(state_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(key.hex() + "\n", encoding="ascii")


def _read(file: str, option: str) -> bytes:
    try:
        key = bytes.fromhex(Path(file).read_text(encoding="ascii").strip())
    except OSError as error:
        raise BadOptions(f"cannot read {option}: {error}") from error
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise BadOptions(f"{option} {file}: must hold {2 * KEY_LENGTH} hexadecimal digits")
    return key
