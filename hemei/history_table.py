"""`[history]` of the site file: which engine keeps history, and where InfluxDB is."""

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct


class HistoryTable(Struct, frozen=True, kw_only=True):
    """`[history]`: where InfluxDB is may be said before `engine` chooses it, to copy history there first.

    Version 2 and 3 have a `bucket`, version 2 an `org`, version 1 a `database`; InfluxQL asks for `database`
    in all of them, by default named like the bucket. `token_file` holds the token; of version 1,
    `user:password`.
    `buffer_mb` (MiB) may wait on disk while the server is away.
    """

    engine: Literal["sqlite", "influxdb"] = "sqlite"
    url: str | None = None
    database: str | None = None
    bucket: str | None = None
    org: str | None = None
    token_file: str | None = None
    buffer_mb: Annotated[int, Meta(ge=16, le=1_048_576)] = 1024
    timeout_s: Annotated[float, Meta(ge=1, le=120)] = 10.0

    @property
    def has_server(self) -> bool:
        """Whether it says anything of a server, or must."""
        return self.engine == "influxdb" or self.url is not None


def faults(table: HistoryTable) -> Iterator[str]:
    """Yield what is wrong with the text of it."""
    if not table.has_server:
        return
    url = table.url
    if url is None:
        yield "[history] url: missing; expected http://HOST:8086 or https://HOST:8086"
    elif not _is_address(url):
        written = "…" if "@" in url else url  # what stands before the @ is a secret
        allowed = "http://HOST:PORT or https://HOST:PORT, without a password"
        yield f"[history] url = {written!r}: allowed: {allowed}"
    if not table.bucket and not table.database:
        yield "[history] bucket: missing; expected a bucket (version 2 and 3) or a database (version 1)"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.username is None
        and not parts.query
        and not parts.fragment
    )
