"""The host's lists on the wire: portions in, one after another, and how far the host has them out.

What does not fit or cannot be kept is left out: the hub hears how far the host is, and sends that again.
"""

import asyncio
from typing import Final

from contract import codec
from contract.clock import Clock
from contract.errors import InvalidMessage
from contract.first_to_end import first_to_end
from contract.lists import Holding, Portion
from contract.mqtt import Incoming
from contract.topics import Address, Channel
from drivers.runtime.database import StorageError
from drivers.runtime.lists import Lists
from drivers.runtime.outlet import Outlet
from drivers.runtime.waiting import changed

LONGEST_INBOX: Final = 16
"""Portions; the hub sends no more than four that it has heard nothing of."""

SAY_EVERY_S: Final = 0.1
"""How often the host says how far it is while a list is under way."""

HEARTBEAT_S: Final = 60.0


class ListDesk:
    """Takes the portions of one host, and publishes its `holding`, if its drivers use any list."""

    def __init__(self, address: Address, lists: Lists, outlet: Outlet, clock: Clock) -> None:
        self._topic = address.topic(Channel.HOLDING)
        self._lists = lists
        self._outlet = outlet
        self._clock = clock
        self._inbox: asyncio.Queue[Portion] = asyncio.Queue(LONGEST_INBOX)
        self._whole = asyncio.Event()

    def take(self, message: Incoming) -> None:
        """Take a message from channel `list`; InvalidMessage if it cannot be read or there is no room.

        A retained one is none of the hub's: it would begin the list anew at every connection.
        """
        if message.retain:
            raise InvalidMessage("a retained portion of a list is ignored")
        portion = codec.decode(Portion, message.payload)
        try:
            self._inbox.put_nowait(portion)
        except asyncio.QueueFull as full:
            raise InvalidMessage("more portions of lists at once than the hub should send") from full

    async def run(self) -> None:
        """Work until cancelled."""
        await first_to_end(self._apply_all(), self._say_all())

    async def _apply_all(self) -> None:
        while True:
            portion = await self._inbox.get()
            try:
                if await self._lists.take(portion):
                    self._whole.set()
            except InvalidMessage as wrong:
                self._outlet.counters.messages_rejected += 1
                self._outlet.complaints.say(portion.list.value, str(wrong))
            except StorageError as wrong:
                self._outlet.complaints.say(portion.list.value, f"what changed is not kept: {wrong}")

    async def _say_all(self) -> None:
        while True:
            await changed(self._clock, self._lists.news, HEARTBEAT_S)
            self._lists.news.clear()
            self._whole.clear()
            self._say()
            await changed(self._clock, self._whole, SAY_EVERY_S)

    def _say(self) -> None:
        held = self._lists.held()
        if held is not None:
            said = Holding(ts=self._clock.now(), lists=held)
            self._outlet.retained(self._topic, codec.encode(said))
