"""Where connectors of OCPP posts are made known."""

from drivers.charger.link import Ear
from drivers.charger.ocpp.listener import Listener
from drivers.charger.ocpp.post import Bay
from drivers.charger.options import ChargerOptions
from drivers.charger.wire import Wire
from drivers.runtime.interface import Port


async def register(port: Port, options: ChargerOptions, wire: Wire, ear: Ear) -> None:
    """Let `ear` hear of its connector from now on; listens until the process ends.

    DeviceUnreachable if the address cannot be listened on, DeviceError with code `configuration` if files
    are wrong or connectors disagree. The same ear again changes nothing; it is told of a link that exists.
    """
    listener = listener_at(port, options, wire)
    await listener.open()
    listener.admit(wire, Bay(ear, options))


def listener_at(port: Port, options: ChargerOptions, wire: Wire) -> Listener:
    """Return the listener that all connectors of this host at the same address share."""
    return port.shared(wire.listener, lambda: Listener(wire, options, port.clock))
