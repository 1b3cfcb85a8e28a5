"""What a terminal of Hikvision's records: from its event channel, and where that missed some, by number.

The channel says old records first when it is opened, thousands at times; what is known of them is let go.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import aclosing
from typing import Final
from uuid import uuid4

from contract.errors import DeviceError, InvalidMessage
from contract.first_to_end import first_to_end
from drivers.face.hikvision import questions, reports
from drivers.face.hikvision.codes import EVENT
from drivers.face.hikvision.history import History
from drivers.face.hikvision.reports import EVENT_TYPE, Occurrence
from drivers.face.options import FaceOptions
from drivers.face.terminal import Take, Told, What
from drivers.isapi.alertstream import pushes
from drivers.isapi.client import IsapiClient
from drivers.isapi.document import Node
from drivers.isapi.push import Push
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port
from drivers.runtime.waiting import changed, pause

JSON: Final = "application/json"
EVENTS: Final = "/ISAPI/AccessControl/AcsEvent?format=json"
PAGE: Final = 30
"""As many records as its documents allow."""

_COUNT: Final = re.compile(r"[0-9]{1,10}")

HISTORY_EVERY_S: Final = 300.0
FULL_S: Final = 10.0
"""How long nothing is asked for while our own disk is full."""


class Channel:
    """The records of one terminal. `moved` is set when one of just now tells of the door."""

    def __init__(self, options: FaceOptions, client: IsapiClient, port: Port, told: Told) -> None:
        self.moved = asyncio.Event()
        self._options, self._client, self._port, self._told = options, client, port, told
        self._zone = options.zone()
        self._history = History(port)
        self._missing = asyncio.Event()
        self._before = 0
        """What has a number up to this happened before we were there to hear it."""

    @property
    def identity(self) -> str:
        """Which terminal it is, and how often its records have begun anew."""
        return self._history.identity

    async def begin(self) -> None:
        """See which terminal answers, and how far its records are known."""
        await self._meet()
        self._missing.set()

    async def run(self, take: Take, news: Callable[[], None]) -> None:
        """Take records until the event channel ends."""
        await first_to_end(self._listen(take, news), self._catch_up(take))

    async def _meet(self) -> None:
        known = self._history.upto
        identity, self._before = await self._serial_number(), await self._newest()
        await self._history.meet(identity, self._before, known)

    async def _serial_number(self) -> str:
        document = (await self._client.ask("GET", "/ISAPI/System/deviceInfo")).document()
        return document.word("serialNumber") or document.word("DeviceInfo", "serialNumber")

    async def _listen(self, take: Take, news: Callable[[], None]) -> None:
        async with aclosing(pushes(self._client, self._port.malformed)) as said:
            async for push in said:
                offset = reports.clock_offset(push.document, self._zone, self._port.clock.now())
                if offset is not None and push.event != EVENT_TYPE:
                    self._told.offset_s = offset
                    news()
                if push.event == EVENT_TYPE:
                    await self._hear(push, take, news)

    async def _hear(self, push: Push, take: Take, news: Callable[[], None]) -> None:
        try:
            event = reports.read_push(push.document, self._zone, self._port.clock.now())
        except InvalidMessage as wrong:
            self._port.malformed(str(wrong))
            return
        if not self._is_ours(event):
            return
        picture = push.pictures[0].jpeg if push.pictures and self._options.stranger_pictures else None
        try:
            await self._take(event, take, picture)
        except StorageError:
            self._missing.set()  # counted and logged; asked for again
        news()

    async def _take(self, event: Occurrence, take: Take, picture: bytes | None) -> None:
        history = self._history
        numbered = event.major == EVENT and event.serial > 0
        if numbered and (history.has(event.serial) or not await self._is_news(event)):
            return
        await self._report(event, take, replay=not event.current, picture=picture)
        if not numbered:
            return
        history.reported(event.serial)
        if history.upto is None or event.before == history.upto or event.serial == history.upto + 1:
            await history.took(event.serial)
        else:
            self._missing.set()

    async def _is_news(self, event: Occurrence) -> bool:
        """Whether it was not taken; a new record with an old number makes us ask whether they began anew."""
        if not self._history.is_new(event.serial) and event.current:
            await self._meet()
            self._missing.set()
        return self._history.is_new(event.serial)

    async def _report(
        self, event: Occurrence, take: Take, *, replay: bool, picture: bytes | None = None
    ) -> None:
        if not event.is_known:
            self._told.unknown += 1
        record = event.record(self._history.number(event.serial), replay=replay, picture=picture)
        if record is None:
            return
        if not replay:
            self._see(record.what)
        await take(record)

    def _is_ours(self, event: Occurrence) -> bool:
        return event.door in (0, self._options.door)

    def _see(self, what: What) -> None:
        told = self._told
        if what in (What.LOCK_OPEN, What.LOCK_CLOSED):
            told.locked = what is What.LOCK_CLOSED
        elif what in (What.DOOR_OPENED, What.FORCED, What.DOOR_CLOSED):
            told.contact_open = what is not What.DOOR_CLOSED
        self.moved.set()

    async def _catch_up(self, take: Take) -> None:
        """Ask for what was not heard, whenever something may be missing."""
        while True:
            await changed(self._port.clock, self._missing, HISTORY_EVERY_S)
            self._missing.clear()
            try:
                await self._ask_for_missing(take)
            except StorageError:
                self._missing.set()
                await pause(self._port.clock, FULL_S)

    async def _ask_for_missing(self, take: Take) -> None:
        search, position = uuid4().hex, 0
        begin = (self._history.upto or 0) + 1
        while True:
            found = await self._events(questions.events_from(begin, search, position, PAGE))
            rows = list(found.every("InfoList"))
            for row in rows:
                await self._take_row(row, take)
            position += len(rows)
            if found.word("responseStatusStrg").upper() != "MORE" or not rows:
                return

    async def _take_row(self, row: Node, take: Take) -> None:
        try:
            event = reports.read_row(row, self._zone, self._port.clock.now())
        except InvalidMessage as wrong:
            self._port.malformed(str(wrong))
            return
        if not self._history.is_new(event.serial):
            return
        if self._is_ours(event) and not self._history.has(event.serial):
            await self._report(event, take, replay=event.serial <= self._before)
            self._history.reported(event.serial)
        await self._history.took(event.serial)

    async def _newest(self) -> int:
        """Ask for the serial number of its last record: it gives them oldest first."""
        search = uuid4().hex
        found = await self._events(questions.events_from(1, search, 0, 1))
        total = found.word("totalMatches")
        if not _COUNT.fullmatch(total):
            raise DeviceError("an answer that does not say how many records there are", code="bad-protocol")
        if int(total) == 0:
            return 0
        if int(total) > 1:
            found = await self._events(questions.events_from(1, search, int(total) - 1, 1))
        row = found.at("InfoList")
        serial = row.word("serialNo") if row else ""
        if not _COUNT.fullmatch(serial):
            raise DeviceError("a record without a number", code="bad-protocol")
        return int(serial)

    async def _events(self, question: bytes) -> Node:
        answer = await self._client.ask("POST", EVENTS, question, kind=JSON)
        found = answer.document().at("AcsEvent")
        if found is None:
            raise DeviceError("an answer without its records", code="bad-protocol")
        return found
