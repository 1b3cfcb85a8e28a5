"""What the broker keeps of this host's devices: of one that was taken away it is taken back.

Otherwise everybody would go on showing it. A device that another host drives by now is left alone: its
description names that host. Should it come to its new host in the very moment in which it is taken back here,
the new host sees its description go, and says everything anew.

No device is ever forgotten: a broker that was killed may come back with what was taken back before.
"""

import logging
from collections.abc import Collection

from contract.errors import LinkRefused
from contract.mqtt import Connection
from contract.things import read_description
from contract.topics import LEFT, Address, Channel
from drivers.runtime.outlet import Outlet

log = logging.getLogger(__name__)


class Described:
    """What a host describes (`own`), and what it described in earlier runs and does no longer (`former`)."""

    def __init__(
        self, host: str, own: Collection[Address], former: Collection[Address], outlet: Outlet
    ) -> None:
        self._host = host
        self._own, self._former = frozenset(own), frozenset(former)
        self.outlet = outlet
        """By which everything is said."""

    async def subscribe(self, link: Connection) -> None:
        """Hear of what is left of former devices, and of what others do to those that are here.

        A broker that does not let us hear it only keeps us from tidying up.
        """
        try:
            if self._own:
                await link.subscribe(_descriptions(self._own), news_only=True)
            if self._former:
                await link.subscribe(_descriptions(self._former))
        except LinkRefused as refused:
            self.outlet.complaints.say("descriptions", str(refused))

    def take(self, address: Address, payload: bytes) -> None:
        """Take the description that the broker has of a device; empty, it has been taken back.

        InvalidMessage if it is none.
        """
        topics = [address.topic(channel) for channel in LEFT]
        if address in self._own:
            if not payload:
                self.outlet.anew(topics)
        elif address in self._former and payload and read_description(payload).driver == self._host:
            log.info("%s is no longer driven here: what was said of it is taken back", address)
            self.outlet.take_back(topics)


def _descriptions(things: Collection[Address]) -> list[str]:
    return [each.topic(Channel.DESCRIPTION) for each in sorted(things)]
