"""The rules at work: told what changed, they look, and tell the desk what it means.

Events come first, then delays that are over, then devices with news, some at a time: whoever floods us with
telemetry holds no alarm back.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Final, Protocol

from contract.clock import Clock
from contract.topics import Address
from hub.alarms.alarm import Change
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition
from hub.alarms.rules.delivery import RETRY_S, Delivery, Desk
from hub.alarms.rules.device import Device
from hub.alarms.rules.feed import Feed
from hub.alarms.rules.judge import Judge
from hub.alarms.rules.occasion import Happening
from hub.alarms.rules.telling import Teller
from hub.alarms.rules.watch import Plans
from hub.ledger.commit import Entry
from hub.ledger.queries import EventLog
from hub.shadows.shadow import Shadow

logger = logging.getLogger(__name__)

COALESCE_S: Final = 0.002
"""How long news of devices is gathered before they are looked at."""

EVENTS_AT_ONCE: Final = 200
LOOKS_AT_ONCE: Final = 200


class Known(Protocol):
    """Where the shadows are."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...


class Rules:
    """Evaluates `definitions` for every device. Lives on the hub's event loop.

    `own`: the shadow of the hub itself, which is not among `shadows`. `counts`: what happened since the
    start.
    """

    def __init__(
        self,
        definitions: Iterable[Definition],
        shadows: Known,
        clock: Clock,
        desk: Desk,
        log: EventLog,
        *,
        tenant: str = "default",
        own: Shadow | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._plans = Plans(definitions)
        self._shadows = shadows
        self._own = own
        self._clock = clock
        self._desk = desk
        self._feed = Feed(log, tenant, clock, self._plans.events, self.counts)
        self._delivery = Delivery(desk, clock, self._upto, self.counts)
        teller = Teller(clock, self._delivery.put, self.counts)
        self._judge = Judge(self._plans, self._shadow_of, clock, teller, self.counts)
        self._devices: dict[Address, Device] = {}
        self._waiting: deque[Device] = deque()
        self._missed: Mapping[Address, int] | None = None
        self._nobody = Device(Address("", "", ""), 0.0)
        self._nobody.waits = True  # so that it is never put among those that wait
        self._read_at: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._waking = False

    @property
    def failing(self) -> bool:
        """Whether the ledger takes no alarms, or gives no events, just now."""
        return self._delivery.failing or self._read_at is not None

    @property
    def waiting(self) -> int:
        """How many events, devices and signals wait."""
        return len(self._feed) + len(self._waiting) + len(self._delivery)

    def changed(self, address: Address) -> None:
        """Take that a device has news. Called with every message: it only takes note."""
        device = self._devices.get(address)
        if device is None:
            device = self._meet(address)
        if not device.waits:
            device.waits = True
            self._waiting.append(device)
            if not self._waking and self._loop is not None:
                self._waking = True
                self._loop.call_later(COALESCE_S, self._wake)

    def own_changed(self) -> None:
        """Take that the hub itself has news."""
        if self._own is not None:
            self.changed(self._own.address)

    def committed(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger."""
        self._feed.put(entries)
        if not self._feed.idle:
            self._wake()

    def removed(self, address: Address) -> None:
        """Take that a device is gone: what stands of it returns to normal."""
        device = self._devices.pop(address, None)
        if device is not None and device is not self._nobody:
            device.waits = True
            self._judge.gone(device)
            self._wake()

    def linked(self, online: bool) -> None:
        """Take that the link to the broker came or went: devices are given time to be heard again."""
        if online:
            self._judge.linked_at = self._clock.monotonic()

    def remember_missed(self, missed: Mapping[Address, int]) -> None:
        """Take how many events of each device never came, as the ledger knows from before the start."""
        self._missed = missed
        for device in self._devices.values():
            device.missed = missed.get(device.address, 0) if device.missed is None else device.missed

    def told(self, changes: Sequence[Change]) -> None:
        """Take what people did about alarms."""
        for change in changes:
            device = self._devices.get(change.after.address)
            if device is not None:
                self._judge.told(device, change)
                self.changed(device.address)

    async def begin(self) -> None:
        """Take up how things stood when the hub stopped."""
        self._judge.horizon = -inf
        cursor = await self._desk.cursor()
        await self._feed.begin(cursor)
        self._delivery.began(cursor)
        for alarm in self._desk.standing().values():
            device = self._devices.get(alarm.address, self._nobody)
            if device is self._nobody:
                device = self._devices[alarm.address] = self._new(alarm.address)
            self._judge.resume(device, alarm)

    async def run(self) -> None:
        """Evaluate until cancelled."""
        self._loop = asyncio.get_running_loop()
        await self._begin_at_last()
        while True:
            self._woken.clear()
            await self.turn()
            await self._pause()

    async def turn(self) -> None:
        """Evaluate what is new and what is due, and give it to the desk."""
        more = True
        while more:
            more = await self._round()
            await asyncio.sleep(0)

    async def _begin_at_last(self) -> None:
        """Begin as soon as the ledger lets us."""
        while True:
            try:
                await self.begin()
            except Exception as wrong:  # there is nothing better to do than to try again
                self._cannot_read(wrong)
                await asyncio.sleep(RETRY_S)
            else:
                self._read_at = None
                return

    async def _round(self) -> bool:
        """Do some of everything; whether there is more."""
        more = False
        if not self._delivery.full:
            more = await self._take_events()
            more = self._look_at_due() or more
            more = self._look_at_changed() or more
        await self._delivery.send()
        return more and not self._delivery.full

    async def _take_events(self) -> bool:
        now = self._clock.monotonic()
        if self._read_at is not None and now < self._read_at:
            return False
        try:
            happenings = await self._feed.take(EVENTS_AT_ONCE)
        except Exception as wrong:  # they stay in the ledger, and are read later
            self._cannot_read(wrong)
            return False
        self._read_at = None
        for happening in happenings:
            device = self._devices.get(happening.address) or self._meet(happening.address)
            if device is not self._nobody:
                self._happen(device, happening)
        self.counts["events"] += len(happenings)
        if not self._feed.behind:
            self._judge.horizon = inf
        elif happenings:
            self._judge.horizon = happenings[-1].at
        return not self._feed.idle

    def _look_at_due(self) -> bool:
        until = self._judge.until
        for device in self._judge.timers.expired(until, LOOKS_AT_ONCE):
            if self._devices.get(device.address) is device:
                self._look(device, again=True)
        due = self._judge.timers.next
        return due is not None and due <= until

    def _look_at_changed(self) -> bool:
        for _ in range(min(LOOKS_AT_ONCE, len(self._waiting))):
            device = self._waiting.popleft()
            if self._devices.get(device.address) is device:
                device.waits = False
                self._look(device)
        return bool(self._waiting)

    def _look(self, device: Device, *, again: bool = False) -> None:
        try:
            self._judge.look(device, again=again)
        except Exception as wrong:  # it must not keep all others back
            self._fault(device, wrong)

    def _happen(self, device: Device, happening: Happening) -> None:
        try:
            self._judge.happen(device, happening)
        except Exception as wrong:  # it must not keep all others back
            self._fault(device, wrong)

    def _fault(self, device: Device, wrong: Exception) -> None:
        self.counts["faults"] += 1
        logger.error("the rules failed at %s", device.address, exc_info=wrong)

    def _cannot_read(self, wrong: Exception) -> None:
        self.counts["ledger_failures"] += 1
        self._read_at = self._clock.monotonic() + RETRY_S
        logger.error("the rules cannot read the ledger: %s", wrong)

    async def _pause(self) -> None:
        """Wait for news, or until something is due."""
        due = [self._delivery.next]
        if not self._delivery.full:
            due.append(self._read_at if self._feed.behind else self._judge.timers.next)
        times = [each for each in due if each is not None]
        pause_s = max(0.0, min(times) - self._clock.monotonic()) if times else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._woken.wait()

    def _wake(self) -> None:
        self._waking = False
        self._woken.set()

    def _upto(self) -> int:
        """Return up to which event nothing is needed again after a crash."""
        return min([self._feed.upto, *(seq - 1 for seq in self._judge.holding.values())])

    def _shadow_of(self, address: Address) -> Shadow | None:
        if self._own is not None and address == self._own.address:
            return self._own
        return self._shadows.get(address)

    def _meet(self, address: Address) -> Device:
        """Take up a device; those that no definition can be about share one that is never looked at."""
        device = self._new(address) if self._plans.concern(address) else self._nobody
        self._devices[address] = device
        return device

    def _new(self, address: Address) -> Device:
        missed = None if self._missed is None else self._missed.get(address, 0)
        return Device(address, self._clock.monotonic(), missed)


class Hearing(Participant):
    """Lets rules hear of what people do."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def committed(self, changes: Sequence[Change]) -> None:
        """Tell the rules."""
        self._rules.told(changes)
