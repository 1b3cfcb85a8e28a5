"""One door from session to session with its reader: asks, listens, has decided, and publishes."""

import logging
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from contract.first_to_end import first_to_end
from drivers.door import events
from drivers.door.admission import Admission
from drivers.door.cache import LOOK_S, AccessCache, shared_cache
from drivers.door.lock import Lock
from drivers.door.member import CardRead, KeyPress, Kind, Member, News, Report
from drivers.door.options import DoorOptions
from drivers.door.people import shared_people
from drivers.door.reader import Reader
from drivers.door.readings import Reported
from drivers.door.sharing import shared_line
from drivers.door.shown import properties
from drivers.door.telling import Teller
from drivers.door.watch import NEVER, Cause, Watch
from drivers.runtime.interface import Port
from drivers.runtime.waiting import changed, pause, within

log = logging.getLogger(__name__)

CONNECT_S: Final = 10.0
"""A secure channel takes a second at 9600 baud with four readers on the line, or it does not come."""

SETTLED_S: Final = 3.0
"""A session that lasted so long and then went wrong may be tried again at once, without a word."""

GREET_S: Final = 1.0
"""So long a new session may take to tell how the door is, before it counts as ready without."""

SOONEST_S: Final = 0.02
LATEST_S: Final = 0.5
"""How long nobody looks: a door that stands open, or somebody who types a PIN, may do so for too long."""


class Door:
    """One door; `lock` and `member` are for commands. DeviceError if its line is used in another way."""

    def __init__(self, options: DoorOptions, port: Port) -> None:
        wire = options.parsed_wire()
        line = shared_line(port, wire.endpoint)
        self.member = Member(wire.address, options.loaded_key(), port.malformed, install=options.install)
        self._options = options
        self._port = port
        self._line = line
        self._cache: AccessCache | None = None
        if options.access_file is not None:
            self._cache = shared_cache(port, options.access_file)
        self._teller = Teller()
        self._reported = Reported(options)
        self._watch = Watch(options.held_open_s)
        self._watch.knew(tamper=port.recall("tamper") is True, power=port.recall("power-fault") is True)
        self._reader = Reader(port, line, self.member)
        self.lock = Lock(options, self._reader, self._reported, self._watch, self._teller)
        self._people = shared_people(port)
        self._admission = Admission(options, self._reader, self.lock, self._cache, self._people, self._teller)
        self._ask_at = NEVER

    async def serve(self) -> None:
        """Serve the reader until its line or its secure channel is lost; DeviceError says why."""
        try:
            await self._refresh_list()
            async with self._line.joined(self.member):
                await first_to_end(self._hold_sessions(), self._teller.run(self._port), self._keep_list())
        except DeviceError as lost:
            self._lose()
            if self._port.recall("offline") is not True:
                self._teller.tell(events.READER_OFFLINE, {"reason": lost.code})
            raise
        finally:
            self._watch.lost()
            self._reported.wake()
            await self._teller.finish(self._port)

    async def _hold_sessions(self) -> None:
        member, clock = self.member, self._port.clock
        while True:
            await self._connect()
            began, refused = clock.monotonic(), member.refusals
            await self._session()
            code, words = member.fault
            learned = member.refusals > refused
            settled = clock.monotonic() - began > SETTLED_S and code != "device-unreachable"
            if member.lost_at_once or not (learned or settled):
                raise DeviceUnreachable(words, code=code)

    async def _connect(self) -> None:
        try:
            await within(self._port.clock, CONNECT_S, self._line.connect(self.member))
        except TimeoutError:
            raise DeviceUnreachable(f"no secure channel within {CONNECT_S:g} s") from None
        if self.member.keyed:
            self.member.keyed = False
            log.warning("%s: the reader was given the site's key", self._port.name)
            self._teller.tell(events.READER_KEYED)

    async def _session(self) -> None:
        """Watch door and reader until the secure channel is gone."""
        member, clock = self.member, self._port.clock
        self._reported.seen.clear()
        self.lock.begin()
        self._ask_at = NEVER
        greeted = False
        until = clock.monotonic() + GREET_S
        while member.secure:
            member.stirred.clear()
            self._ask()
            while member.news:
                await self._take(member.news.popleft())
            self._look()
            await self.lock.insist()
            if not greeted and (self._knows_all() or clock.monotonic() > until):
                greeted = True
                self._greet()
            await changed(clock, member.stirred, self._wait_s())

    def _greet(self) -> None:
        self._publish()
        self._port.ready()
        if self._port.recall("offline") is True:
            self._teller.tell(events.READER_ONLINE)

    def _knows_all(self) -> bool:
        return all(kind in self._reported.seen or not self.member.able(kind) for kind in Kind)

    def _wait_s(self) -> float:
        """Return how long nothing is due."""
        due = min(self._ask_at, self.lock.ask_at) - self._port.clock.monotonic()
        return min(LATEST_S, max(SOONEST_S, due))

    def _ask(self) -> None:
        """Ask how everything is, now and then: some readers tell only when they are asked."""
        now = self._port.clock.monotonic()
        if now >= self._ask_at:
            self._ask_at = now + self._options.look_s
            for kind in Kind:
                self._reader.ask(kind)
        self.lock.ask()

    async def _take(self, news: News) -> None:
        if isinstance(news, Report):
            self._reported.take(news)
            self._look()
        elif isinstance(news, CardRead):
            self._admission.take_card(news)
        elif isinstance(news, KeyPress):
            await self._admission.take_keys(news)

    def _look(self) -> None:
        """See what is new, let out who presses the button, and publish."""
        readings = self._reported.now
        if readings.exit_request:
            self._let_out(pressed=not self._watch.readings.exit_request)
        for happening in self._watch.look(readings, self._port.clock.monotonic(), self.lock.free):
            self._teller.tell(*happening)
        self.lock.look_at_fire()
        self._admission.look()
        self._publish()

    def _let_out(self, *, pressed: bool) -> None:
        self.lock.expect(Cause.EXIT)
        if pressed and self._options.exit_unlocks and self.lock.free is None:
            self.lock.let_through(Cause.EXIT)

    def _lose(self) -> None:
        self._watch.lost()
        self._reported.forget()
        self._publish()

    def _publish(self) -> None:
        self._port.update(
            properties(
                self._watch,
                free=self.lock.free,
                fire=self.lock.fire,
                secure=self.member.secure,
                cache=self._cache,
                people=self._people,
                wrong_tries=self._admission.wrong_tries,
            )
        )

    async def _keep_list(self) -> None:
        while True:
            await pause(self._port.clock, LOOK_S)
            await self._refresh_list()

    async def _refresh_list(self) -> None:
        if self._cache is not None:
            await self._cache.refresh()
