"""Time stamps of RFC 3161: a third party's word that SHA256SUMS was there at that time. Blocking."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from contract.errors import ConfigurationError
from hub.bundle.errors import Damaged, StampFailed
from hub.bundle.unsorted import in_der_order

TIMEOUT_S: Final = 30.0
LARGEST: Final = 1 << 20
"""Bytes of an answer; real ones have some 6,000."""

FARTHEST: Final = timedelta(hours=1)
"""From the time of a stamp to this machine's; beyond, one of the clocks is plainly wrong."""

_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class Stamp(NamedTuple):
    """What a stamp says: when, and the server's own name for itself; `trusted`: by a given root."""

    at: datetime
    by: str
    trusted: bool


def ask_for_stamp(url: str, content: bytes, now: datetime, roots: Sequence[x509.Certificate] = ()) -> bytes:
    """Have `content` stamped by the server and return its answer, DER; StampFailed if there is no good stamp.

    With `roots` it is good only if it leads to one of them, from a certificate that is for stamps (RFC 3161
    §2.3) and was good when it was made.
    """
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _posted(url, request.as_bytes())
    try:
        response = decode_timestamp_response(in_der_order(answer))
        if response.status:
            said = " ".join(response.status_string) or "no reason given"
            raise StampFailed(f"{url} refuses to stamp (status {response.status}): {said}")
        if response.tst_info.nonce != request.nonce:
            raise StampFailed(f"{url} answered somebody else's request: the nonce differs")
        stamp = read_stamp(answer, content, roots)
    except (ValueError, Damaged) as wrong:
        raise StampFailed(f"{url} sent no good time stamp of RFC 3161 for this: {wrong}") from wrong
    if abs(stamp.at - now) > FARTHEST:
        raise StampFailed(
            f"{url} stamps with {stamp.at.isoformat()}, while this machine's clock says {now.isoformat()}:"
            " one of them is wrong"
        )
    return answer


def read_stamp(answer: bytes, content: bytes, roots: Iterable[x509.Certificate]) -> Stamp:
    """Check that a stamp is of `content` and, where roots are given, whose it is; Damaged says what differs.

    Without roots nobody has checked who signed it.
    """
    try:
        response = decode_timestamp_response(in_der_order(answer))
        info = response.tst_info
        imprint = info.message_imprint
    except (ValueError, x509.InvalidVersion) as wrong:
        raise Damaged(f"no answer of RFC 3161: {wrong}") from wrong
    if imprint.hash_algorithm != _SHA256 or imprint.message != _sha256(content):
        raise Damaged("the stamp is of other content")
    try:
        trusted = _trust(response, content, list(roots))
        return Stamp(info.gen_time, _name(response), trusted)
    except (VerificationError, ValueError, x509.InvalidVersion) as wrong:
        raise Damaged(
            f"its signature is broken, or leads to none of the given authorities ({wrong})"
        ) from wrong


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """Read the certificates of authorities; ConfigurationError if there is none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as wrong:
        raise ConfigurationError(f"no certificates in PEM: {wrong}") from wrong


def roots_in(file: Path) -> list[x509.Certificate]:
    """Read a file with the certificates of authorities; ConfigurationError: that cannot be done."""
    try:
        return read_roots(file.read_bytes())
    except OSError as wrong:
        raise ConfigurationError(f"{file}: cannot be read: {wrong.strerror}") from wrong
    except ConfigurationError as wrong:
        raise ConfigurationError(f"{file}: {wrong}") from wrong


def _trust(response: TimeStampResponse, content: bytes, roots: list[x509.Certificate]) -> bool:
    if not roots:
        return False
    return VerifierBuilder(roots=roots).build().verify_message(response, content)


def _name(response: TimeStampResponse) -> str:
    signers = {(each.issuer, each.serial_number) for each in response.signed_data.signer_infos}
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) in signers:
            return certificate.subject.rfc4514_string()
    return "?"


def _posted(url: str, request: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        answer = httpx.post(url, content=request, headers=headers, timeout=TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        said = str(wrong) or type(wrong).__name__
        raise StampFailed(f"the time stamp server {url} cannot be asked: {said}") from wrong
    if answer.status_code != httpx.codes.OK:
        raise StampFailed(f"the time stamp server {url} gave no stamp: HTTP {answer.status_code}")
    if len(answer.content) > LARGEST:
        raise StampFailed(f"{url} answered with {len(answer.content)} bytes")
    return answer.content


def _sha256(content: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(content)
    return digest.finalize()
