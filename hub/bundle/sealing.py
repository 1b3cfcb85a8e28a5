"""Encryption to the keys of those who may read a bundle: age (https://age-encryption.org/v1), as a stream."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import pyrage

from hub.bundle import layout
from hub.bundle.errors import Damaged, Unreadable, WrongRecipient
from hub.bundle.files import whole

MARK: Final = b"age-encryption.org/v1\n"
NAMED: Final = ".age"


def check_recipients(recipients: Sequence[str]) -> None:
    """Raise WrongRecipient unless each is a public key, `age1…`."""
    for each in recipients:
        _recipient(each)


def encrypt(plain: Path, sealed: Path, recipients: Sequence[str]) -> None:
    """Encrypt a file for all recipients, to be opened by any of them."""
    with plain.open("rb") as source, whole(sealed) as out:
        pyrage.encrypt_io(source, out, [_recipient(each) for each in recipients])


def is_sealed(file: Path) -> bool:
    """Whether a file begins as those of age do; or is named so and is no ZIP: its beginning was changed."""
    with file.open("rb") as source:
        begin = source.read(len(MARK))
    return begin == MARK or (file.suffix == NAMED and not begin.startswith(layout.MARK))


def decrypt(sealed: Path, plain: IO[bytes], identity: Path) -> None:
    """Write what it holds. Unreadable: it is for other keys, or that is none; Damaged: it was changed."""
    keys = _identities(identity)
    try:
        with sealed.open("rb") as source:
            pyrage.decrypt_io(source, plain, keys)
    except pyrage.DecryptError as wrong:
        if "No matching keys" in str(wrong):
            raise Unreadable(
                f"{sealed.name}: no key in {identity} opens it: it is for others, or its header was changed"
            ) from wrong
        raise Damaged(str(wrong)) from wrong
    except OSError as wrong:
        if wrong.errno is not None:
            raise
        raise Damaged(str(wrong)) from wrong  # pyrage's way to say so behind the header


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as wrong:
        raise WrongRecipient(
            f"{text!r} is no public key of age; such a key begins with age1: {wrong}"
        ) from wrong


def _identities(file: Path) -> list[pyrage.x25519.Identity]:
    """Read a file as `age-keygen` writes it."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as wrong:
        raise Unreadable(f"{file}: no identity of age: {wrong}") from wrong
