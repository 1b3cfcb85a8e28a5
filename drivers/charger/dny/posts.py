"""Where connectors of DNY posts are made known."""

from drivers.charger.dny.post import DnyPost
from drivers.charger.dny.talk import DnyTalk
from drivers.charger.link import Ear
from drivers.charger.options import ChargerOptions
from drivers.charger.tcp.posts import Posts
from drivers.charger.wire import Wire
from drivers.runtime.interface import Port


async def register(port: Port, options: ChargerOptions, wire: Wire, ear: Ear) -> None:
    """Let `ear` hear of its connector from now on; listens until the driver host ends.

    DeviceUnreachable if the address cannot be listened on, DeviceError with code `configuration` if another
    device is the same connector. The same ear again changes nothing; it is told of a link that exists.
    """
    del options  # such a post has no password, and its times are the protocol's
    posts = port.shared(wire.listener, lambda: Posts(port, wire, DnyPost, DnyTalk))
    await posts.register(wire, ear)
