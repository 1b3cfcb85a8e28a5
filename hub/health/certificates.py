"""When the certificates end on which the link to the broker rests: its authority's, and its own. Blocking."""

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from msgspec import Struct

from contract.mqtt import Broker

WITHIN_S: Final = 3.0


class Certificate(Struct, frozen=True, kw_only=True):
    """One certificate. `until` None: that could not be learnt, and `why`."""

    id: str
    until: datetime | None = None
    why: str = ""


def certificates_of(broker: Broker) -> list[Certificate]:
    """Look at the broker's certificate authority and, by a connection, at the broker's own certificate."""
    if broker.ca_file is None:
        return []
    return [_of_file("broker-ca", Path(broker.ca_file)), _of_server("broker-server", broker)]


def _of_file(ident: str, file: Path) -> Certificate:
    """Return what ends first in a file: a chain holds no longer."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as wrong:
        return Certificate(id=ident, why=str(wrong))
    return Certificate(id=ident, until=min(each.not_valid_after_utc for each in found))


def _of_server(ident: str, broker: Broker) -> Certificate:
    """Return what the broker shows, also if it has ended already: nothing but that is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # no word goes over it; who is trusted is decided by the link itself
    try:
        with (
            socket.create_connection((broker.host, broker.port), WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=broker.host) as secure,
        ):
            shown = secure.getpeercert(binary_form=True)
    except OSError as wrong:
        return Certificate(id=ident, why=str(wrong))
    if shown is None:
        return Certificate(id=ident, why="the broker shows no certificate")
    return Certificate(
        id=ident, until=x509.load_der_x509_certificate(shown).not_valid_after_utc.astimezone(UTC)
    )
