"""One face terminal behind an MQTT broker: what it records comes by itself, and it is asked over the broker.

Only the configured serial number is listened to. A record is acknowledged when its event is on disk; until
then the terminal says it again every ten seconds.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import uuid4

from contract.broker import Incoming
from contract.errors import DeviceError, DeviceUnreachable, InvalidMessage
from contract.first_to_end import first_to_end
from contract.passes import Means
from drivers.face.facesluice import commands, messages
from drivers.face.facesluice.messages import Ack
from drivers.face.options import FaceOptions
from drivers.face.rights import Rights
from drivers.face.terminal import Presence, Rejected, Take, Told
from drivers.face.times import offset_s, read_time
from drivers.mqtt.link import Link, linked
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port
from drivers.runtime.waiting import changed, within

ANSWER_S: Final = 10.0
PER_PERSON_S: Final = 0.5
"""A terminal may take so long for each of a batch: it deletes 200 people in some 7 s."""

GREET_S: Final = 2.0
PROBE_S: Final = 5.0
"""How soon a terminal must answer that has just come, or is thought to be gone."""

UNLOCK_S: Final = 5.0
MOST_ADDED: Final = 100
MOST_DELETED: Final = 200
LONGEST_COUNT: Final = 10


class FacesluiceTerminal:
    """One terminal. `port` counts what makes no sense of what it says."""

    longest_key = 48
    batch = MOST_ADDED
    largest_picture = 700 * 1024
    """1 MB as it is sent, in base64."""

    def __init__(self, options: FaceOptions, port: Port) -> None:
        self.told = Told()
        self.means: AbstractSet[Means] = options.chosen()
        self._options = options
        self._broker = options.broker()
        self._serial = options.parsed_wire().serial
        self._zone = options.zone()
        self._name, self._clock, self._malformed = port.name, port.clock, port.malformed
        self._link: Link | None = None
        self._asked: dict[str, tuple[str, asyncio.Future[Ack]]] = {}
        self._turn = asyncio.Lock()
        self._heard = asyncio.Event()
        self._doubted = asyncio.Event()
        self._in_batches = True

    async def serve(self, take: Take, ready: Callable[[], None], news: Callable[[], None]) -> None:
        """Listen to it until the broker is lost or the terminal is silent for too long."""
        filters = [f"{commands.down(self._serial)}/{kind}" for kind in ("Ack", "Rec", "Snap")]
        filters += (messages.HEARTBEAT, messages.BASIC)
        async with linked(self._broker, self._name, filters, self._clock) as link:
            self._link = link
            try:
                await first_to_end(self._listen(link, take, news), self._greet(ready), self._doubt())
            finally:
                self._link = None
                self._forget()

    async def identity(self) -> str:
        """Return its serial number: that it was set back shows in whom it holds."""
        return self._serial

    # What it says.

    async def _greet(self, ready: Callable[[], None]) -> None:
        """Ask until it answers: it may come to the broker a moment after us."""
        until = self._clock.monotonic() + ANSWER_S
        while True:
            try:
                await self._query(GREET_S)
                break
            except DeviceUnreachable:
                if self._clock.monotonic() >= until:
                    raise
        ready()
        await asyncio.Event().wait()

    async def _doubt(self) -> None:
        """Ask a terminal that was silent, or is said to be gone, whether it is there."""
        while True:
            self._heard.clear()
            await changed(self._clock, self._heard, self._options.silence_s)
            if not self._heard.is_set() or self._doubted.is_set():
                self._doubted.clear()
                await self._query(PROBE_S)

    async def _listen(self, link: Link, take: Take, news: Callable[[], None]) -> None:
        async for message in link.messages():
            try:
                await self._hear(link, message, take, news)
            except InvalidMessage as wrong:
                self._malformed(str(wrong))
                self._acknowledge_nonsense(link, message)
            except StorageError:
                pass  # counted and logged; the terminal says it again
            finally:
                link.taken(message)

    async def _hear(self, link: Link, message: Incoming, take: Take, news: Callable[[], None]) -> None:
        kind = message.topic.rpartition("/")[2]
        if message.topic in (messages.HEARTBEAT, messages.BASIC):
            self._hear_of(link, message, news)
            return
        self._heard.set()
        if kind == "Ack":
            self._answered(messages.read_ack(message.payload))
        elif kind == "Rec":
            info = messages.read_record(message.payload)
            self._require_ours(messages.text(info.serial))
            record = messages.as_record(info, self._serial, self._zone, self._clock.now())
            if record is not None:
                await take(record)
            elif messages.text(info.status) != messages.NO_STATUS:
                self.told.unknown += 1
                news()
            self._acknowledge(link, commands.RECORD, messages.text(info.record))
        elif kind == "Snap":
            snap = messages.read_snap(message.payload)
            self._require_ours(messages.text(snap.serial))
            pictures = self._options.stranger_pictures
            now = self._clock.now()
            await take(messages.as_stranger(snap, self._serial, self._zone, now, pictures=pictures))
            self._acknowledge(link, commands.SNAP, messages.text(snap.snap))

    def _require_ours(self, serial: str) -> None:
        if serial not in ("", self._serial):
            raise InvalidMessage("a record of another terminal on this one's topic")

    def _hear_of(self, link: Link, message: Incoming, news: Callable[[], None]) -> None:
        """Take a heartbeat, or that some terminal has come or gone; others are none of ours."""
        said = messages.read_said(message.payload)
        if said.serial != self._serial:
            return
        if said.operator == "Offline":
            self._doubted.set()
        self._heard.set()
        if said.operator == "Online":
            link.say(commands.down(self._serial), commands.online_ack(self._serial))
        shown = read_time(messages.text(said.info.time), self._zone)
        if said.operator == "HeartBeat" and shown is not None and not message.retain:
            self.told.offset_s = offset_s(shown, self._clock.now())
            news()

    def _acknowledge(self, link: Link, kind: int, number: str) -> None:
        if number:
            said = commands.push_ack(self._serial, uuid4().hex, kind, number)
            link.say(commands.down(self._serial), said)

    def _acknowledge_nonsense(self, link: Link, message: Incoming) -> None:
        """Have it forgotten: it would come again for ever."""
        for suffix, kind in (("/Rec", commands.RECORD), ("/Snap", commands.SNAP)):
            if message.topic.endswith(suffix):
                self._acknowledge(link, kind, messages.number_of(message.payload))

    # What it is asked.

    async def put(self, people: Sequence[Rights]) -> Mapping[str, str]:
        """Add or change people, in one message where its firmware takes it."""
        if len(people) > 1 and self._in_batches:
            infos = [commands.person(each, self._zone) for each in people]
            ack = await self._ask_all("EditPersonsNew", infos, len(people))
            if ack.good or ack.info.not_added:
                return {messages.text(each.person): messages.word(each.code) for each in ack.info.not_added}
            if messages.text(ack.code) == messages.BUSY:
                raise DeviceUnreachable("the terminal is busy with other people", code="busy")
            self._in_batches = False
        refused = {}
        for each in people:
            ack = await self._ask("EditPerson", commands.person(each, self._zone))
            if not ack.good:
                refused[each.key] = messages.word(ack.code)
        return refused

    async def enrol(self, person: Rights, jpeg: bytes) -> None:
        """Add or change a person with the picture of a face."""
        ack = await self._ask("EditPerson", commands.person(person, self._zone, jpeg), ANSWER_S * 3)
        if not ack.good:
            code = messages.word(ack.code)
            raise Rejected(f"the terminal refuses the picture: {code}", code=code)

    async def remove(self, keys: Sequence[str]) -> None:
        """Have people deleted. Its answer is a refusal also where some are not there."""
        for start in range(0, len(keys), MOST_DELETED):
            some = list(keys[start : start + MOST_DELETED])
            if len(some) == 1:
                await self._ask("DelPerson", {"customId": some[0]})
            else:
                await self._ask_all("DeletePersons", {"customId": some}, len(some))

    async def present(self, keys: Sequence[str]) -> AbstractSet[str]:
        """Ask for the keys of all."""
        return (await self.keys()).intersection(keys)

    async def presence(self, key: str) -> Presence:
        """Ask for the person, without the picture; only who is not there has no face for sure."""
        ack = await self._ask("SearchPerson", {"customId": key, "Picture": 0})
        there = ack.good and messages.text(ack.info.person) == key
        if not there and messages.text(ack.code) != messages.NO_SUCH_PERSON:
            there = key in await self.keys()
        return Presence(person=there, face=None if there else False)

    async def count(self) -> int:
        """Ask how many it holds, those without a key of ours among them."""
        total = messages.text((await self._query()).info.total)
        if not (total.isascii() and total.isdecimal()) or len(total) > LONGEST_COUNT:
            raise DeviceError("the terminal does not say how many people it holds", code="bad-protocol")
        return int(total)

    async def keys(self) -> frozenset[str]:
        """Ask for the keys of all whom it holds."""
        listed = messages.text((await self._query()).info.person)
        return frozenset(each.strip() for each in listed.split(",") if each.strip())

    async def open(self) -> None:
        """Unlock once: its answer says what came of it."""
        told = {"facesluiceId": self._serial, "openDoor": 1, "showInfo": ""}
        try:
            ack = await self._send("Unlock", uuid4().hex, told, UNLOCK_S)
        except DeviceUnreachable as lost:
            raise DeviceError(str(lost), code="outcome-unknown") from None
        if not ack.good:
            raise DeviceError(f"the terminal did not unlock: {messages.word(ack.code)}")

    async def hold_open(self, *, hold: bool) -> None:
        """Refuse: the protocol cannot."""
        raise DeviceError("this terminal cannot be held open", code="not-supported")

    async def _query(self, seconds: float = ANSWER_S) -> Ack:
        ack = await self._ask("QueryPerson", {}, seconds)
        if not ack.good:
            raise DeviceError("the terminal does not say whom it holds", code="bad-protocol")
        return ack

    async def _ask(self, operator: str, info: Any, seconds: float = ANSWER_S) -> Ack:
        async with self._turn:  # the next message only after the answer to the last
            return await self._send(operator, uuid4().hex, info, seconds)

    async def _ask_all(self, operator: str, info: Any, count: int) -> Ack:
        async with self._turn:
            message = uuid4().hex
            payload = commands.batch(operator, message, info, count)
            return await self._exchange(operator, message, payload, ANSWER_S + count * PER_PERSON_S)

    async def _send(self, operator: str, message: str, info: Any, seconds: float) -> Ack:
        return await self._exchange(operator, message, commands.command(operator, message, info), seconds)

    async def _exchange(self, operator: str, message: str, payload: bytes, seconds: float) -> Ack:
        """Say something once and wait for the answer; DeviceUnreachable if there is none in time."""
        if self._link is None:
            raise DeviceUnreachable("the broker cannot be reached")
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._asked[message] = f"{operator}-Ack", answer
        try:
            await self._link.publish(commands.down(self._serial), payload, valid_s=max(1, int(seconds)))
            return await within(self._clock, seconds, asyncio.shield(answer))
        except TimeoutError:
            raise DeviceUnreachable(f"no answer to {operator} within {seconds:g} s") from None
        finally:
            self._asked.pop(message, None)
            answer.cancel()

    def _answered(self, ack: Ack) -> None:
        operator, answer = self._asked.get(messages.text(ack.message), ("", None))
        if answer is not None and ack.operator == operator and not answer.done():
            answer.set_result(ack)

    def _forget(self) -> None:
        for _, answer in self._asked.values():
            with contextlib.suppress(asyncio.InvalidStateError):
                answer.set_exception(DeviceUnreachable("the broker was lost"))
