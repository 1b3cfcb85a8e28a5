"""A post: electronics with one connection for all its connectors. Each protocol makes its own kind of it.

What a kind has to write: `talk` (one connection, from beginning to end), `watch` (what is told of a connector
when it changes), `ended` and the like. What comes from the wire calls `begin` and `end`.
"""

import abc
import asyncio
import random
import zlib
from typing import ClassVar

from simulators.charger.caller import Caller
from simulators.charger.options import Options
from simulators.charger.outlet import Charge, Outlet, Trip, Why
from simulators.charger.wire import PostWire
from simulators.clock import Clock


class Post(abc.ABC):
    """One post. `options` are those of its first connector; waits on the network are in real seconds."""

    ends_when_full: ClassVar[bool] = False
    """Whether the post itself ends the charge of a full vehicle."""

    def __init__(self, wire: PostWire, options: Options, clock: Clock) -> None:
        self.wire = wire
        self.options = options
        self.clock = clock
        self.outlets: dict[int, Outlet] = {}
        self.powered = True
        self.networked = True
        """Whether the network reaches it."""
        self.slow = False
        self.refuses = False
        self.smoke = False
        self.heat = False
        self.flood = False
        self.door_open = False
        self.connected = False
        """Whether it is connected, and the other side has taken it."""
        self.chance = random.Random(zlib.crc32(wire.post.encode()))  # noqa: S311 - made to repeat, not to be secret
        self._caller = Caller(self.talk, lost=self._lost, name=wire.post)
        self._speaks = asyncio.Event()
        self._speaks.set()

    @abc.abstractmethod
    async def talk(self) -> None:
        """Connect and talk until the connection is gone; OSError and the like are an end as any other.

        It is cancelled when power or network go.
        """

    @abc.abstractmethod
    def watch(self, outlet: Outlet, dt_s: float) -> None:
        """Look at one connector after each step: tell what changed, read the meter when it is time."""

    @abc.abstractmethod
    def ended(self, outlet: Outlet, charge: Charge, why: Why) -> None:
        """Keep for sending that a charge ended; there may be no connection now."""

    @property
    @abc.abstractmethod
    def queued(self) -> int:
        """How many reports wait for the other side."""

    def tick(self, dt_s: float) -> None:  # noqa: B027 - not every post has something to do
        """Do what the post does by itself, once each step: heartbeats and the like. Not without power."""

    def present_card(self, outlet: Outlet) -> None:  # noqa: B027 - not every post has a reader
        """Take a card at the post's reader: begins a charge, or ends the one that runs."""

    def alarmed(self, what: str, *, active: bool) -> None:  # noqa: B027 - not every post has sensors
        """Tell of `smoke`, `heat`, `flood` or `door` at the post."""

    def restarted(self) -> None:  # noqa: B027 - not every post remembers
        """Forget what a post forgets without power; called when it returns."""

    def begin(self, outlet: Outlet, transaction: str, order: str) -> Charge:
        """Begin a charge now."""
        return outlet.begin(transaction, order, self.clock.now_s())

    def end(self, outlet: Outlet, why: Why) -> None:
        """End the charge of a connector, if one runs, and keep it for sending."""
        charge = outlet.end(why)
        if charge is not None:
            self.ended(outlet, charge, why)

    def allows(self, outlet: Outlet) -> bool:
        """Whether a charge may begin here as far as the electronics are concerned."""
        safe = not (self.smoke or self.heat or self.flood) and outlet.trip is Trip.NONE
        return safe and self.powered and not self.refuses and outlet.charge is None

    def step(self, number: int, dt_s: float) -> None:
        """Let `dt_s` seconds pass at one connector; the first one brings the post along."""
        outlet = self.outlets[number]
        outlet.connector.powered = self.powered
        outlet.step(dt_s)
        if not self.powered:
            return
        why = self._danger() if outlet.charge else None
        why = why or outlet.reason_to_end(ends_when_full=self.ends_when_full)
        if why is not None:
            self.end(outlet, why)
        self.watch(outlet, dt_s)
        if outlet is next(iter(self.outlets.values())):
            self.tick(dt_s)

    def open(self) -> None:
        """Begin to call; called again it changes nothing."""
        self._caller.open()

    async def close(self) -> None:
        """Hang up and call no more."""
        self._lost()
        await self._caller.close()

    def set_power(self, on: bool) -> None:
        """Take the mains away, or give them back. Without them charges end; that is told later."""
        if on == self.powered:
            return
        self.powered = on
        if not on:
            self._hang_up()
            for outlet in self.outlets.values():
                self.end(outlet, Why.POWER_LOSS)
                outlet.connector.powered = False
        else:
            self.restarted()
        self._let_call()

    def set_network(self, on: bool) -> None:
        """Take the network away, or give it back; charges go on without it."""
        self.networked = on
        if not on:
            self._hang_up()
        self._let_call()

    def set_alarm(self, what: str, active: bool) -> None:
        """Let `smoke`, `heat`, `flood` or the post's `door` be so, or no more."""
        name = "door_open" if what == "door" else what
        if getattr(self, name) != active:
            setattr(self, name, active)
            self.alarmed(what, active=active)

    def call_again(self) -> None:
        """Hang up and call anew, as after a reset."""
        self._hang_up()

    @property
    def mute(self) -> bool:
        """Whether it says nothing, though it is connected."""
        return not self._speaks.is_set()

    def set_mute(self, mute: bool) -> None:
        """Make it mute, or let it speak again."""
        if mute:
            self._speaks.clear()
        else:
            self._speaks.set()

    async def answer_time(self) -> None:
        """Wait as long as the post takes to answer; a mute one not before it is repaired."""
        await self._speaks.wait()
        if self.slow:
            await asyncio.sleep(self.options.slow_s)

    def _danger(self) -> Why | None:
        if self.smoke or self.heat:
            return Why.SMOKE
        return Why.FLOOD if self.flood else None

    def _hang_up(self) -> None:
        self._lost()
        self._caller.hang_up()

    def _lost(self) -> None:
        self.connected = False

    def _let_call(self) -> None:
        self._caller.allow(self.powered and self.networked)
