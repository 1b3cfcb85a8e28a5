"""Lets a few people look at what a device sees now.

Any device may have pictures: one whose description has an action `preview` with an input `seconds`. Beside
the two main sessions, which never carry pictures, there is one session a device while somebody looks.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from contract.errors import HemeiError, InvalidMessage, Refused
from contract.mqtt import Broker, Incoming
from contract.things import ActionSeen, SchemaSeen
from contract.topics import Address, Channel
from hub.actions.service import Actions
from hub.counters import Counters
from hub.ingest.rejects import Rejects
from hub.preview.watch import NoPicture, Picture, Watch, listen
from hub.shadows.registry import Shadows
from hub.shadows.shadow import Connectivity

logger = logging.getLogger(__name__)

ACTION: Final = "preview"
SECONDS: Final = "seconds"
REASON: Final = "live picture"

MAX_LOOKING: Final = 16
MAX_LOOKING_AT_ONE: Final = 4
MAX_WATCHES: Final = 16
RETRY_AFTER_S: Final = 10

LEASE_S: Final = 30.0
"""How long a device sends on after the last viewer has gone, or the hub died."""

RENEWED_BEFORE_S: Final = 15.0
RENEW_CHECK_S: Final = 5.0
STILL_LEASE_S: Final = 10.0
"""For one picture: whoever asks for the next within it asks the device but once."""

KEPT_MS: Final = 7 * 86_400_000
"""How long the ledger keeps requests for pictures: a wall asks all day. Who looked is in the audit."""

FORGET_EVERY_S: Final = 3600.0

STILL_FRESH_S: Final = 2.0
OUTCOME_S: Final = 6.0
FIRST_S: Final = 8.0
STALLED_S: Final = 5.0
TEND_S: Final = 0.5


class TooManyLooking(HemeiError):
    """As many people look as may; try again in `RETRY_AFTER_S`."""

    retryable = True
    default_code = "too-many-looking"


class Look:
    """One person who looks at one device."""

    def __init__(self, watch: Watch, who: str, clock: Clock) -> None:
        self._watch = watch
        self._who = who
        self._clock = clock

    async def still(self) -> bytes:
        """Return one JPEG of now; Refused or NoPicture if there is none."""
        watch, asked_at = self._watch, self._clock.monotonic()
        await self._hold(margin_s=0.0, lease_s=STILL_LEASE_S)
        picture = await watch.after(0, within_s=FIRST_S, newer_than=asked_at - STILL_FRESH_S)
        return picture.jpeg

    async def first(self) -> Picture:
        """Ask the device, and return the first picture; Refused or NoPicture if there is none."""
        asked_at = self._clock.monotonic()
        await self._hold(margin_s=RENEWED_BEFORE_S, lease_s=LEASE_S)
        return await self._watch.after(0, within_s=FIRST_S, newer_than=asked_at - STILL_FRESH_S)

    async def after(self, picture: Picture) -> Picture:
        """Return what is newest once it is newer than `picture`; NoPicture if nothing comes."""
        return await self._watch.after(picture.number, within_s=STALLED_S)

    async def renew(self) -> None:
        """Have the device go on until cancelled; where that fails, pictures stop, and `after` says so."""
        while True:
            await asyncio.sleep(RENEW_CHECK_S)
            with contextlib.suppress(HemeiError):
                await self._hold(margin_s=RENEWED_BEFORE_S, lease_s=LEASE_S)

    async def _hold(self, *, margin_s: float, lease_s: float) -> None:
        try:
            async with asyncio.timeout(FIRST_S):
                await self._watch.hold(self._who, margin_s=margin_s, lease_s=lease_s)
        except TimeoutError:
            raise NoPicture("there is no link to the broker for pictures") from None


class Previews:
    """Who looks at which device. Lives on the hub's event loop."""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        shadows: Shadows,
        actions: Actions,
        clock: Clock,
        counters: Counters,
        rejects: Rejects,
    ) -> None:
        self._broker = broker
        self._client_id = client_id
        self._shadows = shadows
        self._actions = actions
        self._clock = clock
        self._counters = counters
        self._rejects = rejects
        self._numbers = itertools.count(1)
        self._watches: dict[Address, Watch] = {}
        self._listening: dict[Address, asyncio.Task[None]] = {}

    @property
    def watched(self) -> int:
        """How many devices send pictures to us."""
        return len(self._watches)

    @property
    def looking(self) -> int:
        """How many people look."""
        return sum(len(watch.looking) for watch in self._watches.values())

    async def run(self) -> None:
        """End what is over, until cancelled; then everything."""
        try:
            while True:
                self._tend()
                await asyncio.sleep(TEND_S)
        finally:
            listening = list(self._listening.values())
            for address in list(self._watches):
                self._end(address, NoPicture("the hub stops"))
            await asyncio.gather(*listening, return_exceptions=True)

    async def forget_old(self) -> None:
        """Keep the ledger from filling up with requests for pictures, until cancelled."""
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            try:
                await self._actions.forget(ACTION, self._clock.now_ms() - KEPT_MS)
            except SQLAlchemyError:
                logger.exception("requests for pictures are not deleted")

    @asynccontextmanager
    async def look(self, address: Address, who: str) -> AsyncIterator[Look]:
        """Count `who` among those who look at a device.

        InvalidMessage: no such device, or it has no pictures. NoPicture: it is offline. TooManyLooking.
        """
        self._check(address)
        watch = self._watch(address)
        watch.looking.append(who)
        try:
            yield Look(watch, who, self._clock)
        finally:
            watch.looking.remove(who)

    def _check(self, address: Address) -> None:
        self._spec(address)
        gone = self._why_gone(address)
        if gone is not None:
            raise gone
        at_this = self._watches[address].looking if address in self._watches else ()
        if self.looking >= MAX_LOOKING or len(at_this) >= MAX_LOOKING_AT_ONE:
            raise TooManyLooking(f"at most {MAX_LOOKING_AT_ONE} may look at a device, {MAX_LOOKING} in all")

    def _watch(self, address: Address) -> Watch:
        watch = self._watches.get(address)
        if watch is None:
            self._make_room()
            watch = self._watches[address] = Watch(address, self._clock, self._ask)
            client_id = f"{self._client_id}-{next(self._numbers)}"
            self._listening[address] = asyncio.create_task(listen(watch, self._broker, client_id, self._take))
        return watch

    def _make_room(self) -> None:
        """End a watch that nobody looks at if there are too many; by MAX_LOOKING there is one."""
        if len(self._watches) >= MAX_WATCHES:
            idle = next(watch for watch in self._watches.values() if not watch.looking)
            self._end(idle.address, NoPicture("others look elsewhere"))

    def _spec(self, address: Address) -> ActionSeen:
        shadow = self._shadows.get(address)
        if shadow is None:
            raise InvalidMessage(f"there is no device {address}", code="unknown-device")
        spec = shadow.description.actions.get(ACTION) if shadow.description else None
        if spec is None or SECONDS not in spec.input.properties:
            raise InvalidMessage(f"{address} has no live picture", code="unknown-action")
        return spec

    def _why_gone(self, address: Address) -> NoPicture | None:
        shadow = self._shadows.get(address)
        if shadow is None:
            return NoPicture("the device was taken away")
        if shadow.connectivity is not Connectivity.ONLINE:
            return NoPicture(f"the device is not online: {shadow.connectivity}", code=shadow.connectivity)
        return None

    async def _ask(self, address: Address, who: str, lease_s: float) -> float:
        seconds = within(lease_s, self._spec(address).input.properties[SECONDS])
        record = await self._actions.request(address, ACTION, {SECONDS: seconds}, issuer=who, reason=REASON)
        record = await self._actions.outcome(record.id, OUTCOME_S) or record
        problem = record.error
        if record.status == "refused":
            raise Refused(problem.message if problem else "refused", code=problem.code if problem else None)
        if record.status in ("failed", "expired"):
            raise NoPicture(problem.message if problem else "the device does not send")
        return seconds

    def _take(self, watch: Watch, message: Incoming) -> None:
        self._counters.messages[Channel.PREVIEW] += 1
        try:
            watch.take(message)
        except InvalidMessage as wrong:
            # Counted and logged; the sample is not kept, for it may show somebody.
            self._rejects.take(message, wrong, self._clock.now_ms())

    def _tend(self) -> None:
        for address, watch in list(self._watches.items()):
            gone = self._why_gone(address)
            if gone is not None:
                self._end(address, gone)
            elif not watch.held:
                self._end(address, NoPicture("nobody looks"))

    def _end(self, address: Address, why: NoPicture) -> None:
        self._watches.pop(address).end(why)
        self._listening.pop(address).cancel()


def within(seconds: float, allowed: SchemaSeen) -> float:
    """Return what is nearest to `seconds` among what the device takes."""
    if allowed.minimum is not None:
        seconds = max(seconds, allowed.minimum)
    if allowed.maximum is not None:
        seconds = min(seconds, allowed.maximum)
    return int(seconds) if allowed.type == "integer" else seconds
