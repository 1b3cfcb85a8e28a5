"""Who talks to which broker: what `contract.mqtt` is told and what it gives."""

import ssl
from typing import Literal, NamedTuple

from msgspec import Struct


class Broker(Struct, frozen=True, kw_only=True):
    """Where a broker is and who we are to it. `protocol` "3.1.1" for brokers that know no MQTT 5."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    ca_file: str | None = None
    keepalive_s: int = 5


class Will(NamedTuple):
    """What the broker publishes, retained, when we are gone without a word."""

    topic: str
    payload: bytes


class Incoming(NamedTuple):
    """A message as it came; `mid` is for `acknowledge`."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    mid: int


class Queue(NamedTuple):
    """How many incoming messages may wait, and what happens then.

    "block" stops reading, so that the broker keeps them; "shed" drops the oldest and counts it.
    """

    limit: int = 10_000
    when_full: Literal["block", "shed"] = "block"


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return a TLS context that trusts the authority in `ca_file` alone and checks the host's name."""
    return ssl.create_default_context(cafile=ca_file)
