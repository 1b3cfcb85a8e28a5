"""What tests of rules are made of: devices that speak, a clock to move, a desk that takes note."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from contract.clock import ManualClock, epoch_ms, rfc3339_ms
from contract.messages import Availability, AvailabilityStatus, Event, Scalar, State
from contract.things import Description, Location
from contract.topics import Address
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.alarm import Entry as Line
from hub.alarms.definition import Definition, Priority, Test
from hub.alarms.lifecycle import State as Where
from hub.alarms.lifecycle import Suppression
from hub.alarms.rules.engine import Hearing, Rules
from hub.alarms.signals import Raise, Return, Signal
from hub.ledger.commit import Arrival, Entry
from hub.ledger.queries import EventView
from hub.shadows.registry import Shadows
from hub.shadows.shadow import Shadow

GATE = Address("hemei", "gate", "east-in")
HOST = Address("hemei", "driver", "gates")
READY = AvailabilityStatus.READY
JAMMED = Test(property="fault", equals="jammed")


def definition(raised_by: Test = JAMMED, returned_by: Test | None = None, **fields: Any) -> Definition:
    given: dict[str, Any] = {"key": "gate-jammed", "title": {"en": "Jammed"}, "priority": Priority.HIGH}
    return Definition(**(given | {"raised_by": raised_by, "returned_by": returned_by} | fields))


def described(area: str = "east", product: str = "DZ-1", **fields: Any) -> Description:
    return Description(
        title="东门入口", driver="gates", product=product, location=Location(area=area), **fields
    )


class Ledger:
    """Events in memory, as the ledger gives them back."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.rows: list[EventView] = []
        self.away = False
        self.reads = 0

    def add(self, address: Address, type_: str, ident: str | None = None, **data: Any) -> Entry:
        seq = len(self.rows) + 1
        event = Event(
            specversion="1.0",
            id=ident or str(seq),
            source=str(address),
            type=type_,
            time=self.clock.now(),
            data=data,
        )
        now_ms = self.clock.now_ms()
        arrival = Arrival(address=address, tenant="default", event=event, payload=b"", received_ms=now_ms)
        self.rows.append(
            EventView(
                seq=seq,
                tenant="default",
                **address._asdict(),
                source=event.source,
                id=event.id,
                type=type_,
                time=rfc3339_ms(now_ms),
                received=rfc3339_ms(now_ms),
                boot=None,
                sequence=None,
                data=data,
                media=[],
            )
        )
        return Entry(seq=seq, arrival=arrival)

    def find(
        self,
        *,
        tenant: str,
        equal: dict[str, str],
        after: int | None = None,
        before: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[EventView]:
        if self.away:
            raise OSError("the disk is gone")
        self.reads += 1
        found = [row for row in self.rows if row.seq > (after or 0) and (before is None or row.seq < before)]
        return (found[::-1] if newest_first else found)[:limit]


class Notebook:
    """A desk that writes down what it is told; it knows no people."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self.groups: list[int] = []
        self.seq = 0
        self.alarms: dict[str, Alarm] = {}
        self.wrong: Exception | None = None
        self.poison: str | None = None

    async def cursor(self) -> int:
        if self.wrong is not None:
            raise self.wrong
        return self.seq

    def standing(self) -> Mapping[str, Alarm]:
        return self.alarms

    async def take(self, signals: Sequence[Signal], upto: int | None) -> None:
        if self.wrong is not None:
            raise self.wrong
        if any(signal.definition.key == self.poison for signal in signals):
            raise ValueError("no database can hold that")
        self.signals += signals
        self.groups.append(len(signals))
        self.seq = upto if upto is not None else self.seq

    @property
    def said(self) -> list[str]:
        return [
            f"{'raise' if isinstance(each, Raise) else 'return'} {each.definition.key}"
            for each in self.signals
        ]

    def active(self) -> set[str]:
        """Return what stands by dedup key, if each signal is believed; a needless return is an error."""
        standing: set[str] = set()
        for signal in self.signals:
            if isinstance(signal, Return):
                assert signal.dedup in standing, f"{signal.dedup} is returned but does not stand"
                standing.remove(signal.dedup)
            else:
                standing.add(signal.dedup)
        return standing


class House:
    """Devices behind one driver host, and the rules for them."""

    def __init__(self, *definitions: Definition, own: Shadow | None = None, begun: bool = True) -> None:
        self.clock = ManualClock()
        self.ledger = Ledger(self.clock)
        self.desk = Notebook()
        self.definitions = definitions
        self.own = own
        self.seq = 0
        self.restart()
        if begun:
            self.speak(HOST, {})

    def restart(self) -> None:
        """Begin anew with what the desk and the ledger hold, as after kill -9."""
        self.shadows = Shadows(self.clock, "default")
        self.rules = Rules(
            self.definitions,
            self.shadows,
            self.clock,
            self.desk,
            self.ledger,
            own=self.own,  # type: ignore[arg-type]  # as much of it as rules use
        )
        self.shadows.on_change = self.rules.changed
        self.hearing = Hearing(self.rules)
        self.link(online=True)

    def link(self, *, online: bool) -> None:
        self.shadows.set_link(online=online)
        self.rules.linked(online)

    def describe(self, address: Address = GATE, description: Description | None = None) -> None:
        self.shadows.describe(self.shadows.of(address), description or described())

    def available(self, address: Address = GATE, status: AvailabilityStatus = READY) -> None:
        availability = Availability(status=status, ts=self.clock.now())
        self.shadows.available(self.shadows.of(address), availability)

    def state(
        self, address: Address, values: dict[str, Scalar], *, age_s: float = 0.0, retained: bool = False
    ) -> None:
        self.seq += 1
        ts = self.clock.now() - timedelta(seconds=age_s)
        state = State(ts=ts, boot=1, seq=self.seq, properties=values)
        shadow = self.shadows.of(address)
        now, wall_ms = self.clock.monotonic(), self.clock.now_ms()
        shadow.apply_state(state, epoch_ms(ts), retained=retained, now=now, wall_ms=wall_ms)
        self.shadows.heard(shadow)
        self.shadows.on_change(address)

    def speak(
        self,
        address: Address = GATE,
        values: dict[str, Scalar] | None = None,
        description: Description | None = None,
    ) -> None:
        """Say everything that a device says at its start."""
        if address != HOST or description is not None:
            self.describe(address, description)
        else:
            self.describe(HOST, Description(title="gates", heartbeat_s=5))
        self.available(address)
        self.state(address, values or {})

    async def show(self, **values: Scalar) -> list[str]:
        """Let the gate show this and no more, and return what the desk was told of it."""
        before = len(self.desk.signals)
        self.state(GATE, values)
        await self.rules.turn()
        return self.desk.said[before:]

    async def happen(self, type_: str, address: Address = GATE, **data: Any) -> list[str]:
        """Commit an event, and return what the desk was told of it."""
        before = len(self.desk.signals)
        self.rules.committed([self.ledger.add(address, type_, **data)])
        await self.rules.turn()
        return self.desk.said[before:]

    async def wait(self, seconds: float, *speaking: Address, step_s: float = 1.0) -> list[str]:
        """Let time pass, while these are heard, and return what the desk was told meanwhile."""
        before = len(self.desk.signals)
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            for address in speaking:
                shadow = self.shadows.of(address)
                self.state(address, {name: each.value for name, each in shadow.readings.items()})
            self.shadows.check()
            await self.rules.turn()
        return self.desk.said[before:]


def alarm_of(signal: Raise, **fields: Any) -> Alarm:
    """Make the alarm that a desk would make of a raise."""
    definition = signal.definition
    alarm = Alarm(
        id=signal.dedup,
        tenant="default",
        site=signal.address.site,
        device_kind=signal.address.kind,
        device=signal.address.device,
        key=definition.key,
        dedup=signal.dedup,
        area=signal.area,
        title=definition.title,
        priority=definition.priority,
        kind=definition.kind,
        latching=False,
        review=False,
        state=Where.UNACKNOWLEDGED,
        suppression=Suppression.NONE,
        active=True,
        count=1,
        version=1,
        entries=1,
        raised_ms=signal.at_ms,
        last_ms=signal.at_ms,
        event_seq=signal.event_seq,
    )
    return replace(alarm, **fields)


def done(signal: Raise, kind: EntryKind) -> Change:
    """Make the change that a person makes to an alarm."""
    alarm = alarm_of(signal)
    return Change(before=alarm, after=alarm, entry=Line(alarm=alarm.id, n=2, ts_ms=0, kind=kind, who="li"))
