"""The lock of a door: what holds it released, and whether the strike's output shows what it was told."""

import asyncio
import contextlib
import logging
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from drivers.door import events
from drivers.door.member import Kind
from drivers.door.options import DoorOptions
from drivers.door.reader import Reader
from drivers.door.readings import Reported
from drivers.door.telling import Teller
from drivers.door.watch import NEVER, Cause, Watch
from drivers.runtime.database import StorageError
from drivers.runtime.waiting import changed

log = logging.getLogger(__name__)

SHOWS_S: Final = 3.0
"""The strike shows within this time what it was told."""

INSIST_S: Final = 2.0
"""How often a strike that must be released, or locked again, is told so."""

AFTERWARDS_S: Final = 2.0
"""Who was let in may open the door so long after the strike has fallen back."""

FALLEN_S: Final = 0.3
"""So long after its time a strike that has fallen back shows it."""


class Lock:
    """One strike. It is released for good by fire (`fire`: by command) and by hold, else for a moment."""

    def __init__(
        self, options: DoorOptions, reader: Reader, reported: Reported, watch: Watch, teller: Teller
    ) -> None:
        self._options = options
        self._reader = reader
        self._reported = reported
        self._watch = watch
        self._teller = teller
        recall = reader.port.recall
        self.fire = recall("fire") is True
        self._hold = recall("hold") is True
        self._engaged = recall("engaged") is True
        self._fire_told = recall("released-for-fire") is True
        self._switched: tuple[bool, asyncio.Future[bool]] | None = None
        self._insist_at = self._released_until = NEVER
        self.ask_at = float("inf")
        """When a strike that was released for a moment must show that it has fallen back."""

    @property
    def burns(self) -> bool:
        """Whether fire keeps this door unlocked."""
        return self._options.fire_release and (self.fire or self._reported.now.fire_contact is True)

    @property
    def free(self) -> Cause | None:
        """What holds the door unlocked, None if nothing does."""
        return Cause.FIRE if self.burns else Cause.HOLD if self._hold else None

    def begin(self) -> None:
        """Begin a session.

        A magnet hangs on the output, and a reader that was without power has let it go: it is told to lock.
        """
        self._insist_at = NEVER
        self._switched = None
        self._engaged = self._engaged or self._options.strike.inverted

    def ask(self) -> None:
        """Ask how the strike is, once its time is over."""
        if self._reader.now >= self.ask_at:
            self.ask_at = float("inf")
            self._reader.ask(Kind.OUTPUTS)

    # For a moment.

    def expect(self, cause: Cause) -> None:
        """Note that the door may be opened now."""
        self._watch.allow(cause, self._reader.now, self._options.unlock_s + AFTERWARDS_S)

    def let_through(self, cause: Cause) -> None:
        """Release the strike for somebody at the door; if that is not confirmed, it is told."""
        pulse = self._pulse()
        if pulse is not None:
            pulse.add_done_callback(lambda done: self._tell_failure(cause, done))

    async def unlock(self) -> None:
        """Release the strike for a moment, and return when it shows it."""
        self.expect(Cause.COMMAND)
        self._reported.of_strike.clear()
        pulse = self._pulse()
        if pulse is not None:
            await self._see(pulse, unlocked=True)

    def _pulse(self) -> asyncio.Future[bool] | None:
        """Release the strike for a moment, once; None if it is released for longer anyway."""
        if self.free is not None and self._reported.now.unlocked:
            return None
        strike, seconds = self._options.strike, self._options.unlock_s
        self._released_until = self._reader.now + seconds
        self.ask_at = self._released_until + FALLEN_S
        done = self._reader.output(strike.number, on=not strike.inverted, seconds=seconds)
        self._reader.ask(Kind.OUTPUTS)
        return done

    def _tell_failure(self, cause: Cause, pulse: asyncio.Future[bool]) -> None:
        failure = pulse.exception()
        if isinstance(failure, DeviceError):
            log.warning("%s: the strike was not released: %s", self._reader.port.name, failure)
            self._teller.tell(events.STRIKE_FAILED, {"cause": cause.value, "reason": failure.code})

    # For good.

    async def hold(self, *, hold: bool) -> None:
        """Hold the door unlocked, or lock it, and return when the strike shows it."""
        was, self._hold = self._hold, hold
        try:
            await self._switch_and_see(unlocked=hold)
        except DeviceError:
            self._hold = was
            raise
        await self._reader.port.remember("hold", hold)

    async def release_for_fire(self, *, active: bool) -> None:
        """Release the door for fire, or withdraw that, and return when the strike shows it."""
        self.fire = active
        if active:
            try:
                await self._switch_and_see(unlocked=True)
            finally:
                with contextlib.suppress(StorageError):  # the door is what matters
                    await self._reader.port.remember("fire", True)
            return
        await self._reader.port.remember("fire", False)
        if self.free is None:
            await self._switch_and_see(unlocked=False)

    async def insist(self) -> None:
        """Keep the strike as fire and hold want it, whatever a reader forgot when it lost its power."""
        now = self._reader.now
        if now < self._insist_at:
            return
        if self.free is not None:
            if not self._is(unlocked=True):
                await self._switch(unlocked=True)
        elif self._engaged and now >= self._released_until and self._fire_is_known():
            if self._is(unlocked=False):
                await self._disengage()
            else:
                await self._switch(unlocked=False)

    def look_at_fire(self) -> None:
        """Tell when fire begins or ends to release the door."""
        burns = self.burns
        if burns is self._fire_told or not self._fire_is_known():
            return
        self._fire_told = burns
        if burns:
            by_contact = self._reported.now.fire_contact is True
            self._teller.tell(events.FIRE_RELEASED, {"by-contact": by_contact})
        else:
            self._teller.tell(events.FIRE_RELEASE_ENDED)

    def _fire_is_known(self) -> bool:
        fitted = self._options.fire_contact.fitted and self._options.fire_release
        return not fitted or Kind.INPUTS in self._reported.seen or not self._reader.member.able(Kind.INPUTS)

    def _is(self, *, unlocked: bool) -> bool:
        """Whether the output shows it; of a reader that does not report it, its word must do."""
        shown = self._reported.now.unlocked
        if shown is not None and Kind.OUTPUTS in self._reported.seen:
            return shown is unlocked
        if self._switched is None:
            return False
        told, done = self._switched
        return told is unlocked and done.done() and done.exception() is None

    async def _disengage(self) -> None:
        self._engaged = False
        if self._reader.port.recall("engaged") is True:
            await self._reader.port.remember("engaged", False)

    async def _switch_and_see(self, *, unlocked: bool) -> None:
        self._reported.of_strike.clear()
        await self._see(await self._switch(unlocked=unlocked), unlocked=unlocked)

    async def _switch(self, *, unlocked: bool) -> asyncio.Future[bool]:
        """Release or lock the strike for good; that it is released is remembered, to be ended one day."""
        self._insist_at = self._reader.now + INSIST_S
        self._released_until = NEVER
        strike = self._options.strike
        done = self._reader.output(strike.number, on=unlocked != strike.inverted)
        self._switched = unlocked, done
        self._reader.ask(Kind.OUTPUTS)
        if unlocked and not self._engaged:
            self._engaged = True
            with contextlib.suppress(StorageError):  # after the strike: a full disk must not keep it locked
                await self._reader.port.remember("engaged", True)
        return done

    async def _see(self, done: asyncio.Future[bool], *, unlocked: bool) -> None:
        """Return when the strike's output shows it; DeviceError if it does not."""
        reported, until = self._reported, self._reader.now + SHOWS_S
        await asyncio.shield(done)  # who waits may be cancelled; what became of it still counts
        while (remaining := until - self._reader.now) > 0:
            if reported.of_strike.is_set() and reported.now.unlocked is unlocked:
                return
            reported.of_strike.clear()
            if not await changed(self._reader.port.clock, reported.of_strike, remaining):
                break
            if not self._reader.member.secure:
                raise DeviceUnreachable("the reader was lost after the command", code="outcome-unknown")
        if reported.now.unlocked is None:
            raise DeviceError("the reader does not report its output", code="outcome-unknown")
        raise DeviceError("the strike does not do what it is told", code="strike-fault")
