"""Which files a bundle has, in which order, and what a name in it may be."""

import re
from collections.abc import Iterable
from typing import Final

README: Final = "README.txt"
COVER_PAGE: Final = "cover.html"
COVER_PDF: Final = "cover.pdf"
CUSTODY: Final = "custody.jsonl"
MANIFEST: Final = "manifest.json"
SIGNER: Final = "signer.pem"
SUMS: Final = "SHA256SUMS"
STAMP: Final = "SHA256SUMS.tsr"

SIGNED: Final = (MANIFEST, SUMS)
"""What has a signature of its own in every bundle; a stamp has one where there is a stamp."""

_FIRST: Final = (README, COVER_PAGE, COVER_PDF)
_LAST: Final = (
    CUSTODY,
    SIGNER,
    MANIFEST,
    "manifest.json.sig",
    SUMS,
    "SHA256SUMS.sig",
    STAMP,
    "SHA256SUMS.tsr.sig",
)
_PLACE: Final = {name: place for place, name in enumerate(_FIRST)} | {
    name: len(_FIRST) + 1 + place for place, name in enumerate(_LAST)
}
_SAFE: Final = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,2}", re.ASCII
)
_DEFLATED: Final = (".txt", ".html", ".csv", ".jsonl")


def signature_of(name: str) -> str:
    """Return the name of a file's signature."""
    return f"{name}.sig"


def unsummed(name: str) -> bool:
    """Whether a file stands outside SHA256SUMS: that file itself, its stamp, and signatures."""
    return name in (SUMS, STAMP) or name in map(signature_of, (*SIGNED, STAMP))


def in_order(names: Iterable[str]) -> list[str]:
    """Return names in the order in which a bundle has them: what people open first, data, media, proofs."""
    return sorted(names, key=lambda name: (_PLACE.get(name, len(_FIRST)), name))


def is_safe(name: str) -> bool:
    """Whether a name stays inside the folder it is unpacked to, on every system."""
    return _SAFE.fullmatch(name) is not None


def is_deflated(name: str) -> bool:
    """Whether a file is compressed; the rest is already, or has to be the same on every machine."""
    return name.endswith(_DEFLATED)
