"""What we send reaches a device soon, or never.

TCP goes on sending for minutes, also after we have closed: when a broken network is mended, an "open" comes
through that was meant for somebody who has left.
"""

import asyncio
import socket
from typing import Final

LATEST_S: Final = 3.0
"""Whatever the other side has not acknowledged by then is given up, and the connection with it."""

_USER_TIMEOUT: Final[int | None] = getattr(socket, "TCP_USER_TIMEOUT", None)
"""RFC 5482; Linux has it."""


def soon_or_never(line: asyncio.BaseTransport | socket.socket | None) -> None:
    """Have what is sent over a TCP connection thrown away once it is late; other lines keep nothing."""
    found = line.get_extra_info("socket") if isinstance(line, asyncio.BaseTransport) else line
    if _USER_TIMEOUT is not None and found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        found.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, round(LATEST_S * 1000))
