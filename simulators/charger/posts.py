"""The posts of a process, by the address that they call: connectors with the same one stand on one post."""

import importlib
from typing import Any

from simulators.charger.connector import Connector
from simulators.charger.options import Options
from simulators.charger.outlet import Outlet
from simulators.charger.post import Post
from simulators.charger.wire import PostWire, free_port
from simulators.clock import Clock
from simulators.errors import BadOptions

MODULES = {
    "ocpp": "simulators.charger.ocpp.posts",
    "ocpps": "simulators.charger.ocpp.posts",
    "dny": "simulators.charger.dny.posts",
    "ykc": "simulators.charger.ykc.posts",
}
"""What has `make_post(wire, options, clock)` for each scheme; loaded only where one stands."""


def make_post(wire: PostWire, options: Options, clock: Clock) -> Post:
    """Build a post that does not call yet; BadOptions if it cannot be one."""
    module: Any = importlib.import_module(MODULES[wire.scheme])
    post: Post = module.make_post(wire, options, clock)
    return post


class Posts:
    """One per process: `ports.of(Posts)`."""

    def __init__(self) -> None:
        self._posts: dict[PostWire, Post] = {}
        self._ports: dict[tuple[str, str], int] = {}

    async def close(self) -> None:
        """Let every post hang up."""
        for post in self._posts.values():
            await post.close()

    async def tend(self) -> None:
        """Nothing: a post calls again by itself."""

    def put(self, own: Post, number: int) -> Post:
        """Put connector `number` of `own`, a post of its own so far, on the post of its address; let it call.

        Port 0 is one free port for all posts of a scheme and host: whoever listens there comes later.
        """
        wire = own.wire
        if wire.port == 0:
            wire = wire.with_port(self._free_port(wire))
        post = self._posts.setdefault(wire, own)
        if post is not own:
            stand(post, own.outlets[number], own.options)
        post.wire = wire
        post.open()
        return post

    def _free_port(self, wire: PostWire) -> int:
        where = (wire.scheme, wire.host)
        if where not in self._ports:
            self._ports[where] = free_port(wire.host)
        return self._ports[where]


def stand(post: Post, outlet: Outlet, options: Options) -> None:
    """Put a connector on a post; BadOptions if its place is taken or it wants another kind of post."""
    where = post.wire.of(outlet.number)
    if outlet.number in post.outlets:
        raise BadOptions(f"{where}: two devices are this connector")
    if options.of_post != post.options.of_post:
        raise BadOptions(f"{where}: connectors disagree on version, password_file, ca_file or slow_s")
    post.outlets[outlet.number] = outlet


def make_outlet(number: int, options: Options, *, seed: int) -> Outlet:
    """Build a connector whose meter and mains follow from `seed`."""
    connector = Connector(
        max_power=options.power, mains_v=215.0 + seed % 100 / 10, meter_wh=float(seed % 5_000_000)
    )
    return Outlet(number=number, connector=connector)
