"""What screens show of alarms, and when each alarm reached them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import asdict, replace

from contract.clock import Clock
from hub.alarms.alarm import Alarm, Change, Entry, EntryKind, Trace
from hub.alarms.definition import Definition
from hub.alarms.view import AlarmView, CaseView, alarm_view, entry_view, trace_view

Show = Callable[[bytes], None]

_encode = msgspec.json.Encoder().encode


class Board:
    """The open alarms (`standing`) as screens see them. `show` puts one on all screens.

    `watched`: whether there is a screen; an alarm raised while there was none is pushed to nobody. When one
    was first pushed to the screens and first painted there is kept here until it is written.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        standing: Callable[[], Mapping[str, Alarm]],
        show: Show,
        clock: Clock,
        watched: Callable[[], bool] = lambda: True,
    ) -> None:
        self._definitions = definitions
        self._standing = standing
        self._show = show
        self._clock = clock
        self._watched = watched
        self._unpushed: set[str] = set()
        self._unpainted: set[str] = set()
        self._reached: dict[str, Trace] = {}

    def view(self, alarm: Alarm) -> AlarmView:
        """Show one alarm, with how many open ones are folded under it."""
        return alarm_view(alarm, self._definitions, self._children()[alarm.id])

    def case(
        self, alarm: Alarm, timeline: Iterable[Entry], evidence: Sequence[object], orders: Sequence[object]
    ) -> CaseView:
        """Show one alarm and everything about it."""
        return CaseView(
            **asdict(self.view(alarm)),
            timeline=[entry_view(entry) for entry in timeline],
            trace=trace_view(_merged(alarm.trace, self._reached.get(alarm.id))),
            evidence=evidence,
            orders=orders,
        )

    def open(self) -> list[msgspec.Raw]:
        """Show every open alarm, encoded."""
        children = self._children()
        return [
            msgspec.Raw(_encode(alarm_view(alarm, self._definitions, children[alarm.id])))
            for alarm in self._standing().values()
            if self._is_shown(alarm)
        ]

    def _children(self) -> Counter[str]:
        """Count once what is folded under each: in a flood there are thousands of both."""
        return Counter(alarm.parent for alarm in self._standing().values() if alarm.parent)

    def changed(self, changes: Sequence[Change]) -> None:
        """Put what changed on all screens, and the causes under which alarms were folded or unfolded."""
        shown = [change for change in changes if self._is_shown(change.after)]
        alarms = {change.after.id: change.after for change in shown}
        standing = self._standing()
        for change in shown:
            if change.entry.kind is EntryKind.RAISED and change.before is None and self._watched():
                self._unpushed.add(change.after.id)
            for folded in (change.before, change.after):
                cause = standing.get(folded.parent or "") if folded is not None else None
                if cause is not None:
                    alarms.setdefault(cause.id, cause)
        children = self._children()
        for alarm in alarms.values():
            self._show(_encode(alarm_view(alarm, self._definitions, children[alarm.id])))

    def _is_shown(self, alarm: Alarm) -> bool:
        """Whether people see it at all: the canary has a place of its own on the screens."""
        definition = self._definitions.get(alarm.key)
        return definition is None or not definition.quiet

    def pushed(self) -> None:
        """Take that what was shown has been sent to whoever looks."""
        now_ms = self._clock.now_ms()
        for ident in self._unpushed:
            self._reached[ident] = Trace(pushed_ms=now_ms)
        self._unpainted |= self._unpushed
        self._unpushed.clear()

    def painted(self, idents: Iterable[str], by: str | None = None) -> None:
        """Take that the screen of `by` says it has painted these; the first one counts."""
        now_ms = self._clock.now_ms()
        for ident in self._unpainted.intersection(idents):
            self._unpainted.discard(ident)
            known = self._reached.get(ident, Trace())
            self._reached[ident] = replace(known, painted_ms=now_ms, painted_by=by)

    def take_reached(self) -> dict[str, Trace]:
        """Return what is not written yet: when alarms reached the screens."""
        reached, self._reached = self._reached, {}
        self._unpainted &= self._standing().keys()
        return reached


def _merged(trace: Trace, reached: Trace | None) -> Trace:
    if reached is None:
        return trace
    return replace(
        trace,
        pushed_ms=trace.pushed_ms or reached.pushed_ms,
        painted_ms=trace.painted_ms or reached.painted_ms,
        painted_by=trace.painted_by or reached.painted_by,
    )
