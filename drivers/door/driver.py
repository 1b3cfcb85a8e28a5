"""Drives one door: lets in who may, by itself, and reports what happens at it."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.messages import Scalar
from drivers.door import events, pins
from drivers.door.access import NOBODY, Access
from drivers.door.cache import LOOK_S, AccessCache, shared_cache
from drivers.door.decision import Denial
from drivers.door.entry import Entry, Step, Verdict
from drivers.door.line import Line, shared_line
from drivers.door.member import CardRead, KeyPress, Kind, Member, News, Report
from drivers.door.model import DOOR
from drivers.door.options import DoorOptions
from drivers.door.shown import denied, properties
from drivers.door.telling import Teller
from drivers.door.watch import Cause, Watch
from drivers.door.wiegand import read_card
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import changed, first_to_end, pause, within

log = logging.getLogger(__name__)

CONNECT_S: Final = 10.0
"""A secure channel takes a second at 9600 baud with four readers on the line, or it does not come."""

SETTLED_S: Final = 3.0
"""A session that lasted so long and then went wrong may be tried again at once, without a word."""

GREET_S: Final = 1.0
"""So long a new session may take to tell how the door is, before it counts as ready without."""

SHOWS_S: Final = 3.0
"""The strike shows within this time what it was told."""

INSIST_S: Final = 2.0
"""How often a strike that must be released, or locked again, is told so."""

AFTERWARDS_S: Final = 2.0
"""Who was let in may open the door so long after the strike has fallen back."""

SIGNAL_S: Final = 2.0


class DoorDriver(Driver[DoorOptions]):
    """A door with an OSDP reader."""

    kind: ClassVar[str] = "door"
    model = DOOR
    options_type: ClassVar[type[DoorOptions]] = DoorOptions
    urgent: ClassVar[Mapping[str, int]] = {"fire-release": 1}

    def __init__(self, options: DoorOptions) -> None:
        super().__init__(options)
        self._wire = options.parsed_wire()
        self._key = options.loaded_key()
        self._watch = Watch(options.held_open_s)
        self._entry = Entry(options)
        self._member: Member | None = None
        self._line: Line
        self._cache: AccessCache | None = None
        self._teller = Teller()
        self._reported = asyncio.Event()
        self._seen: set[Kind] = set()
        self._fire = self._hold = self._engaged = self._fire_was = False
        self._ask_at = self._strike_ends_at = self._insist_at = float("-inf")
        self._next_readings = self._watch.readings

    async def run(self, port: Port) -> None:
        """Serve the reader until its line or its secure channel is lost; DeviceError says why."""
        member = self._prepare(port)
        try:
            await self._refresh_list()
            async with self._line.joined(member):
                await first_to_end(self._serve(port, member), self._teller.run(port), self._keep_list(port))
        except DeviceError as lost:
            self._lose(port)
            if port.recall("offline") is not True:
                self._teller.tell(events.READER_OFFLINE, {"reason": lost.code})
            raise
        finally:
            self._watch.lost()
            self._reported.set()
            await self._teller.finish(port)

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Refuse what fire forbids, and fire release where the door is not configured for it."""
        if action == "fire-release" and not self.options.fire_release:
            raise Refused("this door is not configured for fire release", code="not-configured")
        locks = action == "lock" or (action == "hold-unlocked" and not input["hold"])
        if locks and self._burns():
            raise Refused("fire release keeps the door unlocked", code="fire")

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when the strike's output shows it."""
        self.check(action, input)
        member = self._member
        if member is None or not member.secure:
            raise DeviceUnreachable("the reader does not answer")
        if action == "unlock":
            await self._unlock_and_see(port, member)
        elif action == "fire-release":
            await self._release_for_fire(port, member, input["active"])
        else:
            await self._hold_and_see(port, member, hold=action == "hold-unlocked" and bool(input["hold"]))

    # A session with the reader.

    def _prepare(self, port: Port) -> Member:
        self._line = shared_line(port, self._wire.endpoint)
        if self._member is None:
            self._member = Member(self._wire.address, self._key, port.malformed, install=self.options.install)
        if self.options.access_file is not None:
            self._cache = shared_cache(port, self.options.access_file)
        self._fire = port.recall("fire") is True
        self._hold = port.recall("hold") is True
        self._engaged = port.recall("engaged") is True
        self._fire_was = port.recall("released-for-fire") is True
        self._watch.knew(tamper=port.recall("tamper") is True, power=port.recall("power-fault") is True)
        return self._member

    async def _serve(self, port: Port, member: Member) -> None:
        while True:
            await self._connect(port, member)
            began, refused = port.clock.monotonic(), member.refusals
            await self._session(port, member)
            code, words = member.fault
            learned = member.refusals > refused
            settled = port.clock.monotonic() - began > SETTLED_S and code != "device-unreachable"
            if member.lost_at_once or not (learned or settled):
                raise DeviceUnreachable(words, code=code)

    async def _connect(self, port: Port, member: Member) -> None:
        try:
            await within(port.clock, CONNECT_S, self._line.connect(member))
        except TimeoutError:
            raise DeviceUnreachable(f"no secure channel within {CONNECT_S:g} s") from None
        if member.keyed:
            member.keyed = False
            log.warning("%s: the reader was given the site's key", port.name)
            self._teller.tell(events.READER_KEYED)

    async def _session(self, port: Port, member: Member) -> None:
        """Watch door and reader until the secure channel is gone."""
        self._seen.clear()
        self._ask_at = float("-inf")
        greeted = False
        until = port.clock.monotonic() + GREET_S
        while member.secure:
            member.stirred.clear()
            self._ask(port, member)
            while member.news:
                await self._take(port, member, member.news.popleft())
            self._look(port, member)
            await self._insist(port, member)
            if not greeted and (self._knows(member) or port.clock.monotonic() > until):
                greeted = True
                self._greet(port)
            await changed(port.clock, member.stirred, self._wait_s(port))

    def _greet(self, port: Port) -> None:
        port.update(self._properties())
        port.ready()
        if port.recall("offline") is True:
            self._teller.tell(events.READER_ONLINE)

    def _knows(self, member: Member) -> bool:
        return all(kind in self._seen or not member.able(kind) for kind in Kind)

    def _wait_s(self, port: Port) -> float:
        """Return how long nothing is due; a door that stands open may do so too long at any moment."""
        now = port.clock.monotonic()
        due = [self._ask_at, self._strike_ends_at]
        return min(0.5, max(0.02, min(at - now for at in due if at > now - 1) if due else 0.5))

    def _ask(self, port: Port, member: Member) -> None:
        """Ask how everything is, now and then: some readers tell only when they are asked."""
        now = port.clock.monotonic()
        if now >= self._ask_at:
            self._ask_at = now + self.options.look_s
            for kind in Kind:
                self._line.ask(member, kind)
        if now >= self._strike_ends_at:
            self._strike_ends_at = float("inf")
            self._line.ask(member, Kind.OUTPUTS)

    async def _take(self, port: Port, member: Member, news: News) -> None:
        if isinstance(news, Report):
            self._read(news)
            self._look(port, member)
        elif isinstance(news, CardRead):
            await self._take_card(port, member, news)
        elif isinstance(news, KeyPress):
            await self._take_keys(port, member, news)

    def _read(self, report: Report) -> None:
        options, values = self.options, report.values
        self._seen.add(report.kind)
        if report.kind is Kind.INPUTS:
            self._next_readings = replace(
                self._next_readings,
                contact_open=options.contact.value(values),
                exit_request=options.exit_request.value(values),
                fire_contact=options.fire_contact.value(values),
            )
        elif report.kind is Kind.LOCAL:
            tamper, power = (bool(value) for value in values[:2].ljust(2, b"\0"))
            self._next_readings = replace(self._next_readings, tamper=tamper, power_fault=power)
        elif options.strike.number < len(values):
            unlocked = bool(values[options.strike.number]) != options.strike.inverted
            self._next_readings = replace(self._next_readings, unlocked=unlocked)
            self._reported.set()

    def _look(self, port: Port, member: Member) -> None:
        """See what is new, let out who presses the button, and publish."""
        now = port.clock.monotonic()
        readings = self._next_readings
        if readings.exit_request:
            pressed = not self._watch.readings.exit_request
            self._watch.allow(Cause.EXIT, now, self.options.unlock_s + AFTERWARDS_S)
            if pressed and self.options.exit_unlocks and self._free() is None:
                self._pulse(port, member)
        for happening in self._watch.look(readings, now, self._free()):
            self._teller.tell(*happening)
        self._look_at_fire()
        verdict = self._entry.look(now)
        if verdict is not None:
            self._deny(member, verdict)
        port.update(self._properties())

    def _look_at_fire(self) -> None:
        burns = self._burns()
        if burns is self._fire_was or (self._member is not None and not self._fire_is_known(self._member)):
            return
        self._fire_was = burns
        by_contact = self._watch.readings.fire_contact is True
        if burns:
            self._teller.tell(events.FIRE_RELEASED, {"by-contact": by_contact})
        else:
            self._teller.tell(events.FIRE_RELEASE_ENDED)

    # Who comes.

    async def _take_card(self, port: Port, member: Member, read: CardRead) -> None:
        now = port.clock.monotonic()
        try:
            card = read_card(read.bits, read.data)
        except DeviceError as wrong:
            port.malformed(str(wrong))
            self._deny(member, self._entry.deny(Denial.UNREADABLE, now))
            return
        if self._cache is None or not self._cache.loaded:
            self._deny(member, self._entry.deny(Denial.NO_LIST, now, card))
            return
        self._settle(port, member, self._entry.card(self._access, _door(port), card, port.clock.now(), now))

    async def _take_keys(self, port: Port, member: Member, pressed: KeyPress) -> None:
        verdict = self._entry.keys(pins.keys(pressed.data), port.clock.monotonic())
        if verdict is None or verdict.credential is None or verdict.credential.pin is None:
            return
        right = await asyncio.to_thread(pins.is_right, verdict.pin, verdict.credential.pin)
        now, wall = port.clock.monotonic(), port.clock.now()
        self._settle(port, member, self._entry.checked(self._access, _door(port), right, wall, now))

    def _settle(self, port: Port, member: Member, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        if verdict.step is Step.ASK_PIN:
            self._line.signal(member, "amber", seconds=self.options.pin_s, beeps=1)
        elif verdict.step is Step.DENY:
            self._deny(member, verdict)
        elif verdict.step is Step.GRANT and verdict.credential is not None:
            self._watch.allow(Cause.CARD, port.clock.monotonic(), self.options.unlock_s + AFTERWARDS_S)
            pulse = self._pulse(port, member)
            if pulse is not None:
                pulse.add_done_callback(lambda done: _note_failure(port, done))
            self._line.signal(member, "green", seconds=SIGNAL_S, beeps=1)
            who = {"credential": verdict.credential.id, "holder": verdict.credential.holder or ""}
            self._teller.tell(events.GRANTED, {**who, "pin": verdict.with_pin})

    def _deny(self, member: Member, verdict: Verdict) -> None:
        self._line.signal(member, "red", seconds=SIGNAL_S, beeps=2)
        self._teller.tell(events.DENIED, denied(verdict))
        if verdict.tries is not None:
            self._teller.tell(events.TOO_MANY_TRIES, {"tries": verdict.tries})

    # The strike.

    def _pulse(self, port: Port, member: Member) -> asyncio.Future[bool] | None:
        """Release the strike for a moment, once; None if it is released for longer anyway."""
        if self._free() is not None and self._watch.readings.unlocked:
            return None
        strike, seconds = self.options.strike, self.options.unlock_s
        self._strike_ends_at = port.clock.monotonic() + seconds + 0.3
        done = self._line.output(member, strike.number, on=not strike.inverted, seconds=seconds)
        self._line.ask(member, Kind.OUTPUTS)
        return done

    async def _unlock_and_see(self, port: Port, member: Member) -> None:
        self._watch.allow(Cause.COMMAND, port.clock.monotonic(), self.options.unlock_s + AFTERWARDS_S)
        self._reported.clear()
        done = self._pulse(port, member)
        if done is not None:
            await self._see(port, done, unlocked=True)

    async def _hold_and_see(self, port: Port, member: Member, *, hold: bool) -> None:
        was, self._hold = self._hold, hold
        try:
            await self._switch_and_see(port, member, unlocked=hold)
        except DeviceError:
            self._hold = was
            raise
        await port.remember("hold", hold)

    async def _switch_and_see(self, port: Port, member: Member, *, unlocked: bool) -> None:
        self._reported.clear()
        await self._see(port, await self._switch(port, member, unlocked=unlocked), unlocked=unlocked)

    async def _switch(self, port: Port, member: Member, *, unlocked: bool) -> asyncio.Future[bool]:
        """Release or lock the strike for good; that it is released is remembered, to be ended one day."""
        self._insist_at = port.clock.monotonic() + INSIST_S
        strike = self.options.strike
        done = self._line.output(member, strike.number, on=unlocked != strike.inverted)
        self._line.ask(member, Kind.OUTPUTS)
        if unlocked and not self._engaged:
            self._engaged = True
            with contextlib.suppress(StorageError):  # after the strike: a full disk must not keep it locked
                await port.remember("engaged", True)
        return done

    async def _see(self, port: Port, done: asyncio.Future[bool], *, unlocked: bool) -> None:
        """Return when the strike's output shows it; DeviceError if it does not."""
        until = port.clock.monotonic() + SHOWS_S
        await done
        while (remaining := until - port.clock.monotonic()) > 0:
            if self._reported.is_set() and self._next_readings.unlocked is unlocked:
                return
            self._reported.clear()
            if not await changed(port.clock, self._reported, remaining):
                break
            if self._member is None or not self._member.secure:
                raise DeviceUnreachable("the reader was lost after the command", code="outcome-unknown")
        if self._next_readings.unlocked is None:
            raise DeviceError("the reader does not report its output", code="outcome-unknown")
        raise DeviceError("the strike does not do what it is told", code="strike-fault")

    async def _release_for_fire(self, port: Port, member: Member, active: bool) -> None:
        self._fire = active
        if active:
            try:
                await self._switch_and_see(port, member, unlocked=True)
            finally:
                await port.remember("fire", True)
            return
        await port.remember("fire", False)
        if self._free() is None:
            await self._switch_and_see(port, member, unlocked=False)

    async def _insist(self, port: Port, member: Member) -> None:
        """Keep the strike as fire and hold want it, whatever a reader forgot when it lost its power."""
        now, unlocked = port.clock.monotonic(), self._next_readings.unlocked
        if now < self._insist_at:
            return
        if self._free() is not None and unlocked is not True:
            await self._switch(port, member, unlocked=True)
        elif self._free() is None and self._engaged and self._fire_is_known(member):
            if unlocked is False:
                self._engaged = False
                await port.remember("engaged", False)
            else:
                await self._switch(port, member, unlocked=False)

    def _fire_is_known(self, member: Member) -> bool:
        fitted = self.options.fire_contact.fitted and self.options.fire_release
        return not fitted or Kind.INPUTS in self._seen or not member.able(Kind.INPUTS)

    def _burns(self) -> bool:
        """Whether fire keeps this door unlocked."""
        contact = self._next_readings.fire_contact is True
        return self.options.fire_release and (self._fire or contact)

    def _free(self) -> Cause | None:
        """Return what holds the door unlocked, None if nothing does."""
        return Cause.FIRE if self._burns() else Cause.HOLD if self._hold else None

    # What is told.

    @property
    def _access(self) -> Access:
        return self._cache.access if self._cache else NOBODY

    def _lose(self, port: Port) -> None:
        self._watch.lost()
        self._next_readings = self._watch.readings
        port.update(self._properties())

    def _properties(self) -> dict[str, Scalar]:
        return properties(
            self._watch,
            free=self._free(),
            fire=self._fire,
            secure=self._member is not None and self._member.secure,
            cache=self._cache,
            wrong_tries=self._entry.wrong_tries,
        )

    async def _keep_list(self, port: Port) -> None:
        while True:
            await pause(port.clock, LOOK_S)
            await self._refresh_list()

    async def _refresh_list(self) -> None:
        if self._cache is not None:
            await self._cache.refresh()


def _note_failure(port: Port, pulse: asyncio.Future[bool]) -> None:
    if not pulse.cancelled() and pulse.exception() is not None:
        log.warning("%s: the strike was not released for a card: %s", port.name, pulse.exception())


def _door(port: Port) -> str:
    """Return the id by which access levels name the door."""
    return port.name.rsplit("/", 1)[-1]
