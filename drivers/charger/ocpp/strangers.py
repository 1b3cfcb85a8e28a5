"""Connections that have not said which post they are: bounded, so that they cannot keep the posts out."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

MOST_STRANGERS: Final = 256
"""Beyond this, the one that has waited longest makes way."""


class Caller(ServerConnection):
    """A connection from its first byte on; `complain` hears of those that had to make way."""

    def __init__(self, *given: Any, complain: Callable[[str], None], **more: Any) -> None:
        super().__init__(*given, **more)
        self._complain = complain

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take that somebody calls."""
        strangers = [each for each in self.server.handlers if _strange(each)]
        if len(strangers) >= MOST_STRANGERS:
            self._complain(f"{MOST_STRANGERS} connections have not said who they are; one is closed")
            strangers[0].transport.abort()
        super().connection_made(transport)


def _strange(connection: ServerConnection) -> bool:
    return connection.state is State.CONNECTING and not connection.transport.is_closing()
