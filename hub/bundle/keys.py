"""The site's own key: an Ed25519 pair, made when it is first needed. Renewed, its old public half stays.

The private half is `signing.pem` (PKCS #8, 0600). A key is told by its fingerprint: SHA-256 over its
SubjectPublicKeyInfo in DER: `openssl pkey -pubin -in signer.pem -outform DER | sha256sum`.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from contract.errors import ConfigurationError
from hub.bundle.errors import Damaged
from hub.bundle.files import settle, write_whole

PRIVATE: Final = "signing.pem"
OLD: Final = "old"


class PublicKey:
    """Whose signature it is. `pem` is the one way in which the key is written."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = hashlib.sha256(der).hexdigest()

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Signer:
    """Signs; 64 bytes, the same for the same message (RFC 8032)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return the signature over a message."""
        return self._key.sign(message)


class Renewal(NamedTuple):
    """The key that goes, and the one that takes its place."""

    old: PublicKey
    new: PublicKey


class SigningKeys:
    """The keys in a folder, such as `data_dir/keys`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / PRIVATE

    def current(self) -> Signer:
        """Return the key to sign with; the first time it is made. ConfigurationError: it cannot be read."""
        if not self._file.exists():
            self._make()
        return _signer(self._file)

    def known(self) -> PublicKey | None:
        """Return the public half of the key in use; None: none was needed yet."""
        return self.current().public if self._file.exists() else None

    @contextmanager
    def renewing(self) -> Iterator[Renewal]:
        """Make a new key, which is in use once the block has ended well; the old one's public half is kept.

        ConfigurationError: there is none to renew, or it cannot be read. The files belong to the owner of the
        old key, whoever renews it.
        """
        old = self.known()
        if old is None:
            raise ConfigurationError(f"{self._file}: there is no key to renew")
        fresh, owner = self._fresh(), self._file.stat()
        try:
            kept = self._folder / OLD / f"{old.fingerprint}.pem"
            write_whole(kept, old.pem)
            for each in (fresh, kept, kept.parent):
                os.chown(each, owner.st_uid, owner.st_gid)
            yield Renewal(old, _signer(fresh).public)
            fresh.replace(self._file)
            settle(self._folder)
        finally:
            fresh.unlink(missing_ok=True)

    def public_keys(self) -> list[PublicKey]:
        """Return every key of the site, the one in use first."""
        current = self.current().public
        kept = sorted((self._folder / OLD).glob("*.pem"))
        old = (file for file in kept if file.stem != current.fingerprint)  # a renewal may have failed
        return [current, *(read_public(file.read_bytes()) for file in old)]

    def _make(self) -> None:
        """Put a new private key in place; of two who do so at once, the first stays."""
        fresh = self._fresh()
        try:
            self._file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()

    def _fresh(self) -> Path:
        """Write a new private key beside the one in use."""
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._folder / f".{PRIVATE}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())
        return fresh


def _signer(file: Path) -> Signer:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as wrong:
        raise ConfigurationError(f"{file}: the signing key cannot be read: {wrong}") from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{file}: no Ed25519 key; allowed: PKCS #8 in PEM")
    return Signer(key)


def read_public(pem: bytes) -> PublicKey:
    """Read a public key; Damaged if it is none, or not written as keys here are."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as wrong:
        raise Damaged("no public key in PEM") from wrong
    if not isinstance(key, Ed25519PublicKey):
        raise Damaged("no Ed25519 key")
    return PublicKey(key)
