"""One of Hikvision's face terminals: its records come over its event channel, and it is asked by requests.

What the channel missed is asked for by serial number, so that nothing is lost while we are away. The door's
own state, where the terminal tells it, shows whether a command was done.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import uuid4

from contract.errors import DeviceError, DeviceUnreachable
from contract.first_to_end import first_to_end
from contract.passes import Means
from drivers.face.hikvision import answers, questions
from drivers.face.hikvision.channel import Channel
from drivers.face.options import FaceOptions
from drivers.face.rights import Rights
from drivers.face.terminal import Presence, Take, Told
from drivers.face.terminal import Rejected as PersonRejected
from drivers.isapi.answer import Rejected
from drivers.isapi.client import IsapiClient
from drivers.runtime.interface import Port
from drivers.runtime.waiting import changed, pause

JSON: Final = "application/json"
XML: Final = "application/xml"
ACCESS: Final = "/ISAPI/AccessControl"
PAGE: Final = 30
"""As many as its documents allow."""

SHOWS_S: Final = 4.0
"""A door shows within this time what it was told."""
LOOK_S: Final = 0.4
WORK_EVERY_S: Final = 10.0
DELETED_S: Final = 30.0

BUSY: Final = "devicebusy"
ALREADY_THERE: Final = "alreadyexist"
"""Ends a `subStatusCode` that says that a person is there: employeeNo…, deviceUserAlreadyExist."""


class HikvisionTerminal:
    """One terminal. `port` has its memory, and counts what makes no sense of what it says."""

    longest_key = 32
    batch = 1
    largest_picture = 200 * 1024

    def __init__(self, options: FaceOptions, client: IsapiClient, port: Port) -> None:
        self.told = Told()
        self.means: AbstractSet[Means] = options.chosen()
        self._options, self._client, self._port = options, client, port
        self._zone = options.zone()
        self._channel = Channel(options, client, port, self.told)
        self._turn = asyncio.Lock()
        self._tells_work = True

    async def serve(self, take: Take, ready: Callable[[], None], news: Callable[[], None]) -> None:
        """Take what it records until its event channel ends."""
        self._tells_work = True
        await self._channel.begin()
        await self._look(news)
        ready()
        await first_to_end(self._channel.run(take, news), self._keep_looking(news))

    async def identity(self) -> str:
        """Return its serial number, and how often its records have begun anew."""
        return self._channel.identity

    # Its people.

    async def put(self, people: Sequence[Rights]) -> Mapping[str, str]:
        """Add or change people, one after another."""
        refused = {}
        for each in people:
            try:
                async with self._turn:
                    await self._put(each)
            except Rejected as wrong:
                refused[each.key] = wrong.reason or "rejected"
        return refused

    async def _put(self, given: Rights) -> None:
        body = questions.person(given, self._options.door, frozenset(self.means), self._zone)
        try:
            await self._tell("POST", "UserInfo/Record", body)
        except Rejected as wrong:
            if not wrong.reason.endswith(ALREADY_THERE):
                raise
            await self._tell("PUT", "UserInfo/Modify", body)
            await self._tell("PUT", "CardInfo/Delete", questions.cards_of(given.key))
        for number in questions.card_numbers(given.cards):
            await self._tell("POST", "CardInfo/Record", questions.card(given.key, number))
        if Means.CODE in self.means and given.code and len(given.code) not in questions.CODE_DIGITS:
            raise Rejected("the code is too long for the terminal", reason="code-too-long")

    async def enrol(self, person: Rights, jpeg: bytes) -> None:
        """Add or change a person, and send the face."""
        boundary = uuid4().hex
        form = questions.face(person.key, jpeg, boundary)
        kind = f"multipart/form-data; boundary={boundary}"
        async with self._turn:
            try:
                await self._put(person)
                path = "/ISAPI/Intelligent/FDLib/FaceDataRecord?format=json"
                await self._client.ask("POST", path, form, kind=kind)
            except Rejected as wrong:
                raise PersonRejected(str(wrong), code=wrong.reason or None) from None

    async def remove(self, keys: Sequence[str]) -> None:
        """Have people deleted and wait until that is done: it goes on after the answer."""
        async with self._turn:
            await self._tell("PUT", "UserInfoDetail/Delete", questions.deletion(keys))
            until = self._port.clock.monotonic() + DELETED_S
            while self._port.clock.monotonic() < until:
                path = f"{ACCESS}/UserInfoDetail/DeleteProcess?format=json"
                status = answers.process_of(await self._client.ask("GET", path))
                if status == "success":
                    return
                if status == "failed":
                    break
                await pause(self._port.clock, LOOK_S)
        raise DeviceError("the terminal does not delete people", code="not-deleted")

    async def present(self, keys: Sequence[str]) -> AbstractSet[str]:
        """Ask for these people, a page of them at a time."""
        found: set[str] = set()
        for start in range(0, len(keys), PAGE):
            page = await self._people(0, PAGE, keys[start : start + PAGE])
            found.update(each.key for each in page.people)
        return found.intersection(keys)

    async def presence(self, key: str) -> Presence:
        """Ask for one person."""
        page = await self._people(0, 1, [key])
        found = next((each for each in page.people if each.key == key), None)
        if found is None:
            return Presence(person=False, face=False)
        return Presence(person=True, face=None if found.faces is None else found.faces > 0)

    async def count(self) -> int:
        """Ask how many people it holds."""
        return answers.count_of(await self._client.ask("GET", f"{ACCESS}/UserInfo/Count?format=json"))

    async def keys(self) -> AbstractSet[str]:
        """Ask for all whom it holds, page after page."""
        found: set[str] = set()
        search, position = uuid4().hex, 0
        while True:
            page = await self._people(position, PAGE, search=search)
            found.update(each.key for each in page.people if each.key)
            position += len(page.people)
            if page.status.upper() != "MORE" or not page.people:
                return found

    async def _people(
        self, position: int, most: int, keys: Sequence[str] = (), search: str | None = None
    ) -> answers.People:
        question = questions.search(search or uuid4().hex, position, most, keys)
        answer = await self._client.ask("POST", f"{ACCESS}/UserInfo/Search?format=json", question, kind=JSON)
        return answers.people_of(answer)

    async def _tell(self, method: str, what: str, body: bytes) -> None:
        try:
            await self._client.ask(method, f"{ACCESS}/{what}?format=json", body, kind=JSON)
        except Rejected as wrong:
            if wrong.status == 503 or wrong.reason == BUSY:
                raise DeviceUnreachable("the terminal is busy", code="busy") from None
            raise

    # Its door.

    async def open(self) -> None:
        """Open once; success is that the lock is seen to open."""
        self._channel.moved.clear()
        self.told.locked = None
        await self._command("open")
        await self._see_that(lambda: self.told.locked is False or self.told.contact_open is True)

    async def hold_open(self, *, hold: bool) -> None:
        """Hold the door unlocked, or give it back to its people."""
        self.told.held_unlocked = None
        await self._command("alwaysOpen" if hold else "close")
        await self._see_that(lambda: self.told.held_unlocked is hold)

    async def _command(self, word: str) -> None:
        path = f"{ACCESS}/RemoteControl/door/{self._options.door}"
        await self._client.ask("PUT", path, questions.door_command(word), kind=XML)

    async def _see_that(self, shown: Callable[[], bool]) -> None:
        clock = self._port.clock
        until = clock.monotonic() + SHOWS_S
        while clock.monotonic() < until:
            await self._look(lambda: None)
            if shown():
                return
            self._channel.moved.clear()
            await changed(clock, self._channel.moved, LOOK_S)
            if shown():
                return
        raise DeviceError("the door does not show what it was told", code="outcome-unknown")

    async def _keep_looking(self, news: Callable[[], None]) -> None:
        while True:
            await pause(self._port.clock, WORK_EVERY_S)
            await self._look(news)

    async def _look(self, news: Callable[[], None]) -> None:
        """Ask how the door is; some terminals do not tell, and then their events must do."""
        if not self._tells_work:
            return
        try:
            work = answers.work_of(await self._client.ask("GET", f"{ACCESS}/AcsWorkStatus?format=json"))
        except Rejected as wrong:
            self._tells_work = wrong.status >= 500  # else it does not know the question
            return
        except DeviceError as wrong:
            if wrong.code != "bad-protocol":
                raise
            self._tells_work = False
            return
        index = self._options.door - 1
        if index < len(work.locks):
            self.told.locked = work.locks[index] != answers.LOCK_OPEN
        if index < len(work.contacts):
            self.told.contact_open = work.contacts[index] == answers.CONTACT_OPEN
        if index < len(work.doors):
            self.told.held_unlocked = work.doors[index] == answers.REMAINS_UNLOCKED
        news()
