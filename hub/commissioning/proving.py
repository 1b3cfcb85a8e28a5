"""Takes proofs from the ledger: each alarm once, in the transaction that says how far that has come.

An alarm is raised first and painted later; until the screens have had their time it is looked at again. When
it was raised says where it stands: timelines are written by one thread, by the hub's own clock.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, select

from contract.clock import Clock
from hub.alarms.alarm import Alarm, Trace
from hub.alarms.schema import alarms, entries
from hub.alarms.store import AlarmStore
from hub.commissioning.proof import Proof, by_event, by_state
from hub.commissioning.store import CommissioningStore
from hub.commissioning.trail import Trail
from hub.commissioning.trial import Trial, TrialState
from hub.ledger.schema import events
from hub.selfwatch.canary import KEY as CANARY

AT_ONCE: Final = 200
PATIENCE_MS: Final = 30_000
"""So long screens may take to paint what was raised."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look found. `waiting`: some alarm may still be painted; `more`: there are more to look at."""

    proven: int
    ended: Sequence[Trial] = ()
    waiting: bool = False
    more: bool = False


class Prover:
    """Keeps one tenant's proofs. Blocking, in the ledger's thread."""

    def __init__(
        self, store: CommissioningStore, alarm_store: AlarmStore, trail: Trail, clock: Clock
    ) -> None:
        self._store = store
        self._alarms = alarm_store
        self._trail = trail
        self._clock = clock

    def look(self, connection: Connection) -> Looked:
        """Look at alarms that were raised since the last look, and at those that may be painted now."""
        now_ms = self._clock.now_ms()
        rows = self._raised(connection, now_ms)
        running = {each.device: each for each in self._store.running(connection)}
        proven, ended, open_ms = 0, [], []
        for row in rows:
            found = self._proof(connection, row)
            if found is not None:
                proven += self._store.prove(connection, found, now_ms)
                ended += self._prove(connection, running, found, now_ms)
            elif row["ts_ms"] > now_ms - PATIENCE_MS:
                open_ms.append(row["ts_ms"])
        ended += self._give_up(connection, running, now_ms)
        self._move(connection, rows, open_ms)
        more = len(rows) == AT_ONCE and not open_ms
        return Looked(proven=proven, ended=ended, waiting=bool(open_ms), more=more)

    def skip(self, connection: Connection) -> None:
        """Leave out the next alarm, which cannot be looked at: it must not keep all others back."""
        rows = self._raised(connection, self._clock.now_ms())
        if rows:
            self._store.cursor.move(connection, rows[0]["ts_ms"] + 1)

    def _raised(self, connection: Connection, now_ms: int) -> Sequence[RowMapping]:
        cursor = self._store.cursor.seq(connection)
        if cursor > now_ms:  # the clock was set back
            cursor = now_ms - PATIENCE_MS
        ours = (entries.c.tenant == self._store.tenant, entries.c.ts_ms >= cursor, entries.c.n == 1)
        columns = (entries.c.alarm, entries.c.ts_ms, entries.c.data, alarms.c.trace)
        query = select(*columns).join(alarms, alarms.c.id == entries.c.alarm).where(*ours)
        return connection.execute(query.order_by(entries.c.ts_ms).limit(AT_ONCE)).mappings().all()

    def _move(self, connection: Connection, rows: Sequence[RowMapping], open_ms: Sequence[int]) -> None:
        """Go on from the first that is not finished; at the last one others may still come."""
        if open_ms:
            self._store.cursor.move(connection, open_ms[0])
        elif rows:
            first, last = rows[0]["ts_ms"], rows[-1]["ts_ms"]
            stuck = len(rows) == AT_ONCE and first == last
            self._store.cursor.move(connection, last + stuck)

    def _proof(self, connection: Connection, row: RowMapping) -> Proof | None:
        if msgspec.json.decode(row["trace"], type=Trace).painted_ms is None:
            return None
        alarm = self._alarms.get(connection, row["alarm"])
        if alarm is None or alarm.key == CANARY:
            return None
        seq = msgspec.json.decode(row["data"]).get("event")
        if seq is None:
            return by_state(alarm, row["ts_ms"])
        event = self._event(connection, alarm, seq)
        return None if event is None else by_event(alarm, row["ts_ms"], event)

    def _event(self, connection: Connection, alarm: Alarm, seq: int) -> Mapping[str, Any] | None:
        query = select(events).where(events.c.seq == seq, events.c.tenant == alarm.tenant)
        row = connection.execute(query).mappings().first()
        return None if row is None else dict(row)

    def _prove(
        self, connection: Connection, running: dict[str, Trial], proof: Proof, now_ms: int
    ) -> list[Trial]:
        """End the test within which the proof came."""
        trial = running.get(proof.device)
        if trial is None or proof.test != trial.id:
            return []
        del running[proof.device]
        if self._store.end(connection, trial, TrialState.PROVEN, now_ms, proof):
            self._trail.proven(connection, trial, proof)
        return [trial]

    def _give_up(self, connection: Connection, running: Mapping[str, Trial], now_ms: int) -> list[Trial]:
        """End tests whose time is over, and with it that of the screens."""
        over = [each for each in running.values() if now_ms > each.until_ms + PATIENCE_MS]
        for trial in over:
            if self._store.end(connection, trial, TrialState.NOTHING, now_ms):
                self._trail.nothing(connection, trial)
        return over
