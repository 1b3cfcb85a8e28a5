"""How the server of history does, for health and metrics."""

from enum import StrEnum
from typing import NamedTuple


class ServerState(StrEnum):
    """How the server took what was last sent to it. DENIES: it will not until somebody mends something."""

    TAKES = "takes"
    AWAY = "away"
    DENIES = "denies"


class ServerView(NamedTuple):
    """A server, and what waits for it on disk. `says`: why it takes nothing."""

    state: ServerState
    says: str
    waiting_bytes: int
    limit_bytes: int
