"""The posts that may connect to one listening TCP socket: those that some connector names, and no others."""

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from contract.clock import Clock
from drivers.charger.link import Ear
from drivers.charger.tcp.attached import Attached
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Complain, Listener, Talk
from drivers.charger.wire import Wire
from drivers.runtime.interface import Port

P = TypeVar("P", bound=Attached)

ORPHANED_S: Final = 600.0
"""What is charged at a connector that nobody has named so long after we began to listen is not ours."""


class Posts(Generic[P]):
    """Makes posts as connectors name them, and lets them talk; shared by the devices of a driver host."""

    def __init__(
        self,
        port: Port,
        wire: Wire,
        make: Callable[[str, Clock, Callable[[], bool]], P],
        talk: Callable[[Line, Mapping[str, P], Complain], Talk],
    ) -> None:
        self._posts: dict[str, P] = {}
        self._clock = port.clock
        self._complain = port.malformed
        self._make, self._talk = make, talk
        self._listener = Listener(wire.host, wire.port, self._begin, port.clock, port.malformed)

    async def register(self, wire: Wire, ear: Ear) -> None:
        """Let `ear` hear of its connector from now on; the same ear again changes nothing.

        DeviceUnreachable if the address cannot be listened on, DeviceError with code `configuration` if
        another device is the same connector.
        """
        post = self._posts.get(wire.post)
        if post is None:
            post = self._posts[wire.post] = self._make(wire.post, self._clock, self._orphaned)
        post.enrol(wire.connector, ear)
        await self._listener.open()

    async def aclose(self) -> None:
        """Listen no more, and hang up."""
        await self._listener.aclose()

    def _begin(self, line: Line) -> Talk:
        return self._talk(line, self._posts, self._complain)

    def _orphaned(self) -> bool:
        """Say whether to answer for nobody: without an answer it is said for ever, but it may yet be ours."""
        return self._clock.monotonic() - self._listener.opened_at > ORPHANED_S
