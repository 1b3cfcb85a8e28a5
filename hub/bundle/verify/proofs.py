"""Checks what a bundle says of itself: key, signatures, sums, manifest, custody, stamp."""

import re
from collections.abc import Iterable
from typing import Final

from cryptography.x509 import Certificate

from hub.bundle import names
from hub.bundle.custody import broken_at
from hub.bundle.errors import Damaged
from hub.bundle.keys import PublicKey, read_public
from hub.bundle.manifest import Manifest, read_manifest
from hub.bundle.stamping import read_stamp
from hub.bundle.verify.content import Content, lines, small
from hub.bundle.verify.findings import Fault, Report, StampSeen

MOST_TEXT: Final = 512 << 20
"""Bytes of a manifest or of sums: those of two million files."""

MOST_SMALL: Final = 1 << 20
_LONGEST_STEP: Final = 1 << 20
_LINE: Final = re.compile(r"([0-9a-f]{64})  (.+)")


class Proofs:
    """Reads the proofs in a bundle; what is wrong with them goes into the report.

    `sums`: SHA-256 by name; `manifest` None: it is not there, or broken.
    """

    def __init__(self, content: Content, report: Report) -> None:
        self._content, self._report = content, report
        self._read: dict[str, bytes | None] = {}
        self.key = self._key()
        self.sums_text = self._text(names.SUMS, MOST_TEXT)
        self.sums = self._sums(self.sums_text or b"")
        self.manifest = self._manifest()
        report.manifest = self.manifest
        report.fingerprint = self.key.fingerprint if self.key else None

    def check(self, trusted: str | None, roots: Iterable[Certificate]) -> None:
        """Check signatures, whose they are, the custody and the stamp."""
        if self.key is not None:
            self._trust(self.key, trusted)
            for name in names.SIGNED:
                self._signature(self.key, name)
        if self.manifest is not None:
            self._agree(self.manifest)
            self._custody(self.manifest)
        self._stamp(roots)

    def _text(self, name: str, most: int) -> bytes | None:
        """Read a proof; one that is missing or broken is reported, once."""
        if name not in self._read:
            self._read[name] = self._read_once(name, most)
        return self._read[name]

    def _read_once(self, name: str, most: int) -> bytes | None:
        try:
            text = small(self._content, name, most)
        except Damaged as wrong:
            self._report.found(Fault.CHANGED, name, str(wrong))
            return None
        if text is None:
            self._report.found(Fault.MISSING, name)
        return text

    def _key(self) -> PublicKey | None:
        pem = self._text(names.SIGNER, MOST_SMALL)
        if pem is None:
            return None
        try:
            key = read_public(pem)
        except Damaged as wrong:
            self._report.found(Fault.SIGNER, names.SIGNER, str(wrong))
            return None
        if key.pem != pem:
            self._report.found(Fault.SIGNER, names.SIGNER, "written otherwise than keys here are")
        return key

    def _trust(self, key: PublicKey, trusted: str | None) -> None:
        if trusted is None:
            return
        if key.fingerprint == trusted:
            self._report.key_compared = True
        else:
            self._report.found(Fault.OTHER_KEY, names.SIGNER, f"{key.fingerprint}, expected: {trusted}")

    def _signature(self, key: PublicKey, name: str) -> None:
        signature, text = self._text(names.signature_of(name), MOST_SMALL), self._text(name, MOST_TEXT)
        if text is not None and signature is not None and not key.signed(text, signature):
            self._report.found(Fault.SIGNATURE, name)

    def _sums(self, text: bytes) -> dict[str, str]:
        sums: dict[str, str] = {}
        for number, line in enumerate(text.decode("utf-8", "backslashreplace").splitlines(), 1):
            found = _LINE.fullmatch(line)
            if found is None or found[2] in sums or names.unsummed(found[2]):
                self._report.found(Fault.SUMS, f"{names.SUMS}, line {number}")
            else:
                sums[found[2]] = found[1]
        return sums

    def _manifest(self) -> Manifest | None:
        text = self._text(names.MANIFEST, MOST_TEXT)
        if text is None:
            return None
        try:
            return read_manifest(text)
        except Damaged as wrong:
            self._report.found(Fault.MANIFEST, names.MANIFEST, str(wrong))
            return None

    def _agree(self, manifest: Manifest) -> None:
        """Compare the manifest with the sums and the key: they say the same, or one of them is not theirs."""
        said = {each.name: each.sha256 for each in manifest.files}
        listed = {name: digest for name, digest in self.sums.items() if name != names.MANIFEST}
        for name in sorted(said.keys() | listed.keys()):
            if said.get(name) != listed.get(name):
                self._report.found(Fault.MANIFEST, name, f"{names.MANIFEST} and {names.SUMS} differ")
        if self.key is not None and manifest.signer.fingerprint != self.key.fingerprint:
            self._report.found(
                Fault.SIGNER, names.SIGNER, f"the manifest names {manifest.signer.fingerprint}"
            )
        for each in manifest.media:
            if each.file not in said:
                self._report.found(Fault.MANIFEST, each.file, "named as a picture, not as a file")

    def _custody(self, manifest: Manifest) -> None:
        if names.CUSTODY not in self._content.names:
            return
        try:
            steps = lines(self._content, names.CUSTODY, _LONGEST_STEP)
            line = broken_at(steps, manifest.custody.steps, manifest.custody.head)
        except Damaged:
            return  # the file itself is reported
        if line is not None:
            self._report.found(Fault.CUSTODY, f"{names.CUSTODY}, line {line}")

    def _stamp(self, roots: Iterable[Certificate]) -> None:
        wanted = self.manifest is not None and self.manifest.stamped
        if not wanted and names.STAMP not in self._content.names:
            return
        answer = self._text(names.STAMP, MOST_SMALL)
        if self.key is not None:
            self._signature(self.key, names.STAMP)
        if answer is None or self.sums_text is None:
            return
        try:
            stamp = read_stamp(answer, self.sums_text, roots)
        except Damaged as wrong:
            self._report.found(Fault.STAMP, names.STAMP, str(wrong))
            return
        self._report.stamp = StampSeen(at=stamp.at, by=stamp.by, trusted=stamp.trusted)
