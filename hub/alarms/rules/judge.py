"""Applies watches to devices: looks and events in, signals out. Does no I/O and waits for nothing."""

from collections import Counter
from collections.abc import Callable
from math import inf
from typing import Final

from contract.clock import Clock
from contract.things import Description
from contract.topics import HUB_KIND, Address
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.lifecycle import State
from hub.alarms.rules.checks import Check, Held
from hub.alarms.rules.condition import Condition, Phase, Step
from hub.alarms.rules.device import Device
from hub.alarms.rules.occasion import NOTHING, Happening, Occasion
from hub.alarms.rules.telling import Teller
from hub.alarms.rules.timers import Timers
from hub.alarms.rules.watch import Plans, Watch
from hub.shadows.shadow import Shadow

PATIENCE_S: Final = 10.0
"""How long a device is given to describe itself: only then is known which watches are over it, and where."""

MAX_PARKED: Final = 10_000


class Judge:
    """Every device's conditions.

    `horizon`: up to when, in monotonic seconds, every event was taken; later than that no delay ends, because
    an event that we have not seen may withdraw it. `holding`: who needs which event again after a crash; the
    ledger's cursor stays below all of them.
    """

    def __init__(
        self,
        plans: Plans,
        shadow_of: Callable[[Address], Shadow | None],
        clock: Clock,
        teller: Teller,
        counts: Counter[str],
    ) -> None:
        self.timers = Timers()
        self.holding: dict[Condition | Device, int] = {}
        self.linked_at = clock.monotonic()
        self.horizon = inf
        self._plans = plans
        self._shadow_of = shadow_of
        self._clock = clock
        self._teller = teller
        self._counts = counts
        self._parked = 0

    @property
    def until(self) -> float:
        """Up to when delays may end."""
        return min(self._clock.monotonic(), self.horizon)

    def look(self, device: Device, *, again: bool = False) -> None:
        """Look at the device's shadow; if nothing of interest differs, only if `again`."""
        now = self._clock.monotonic()
        shadow = self._shadow_of(device.address)
        introduced = self._introduced(device, shadow, now)
        again = self._settle(device, shadow, self.until) or again
        if shadow is None or not introduced or device.plan is None:
            return
        before, sight = device.seen, device.plan.sight(shadow)
        if sight == before and not again:
            return
        device.seen = sight
        grown = self._grown(device, shadow)
        for watch in device.plan.touched(None if again else before, sight):
            if grown and watch.missed:
                self._occur(device, shadow, watch, Occasion(grown=grown), now)
            self._weigh(device, shadow, watch, now)

    def happen(self, device: Device, happening: Happening) -> None:
        """Take an event of the device; it waits if we do not know yet what the device is."""
        now = self._clock.monotonic()
        shadow = self._shadow_of(device.address)
        if not self._introduced(device, shadow, now) and self._parked < MAX_PARKED:
            self._parked += 1
            device.parked.append(happening)
            self.holding.setdefault(device, happening.seq)
            self.timers.arm(device, device, self._patient_until(device))
            return
        self._apply(device, happening, now)

    def resume(self, device: Device, alarm: Alarm) -> None:
        """Take up what stands since before the start."""
        watch = self._plans.by_key.get(alarm.key)
        if watch is None or not alarm.active or (watch.incident and alarm.event_seq is not None):
            return
        condition = Condition.standing(watch, alarm.event_seq, self._clock.monotonic())
        device.conditions[watch.key] = condition
        if alarm.state is State.ACKNOWLEDGED:
            self._dismiss(device, None, condition)
        self._keep(device, condition)

    def told(self, device: Device, change: Change) -> None:
        """Take what a person did about an alarm of the device."""
        condition = device.conditions.get(change.after.key)
        if condition is None:
            return
        shadow = self._shadow_of(device.address)
        if change.entry.kind is EntryKind.ACKNOWLEDGED:
            self._dismiss(device, shadow, condition)
        elif change.entry.kind is EntryKind.CLOSED:
            condition.let_go()
            device.seen = None
        self._keep(device, condition)

    def gone(self, device: Device) -> None:
        """Let everything of a device that was taken away return to normal."""
        now = self._clock.monotonic()
        if device.parked:
            self._plan(device, device.description, now)
        for condition in tuple(device.conditions.values()):
            self._withdraw(device, condition, "removed")

    def _introduced(self, device: Device, shadow: Shadow | None, now: float) -> bool:
        """Whether it is settled which watches are over the device; settles it if it can be now."""
        if shadow is None and not device.parked and device.address.kind != HUB_KIND:
            return device.plan is not None
        description = shadow.description if shadow is not None else device.description
        if device.plan is not None and description is device.description:
            return True
        waits = description is None and device.address.kind != HUB_KIND
        if waits and now < self._patient_until(device):
            self.timers.arm(device, device, self._patient_until(device))
            return False
        self._plan(device, description, now)
        return True

    def _patient_until(self, device: Device) -> float:
        return max(device.met, self.linked_at) + PATIENCE_S

    def _plan(self, device: Device, description: Description | None, now: float) -> None:
        self._counts["undescribed"] += description is None and device.address.kind != HUB_KIND
        plan = self._plans.of(device.address, description)
        device.take(plan, description)
        if description is not None:
            for key in device.conditions.keys() - plan.keys:
                self._withdraw(device, device.conditions[key], "out-of-scope")
        parked, device.parked = device.parked, []
        self._parked -= len(parked)
        self.holding.pop(device, None)
        for happening in parked:
            self._apply(device, happening, now)

    def _apply(self, device: Device, happening: Happening, now: float) -> None:
        if device.plan is None:
            self._plan(device, device.description, now)
        shadow = self._shadow_of(device.address)
        self._settle(device, shadow, happening.at)
        occasion = Occasion(happening=happening)
        for watch in device.plan.watches if device.plan is not None else ():
            if happening.type in watch.events:
                self._occur(device, shadow or Shadow(device.address, ""), watch, occasion, happening.at)
        if shadow is not None and any(each.phase is Phase.SPENT for each in device.conditions.values()):
            self.look(device, again=True)

    def _occur(self, device: Device, shadow: Shadow, watch: Watch, occasion: Occasion, at: float) -> None:
        """Take what happens just now, if it is that which makes the difference."""
        condition = device.conditions.get(watch.key) or Condition(watch)
        held = device.held
        step: Step | None = None
        if _by_occasion(watch.raises, shadow, occasion, held):
            step = condition.pulse(occasion, at)
        elif watch.returns is not None and _by_occasion(watch.returns, shadow, occasion, held):
            step = condition.over(occasion, at)
        if step is not None:
            self._teller.step(device, shadow, watch, step)
        self._keep(device, condition)

    def _weigh(self, device: Device, shadow: Shadow, watch: Watch, now: float) -> None:
        """Take what the shadow shows."""
        condition = device.conditions.get(watch.key)
        holds = watch.raises.holds(shadow, NOTHING, device.held)
        if condition is None:
            if holds is not True:
                return
            condition = Condition(watch)
        returns = None if watch.returns is None else watch.returns.holds(shadow, NOTHING, device.held)
        ready_at = max(device.met, self.linked_at) + watch.raises.grace_s(shadow)
        while (step := condition.level(holds, returns, now, ready_at)) is not None:
            self._teller.step(device, shadow, condition.watch, step)
        self._keep(device, condition)

    def _settle(self, device: Device, shadow: Shadow | None, now: float) -> bool:
        """Take the steps whose time has come; whether there were any."""
        moved = False
        for condition in tuple(device.conditions.values()):
            while (step := condition.settle(now)) is not None:
                self._teller.step(device, shadow, condition.watch, step)
                moved = True
            self._keep(device, condition)
        return moved

    def _keep(self, device: Device, condition: Condition) -> None:
        """Remember what is not at rest, and until when it wants to be looked at again."""
        key = condition.watch.key
        if condition.phase is Phase.REST:
            device.conditions.pop(key, None)
        else:
            device.conditions[key] = condition
        # One whose time has come, but of which nothing is known, waits for news.
        if condition.due is not None and (condition.timed or condition.due > self.until):
            self.timers.arm(condition, device, condition.due)
        if condition.keeps is not None:
            self.holding[condition] = condition.keeps
        else:
            self.holding.pop(condition, None)

    def _dismiss(self, device: Device, shadow: Shadow | None, condition: Condition) -> None:
        step = condition.dismiss()
        if step is not None:
            self._teller.step(device, shadow, condition.watch, step)

    def _grown(self, device: Device, shadow: Shadow) -> int:
        known, device.missed = device.missed, shadow.events_missed
        return 0 if known is None else max(0, shadow.events_missed - known)

    def _withdraw(self, device: Device, condition: Condition, why: str) -> None:
        if condition.up:
            self._teller.withdraw(device, condition.watch, why)
        condition.rest()
        self._keep(device, condition)


def _by_occasion(check: Check, shadow: Shadow, occasion: Occasion, held: Held) -> bool:
    """Whether it is the occasion that makes the check true, not what lasts anyway."""
    return check.holds(shadow, occasion, held) is True and check.holds(shadow, NOTHING, held) is not True
