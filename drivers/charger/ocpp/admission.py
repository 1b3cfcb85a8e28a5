"""Whether a handshake may become a conversation: which post, with its password, in which version."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from drivers.charger.ocpp.frames import Version
from drivers.charger.ocpp.post import Post

VERSIONS: Final[Mapping[str, Version]] = {"ocpp2.0.1": "2.0.1", "ocpp1.6": "1.6"}

FIRST_DELAY_S: Final = 0.1
LONGEST_DELAY_S: Final = 4.0
MOST_SLOWED: Final = 8
"""Failed handshakes from one address that are made to wait at a time; more are refused at once."""

MOST_ADDRESSES: Final = 1000


class Tries:
    """Failed handshakes by address: each makes the answer to the next slower. A right one never waits."""

    def __init__(self) -> None:
        self._failed: dict[str, int] = {}
        self._waiting: dict[str, int] = {}

    def succeeded(self, address: str) -> None:
        """Forget what was."""
        self._failed.pop(address, None)

    async def fail(self, address: str) -> bool:
        """Count a failed try and let it wait; False if too many of that address wait already."""
        failed = self._failed.pop(address, 0) + 1
        if len(self._failed) >= MOST_ADDRESSES:
            self._failed.pop(next(iter(self._failed)))
        self._failed[address] = failed
        if self._waiting.get(address, 0) >= MOST_SLOWED:
            return False
        await self._wait(address, min(FIRST_DELAY_S * 2 ** min(failed - 1, 16), LONGEST_DELAY_S))
        return True

    async def _wait(self, address: str, delay_s: float) -> None:
        self._waiting[address] = self._waiting.get(address, 0) + 1
        try:
            await asyncio.sleep(delay_s)
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]


class Admission:
    """The handshakes of one listener."""

    def __init__(self, posts: Mapping[str, Post]) -> None:
        self._posts = posts
        self._tries = Tries()

    async def check(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return the refusal, None if the post may come in."""
        address = _address(connection)
        post = self._posts.get(post_of(request.path))
        if post is None:
            return await self._unknown(connection, address)
        headers = request.headers.get_all("Authorization")
        if not headers:
            return _who_are_you(connection)
        if len(headers) > 1 or not post.password.proven_by(post.name, headers[0]):
            post.complain(f"wrong password, from {address}")
            may_wait = await self._tries.fail(address)
            return _who_are_you(connection) if may_wait else _too_many(connection)
        self._tries.succeeded(address)
        return _version_refusal(connection, request, post)

    def complain(self, what: str) -> None:
        """Count what no post of ours is known to have done."""
        for post in list(self._posts.values())[:1]:  # a line of the log needs somebody who says it
            post.complain(what)

    async def _unknown(self, connection: ServerConnection, address: str) -> Response:
        self.complain(f"a post that is not known here tries to connect, from {address}")
        if await self._tries.fail(address):
            return connection.respond(HTTPStatus.NOT_FOUND, "no such charging station\n")
        return _too_many(connection)


def post_of(path: str) -> str:
    """Return which post a path means: its last part, whatever is before it."""
    return unquote(path.partition("?")[0].rstrip("/").rpartition("/")[2])


def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Choose what the post would like best of what we speak (RFC 6455 §1.9)."""
    return next((each for each in offered if each in VERSIONS), None)


def _version_refusal(connection: ServerConnection, request: Request, post: Post) -> Response | None:
    offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol")).split(",")
    if any(each.strip() in VERSIONS for each in offered):
        return None
    post.complain("connects with neither subprotocol that is spoken here")
    wanted = " or ".join(VERSIONS)
    return connection.respond(HTTPStatus.BAD_REQUEST, f"Sec-WebSocket-Protocol must offer {wanted}\n")


def _who_are_you(connection: ServerConnection) -> Response:
    response = connection.respond(HTTPStatus.UNAUTHORIZED, "user: the station's id; its own password\n")
    response.headers["WWW-Authenticate"] = 'Basic realm="OCPP", charset="UTF-8"'
    return response


def _too_many(connection: ServerConnection) -> Response:
    response = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "too many failed tries\n")
    response.headers["Retry-After"] = str(round(LONGEST_DELAY_S))
    return response


def _address(connection: ServerConnection) -> str:
    peer = connection.remote_address
    return str(peer[0]) if peer else "nowhere"
