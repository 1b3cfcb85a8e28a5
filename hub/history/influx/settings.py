"""How a hub reaches InfluxDB."""

from pathlib import Path
from typing import Final

from msgspec import Struct

TIMEOUT_S: Final = 10.0
LONGEST_PAUSE_S: Final = 30.0
MEBIBYTE: Final = 1 << 20


class InfluxSettings(Struct, frozen=True, kw_only=True):
    """One database of a server, the hub's alone.

    `bucket` and `org` are what the write API asks for, `database` what InfluxQL does; a server of version 1
    knows no organisation. `token`: of version 1 it is `user:password`; None: the server asks for none.
    `buffer_dir` takes up to `buffer_bytes` while the server is away. A request may take `timeout_s`;
    between two tries at an absent server lie at most `longest_pause_s`.
    """

    url: str
    bucket: str
    database: str
    buffer_dir: Path
    org: str = "-"
    token: str | None = None
    buffer_bytes: int = 1024 * MEBIBYTE
    timeout_s: float = TIMEOUT_S
    longest_pause_s: float = LONGEST_PAUSE_S
