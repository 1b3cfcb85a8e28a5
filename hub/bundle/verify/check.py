"""Checks a bundle: a ZIP, an encrypted ZIP, or the folder that it was unpacked to. Blocking."""

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from cryptography.x509 import Certificate
from msgspec import Struct

from contract.errors import ConfigurationError
from hub.bundle import names
from hub.bundle.errors import Damaged, Unreadable
from hub.bundle.keys import PublicKey, read_public
from hub.bundle.layout import STORED
from hub.bundle.packing import METHODS, PackedFile
from hub.bundle.sealing import NAMED, decrypt, is_sealed
from hub.bundle.verify.archive import Archive
from hub.bundle.verify.content import Content
from hub.bundle.verify.findings import Fault, Report
from hub.bundle.verify.folder import Folder
from hub.bundle.verify.proofs import Proofs

Advance = Callable[[int, int], None]
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_SUM_LINE: Final = re.compile(rb"([0-9a-f]{64})  ([^\n]+)\n")


class Trust(Struct, frozen=True, kw_only=True):
    """What is known from elsewhere: the fingerprint of the site's key, authorities of time stamps."""

    fingerprint: str | None = None
    roots: Sequence[Certificate] = ()


def check(bundle: Path, trust: Trust, identity: Path | None, advance: Advance) -> Report:
    """Check a bundle and report; Unreadable: it is none, or cannot be opened.

    `identity`: age's file with the key of an encrypted one. `advance` hears bytes read, and in all.
    """
    report = Report(findings=[])
    if bundle.is_dir():
        _content(Folder(bundle, report), report, trust, advance)
        return report
    try:
        if is_sealed(bundle):
            _sealed(bundle, trust, identity, report, advance)
        else:
            with bundle.open("rb") as opened:
                _zip(opened, bundle, report, trust, advance)
    except OSError as wrong:
        raise Unreadable(f"{bundle}: {wrong.strerror or wrong}") from wrong
    return report


def fingerprint_of(text: str) -> str:
    """Return the fingerprint that somebody gave: itself, or that of a key's file; ConfigurationError else."""
    plain = re.sub(r"[\s:]", "", text).lower()
    if _FINGERPRINT.fullmatch(plain):
        return plain
    try:
        return read_public(Path(text).read_bytes()).fingerprint
    except (OSError, Damaged) as wrong:
        raise ConfigurationError(
            f"--key {text}: {wrong}; allowed: a key's file (PEM), or 64 digits of its fingerprint"
        ) from wrong


def _sealed(bundle: Path, trust: Trust, identity: Path | None, report: Report, advance: Advance) -> None:
    if identity is None:
        raise Unreadable(f"{bundle} is encrypted: give --identity, the file with the key that opens it")
    with TemporaryFile() as plain:  # it has no name: whatever ends this, nothing of it is left
        try:
            decrypt(bundle, plain, identity)
        except Damaged as wrong:
            report.found(Fault.ENCRYPTION, bundle.name, str(wrong))
            return
        _zip(plain, bundle.with_name(bundle.name.removesuffix(NAMED)), report, trust, advance)


def _zip(file: IO[bytes], named: Path, report: Report, trust: Trust, advance: Advance) -> None:
    """Check a ZIP; `named` is where its sum would stand beside it."""
    archive = Archive(file, named, report)
    key = None if archive.refused else _content(archive, report, trust, advance)
    _sidecar(file, named, key, report)


def _content(content: Content, report: Report, trust: Trust, advance: Advance) -> PublicKey | None:
    proofs = Proofs(content, report)
    proofs.check(trust.fingerprint, trust.roots)
    packed = {each.name: each for each in proofs.manifest.files} if proofs.manifest else {}
    expected = proofs.sums or {name: each.sha256 for name, each in packed.items()}
    report.files = len(content.names)
    _names(content, expected, report)
    total, done = sum(map(content.size, content.names)), 0
    for name in content.names:
        if name in expected:
            _file(content, name, expected[name], packed.get(name), report)
        elif isinstance(content, Archive) and content.method(name) != STORED:
            report.found(Fault.PACKED, name, "a proof that is compressed")
        done += content.size(name)
        advance(done, total)
    return proofs.key


def _names(content: Content, expected: dict[str, str], report: Report) -> None:
    there = set(content.names)
    for name in sorted(expected.keys() - there):
        if name not in (names.SIGNER, names.MANIFEST):  # their absence is reported already
            report.found(Fault.MISSING, name)
    stamped = report.manifest is not None and report.manifest.stamped
    for name in sorted(there - expected.keys()):
        if not names.unsummed(name) or (names.STAMP in name and not stamped):
            report.found(Fault.ADDED, name)


def _file(content: Content, name: str, digest: str, told: PackedFile | None, report: Report) -> None:
    try:
        measured = content.measure(name)
    except Damaged as wrong:
        report.found(Fault.CHANGED, name, str(wrong))
        return
    if measured.sha256 != digest:
        report.found(Fault.CHANGED, name, f"SHA-256 {measured.sha256}, signed: {digest}")
        return
    if not isinstance(content, Archive):
        return
    method = METHODS.get(content.method(name))
    wanted = (told.packed.method, told.packed.sha256) if told else (METHODS[STORED], digest)
    if (method, measured.packed) != wanted:
        report.found(Fault.PACKED, name, f"{method}, {measured.packed}")


def _sidecar(file: IO[bytes], named: Path, key: PublicKey | None, report: Report) -> None:
    """Compare the ZIP with the sum beside it, and that with its signature."""
    beside = named.with_name(f"{named.name}.sha256")
    signature = beside.with_name(names.signature_of(beside.name))
    if not beside.exists() and not signature.exists():
        return
    report.sidecar = True
    if not (beside.exists() and signature.exists()):
        report.found(Fault.MISSING, (signature if beside.exists() else beside).name)
        return
    text = beside.read_bytes()
    found = _SUM_LINE.fullmatch(text)
    file.seek(0)
    if found is None or found[1].decode() != hashlib.file_digest(file, "sha256").hexdigest():  # type: ignore[arg-type]  # it is one
        report.found(Fault.SIDECAR, beside.name)
    if key is not None and not key.signed(text, signature.read_bytes()):
        report.found(Fault.SIGNATURE, beside.name)
