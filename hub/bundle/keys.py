"""The site's own key: an Ed25519 pair, made when it is first needed. Renewed, its old public half stays.

The private half is `signing.pem` (PKCS #8, 0600). A key is told by its fingerprint: SHA-256 over its
SubjectPublicKeyInfo in DER: `openssl pkey -pubin -in signer.pem -outform DER | sha256sum`.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

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


class SigningKeys:
    """The keys in a folder, such as `data_dir/keys`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / PRIVATE

    def current(self) -> Signer:
        """Return the key to sign with; the first time it is made. ConfigurationError: it cannot be read."""
        if not self._file.exists():
            self._make()
        try:
            key = load_pem_private_key(self._file.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as wrong:
            raise ConfigurationError(f"{self._file}: the signing key cannot be read: {wrong}") from wrong
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(f"{self._file}: no Ed25519 key; allowed: PKCS #8 in PEM")
        return Signer(key)

    def renew(self) -> Signer:
        """Make a new key; the public half of the old one is kept, for bundles signed with it."""
        if self._file.exists():
            old = self.current().public
            kept = self._folder / OLD / f"{old.fingerprint}.pem"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(old.pem)
            self._file.unlink()
        return self.current()

    def public_keys(self) -> list[PublicKey]:
        """Return every key of the site, the one in use first."""
        old = sorted((self._folder / OLD).glob("*.pem"))
        return [self.current().public, *(read_public(file.read_bytes()) for file in old)]

    def _make(self) -> None:
        """Write a new private key; of two who do so at once, the first stays."""
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._folder / f".{PRIVATE}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())
        try:
            self._file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()


def read_public(pem: bytes) -> PublicKey:
    """Read a public key; Damaged if it is none, or not written as keys here are."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as wrong:
        raise Damaged("no public key in PEM") from wrong
    if not isinstance(key, Ed25519PublicKey):
        raise Damaged("no Ed25519 key")
    return PublicKey(key)
