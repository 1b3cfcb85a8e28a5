"""What OCPP posts of both versions do alike: boot, beat, begin charges, follow limits, read meters."""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Any

from simulators.charger.ocpp.bays import Bay, Wish
from simulators.charger.ocpp.calling import call_up
from simulators.charger.ocpp.dialect import Dialect, Session
from simulators.charger.ocpp.outbox import Letter, Outbox
from simulators.charger.ocpp.profiles import Profile, allotted, stamp
from simulators.charger.ocpp.settings import Settings
from simulators.charger.options import Options
from simulators.charger.outlet import Charge, Outlet, Why
from simulators.charger.wire import PostWire
from simulators.clock import Clock

ANSWERED_S = 10.0  # how long an answer is waited for
GRACE_S = 5.0  # in which a soft reset still gets its reports away
VENDOR, MODEL, FIRMWARE = "Hemei", "Pretend Post", "1.0"

MESSAGES = logging.getLogger(f"{__name__}.messages")
MESSAGES.setLevel(logging.WARNING)  # the library writes down every message, which fills a log in no time


class OcppPost(Dialect):
    """A post on one WebSocket."""

    def __init__(self, wire: PostWire, options: Options, clock: Clock) -> None:
        super().__init__(wire, options, clock)
        self.settings = Settings()
        self.outbox = Outbox()
        self.profiles: list[Profile] = []
        """Those of the whole post."""
        self.restart_in_s: float | None = None
        self._bays: dict[int, Bay] = {}
        self._boot_reason: str | None = "PowerUp"
        self._unbeaten_s = 0.0
        self._afterwards: list[Callable[[], None]] = []

    @property
    def now(self) -> str:
        """The time, as OCPP writes it."""
        return stamp(self.clock.now_s())

    @property
    def queued(self) -> int:
        """How many reports wait."""
        return self.outbox.kept

    @property
    def bays(self) -> dict[int, Bay]:
        """All connectors by their numbers; they are put on the post one after another."""
        if len(self._bays) != len(self.outlets):
            self._bays = {
                number: self._bays.get(number) or Bay(outlet=self.outlets[number])
                for number in sorted(self.outlets)
            }
            self.settings.count_connectors(len(self._bays))
        return self._bays

    def say(self, message: Any) -> None:
        """Send something that is of this moment only."""
        if self.connected:
            self.outbox.put(Letter(message=message))

    def after(self, deed: Callable[[], None]) -> None:
        """Do something when the answer to the request at hand is sent."""
        self._afterwards.append(deed)

    def do_afterwards(self) -> None:
        """Do it."""
        deeds, self._afterwards = self._afterwards, []
        for deed in deeds:
            deed()

    async def talk(self) -> None:
        """Hold one connection until either side ends it."""
        async with call_up(self.wire, self.options, self.protocol) as socket:
            session = self.session(socket)
            both = {asyncio.create_task(session.start()), asyncio.create_task(self._work(session))}
            try:
                done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self.connected = False
                self.outbox.forget_fleeting()
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)

    def tick(self, dt_s: float) -> None:
        """Beat, and restart when it is time."""
        self._unbeaten_s += dt_s
        if self.connected and 0 < self.settings.number("HeartbeatInterval") <= self._unbeaten_s:
            self._unbeaten_s = 0.0
            self.say(self.heartbeat())
        if self.restart_in_s is not None:
            self.restart_in_s -= dt_s
            charges = any(outlet.charge is not None for outlet in self.outlets.values())
            if self.restart_in_s <= 0 or not (charges or self.outbox.kept):
                self._forget("RemoteReset")
                self.call_again()

    def watch(self, outlet: Outlet, dt_s: float) -> None:
        """Begin what is wished, read the meter when it is time, tell what changed."""
        bay = self.bays[outlet.number]
        if bay.wish is not None:
            self._follow(bay, bay.wish, dt_s)
        if outlet.charge is not None:
            self._read(bay, outlet.charge, dt_s)
        elif not outlet.connector.plugged:
            bay.finishing = False
        self.tell(bay)

    def wish(self, bay: Bay, order: str, **more: Any) -> None:
        """Let a charge begin once a vehicle is there; `more` is the rest of a `Wish`."""
        bay.wish = Wish(order=order, left_s=self.settings.number("ConnectionTimeOut"), **more)

    def reset(self, why: Why, *, when_idle: bool = False) -> None:
        """Restart: at once, as soon as reports are away, or when all charges have ended by themselves."""
        if when_idle:
            self.restart_in_s = math.inf
            return
        for outlet in self.outlets.values():
            self.end(outlet, why)
        self.restart_in_s = GRACE_S if why is Why.SOFT_RESET else 0.0

    def judged(self, bay: Bay, charge: Charge, verdict: str) -> None:
        """Take what the other side says of whoever began a charge."""
        runs = charge is bay.outlet.charge
        if verdict != "Accepted" and runs and self.settings.flag("StopTransactionOnInvalidId"):
            self.end(bay.outlet, Why.REVOKED)

    def present_card(self, outlet: Outlet) -> None:
        """Take a card: ask who it is and begin, or end what runs."""
        bay, card = self.bays[outlet.number], f"{self.chance.getrandbits(32):08X}"
        if outlet.charge is not None:
            self.end(outlet, Why.CARD)
        elif self.connected and bay.operative and self.allows(outlet):
            self.authorize(card, lambda: self.wish(bay, card, kind="ISO14443"))

    def restarted(self) -> None:
        """Forget what is not kept without mains."""
        self._forget("PowerUp")

    def _follow(self, bay: Bay, wish: Wish, dt_s: float) -> None:
        wish.left_s -= dt_s
        if not self.allows(bay.outlet) or wish.left_s <= 0:
            bay.wish = None
        elif bay.connector.plugged:
            bay.charge_begins(wish)
            name = f"{int(self.clock.now_s() * 1000):x}-{bay.outlet.number}-{bay.outlet.starts + 1}"
            charge = self.begin(bay.outlet, name, wish.order)
            self._limit(bay, charge)
            self.began(bay, charge, wish)

    def _read(self, bay: Bay, charge: Charge, dt_s: float) -> None:
        self._limit(bay, charge)
        bay.unread_s += dt_s
        if 0 < self.settings.number("MeterValueSampleInterval") <= bay.unread_s:
            bay.unread_s = 0.0
            self.metered(bay, charge, "Sample.Periodic")
        interval_s = self.settings.number("ClockAlignedDataInterval")
        aligned = int(self.clock.now_s() // interval_s) if interval_s else 0
        if bay.aligned not in (aligned, 0) and aligned:
            self.metered(bay, charge, "Sample.Clock")
        bay.aligned = aligned

    def _limit(self, bay: Bay, charge: Charge) -> None:
        profiles, volts = (*self.profiles, *bay.profiles), bay.connector.mains_v
        bay.connector.limit = allotted(profiles, self.clock.now_s(), charge.elapsed_s, volts)

    def _forget(self, boot_reason: str) -> None:
        self._boot_reason, self.restart_in_s = boot_reason, None
        for bay in self.bays.values():
            bay.wish, bay.told = None, None

    async def _work(self, session: Session) -> None:
        async def call(message: Any) -> Any:
            await self.answer_time()
            return await session.call(message, suppress=False)

        while self._boot_reason is not None:
            answer = await call(self.boot(self._boot_reason))
            if str(answer.status) == "Accepted":
                self._booted(answer.interval)
            else:
                await asyncio.sleep(answer.interval or 1)
        self.connected = True
        self.outbox.put_first([Letter(message=each) for each in self.statuses(list(self.bays.values()))])
        await self.outbox.deliver(
            call,
            attempts=lambda: self.settings.number("TransactionMessageAttempts"),
            retry_s=lambda: self.settings.number("TransactionMessageRetryInterval"),
        )

    def _booted(self, interval_s: int) -> None:
        self._boot_reason = None
        if interval_s > 0:
            self.settings.set("HeartbeatInterval", str(interval_s))
