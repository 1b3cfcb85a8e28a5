"""A site with a gate and cameras, its desk and its gatherer; the cameras do what a test tells them."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from contract.clock import ManualClock
from contract.codec import encode
from contract.errors import HemeiError, Refused
from contract.messages import Event, Problem
from contract.things import ActionSeen, Description, InputSeen, Location, SchemaSeen
from contract.topics import Address
from hub.actions.records import ActionRecord, Status
from hub.alarms.alarm import Alarm, Entry, EntryKind
from hub.alarms.definition import Definition, Evidence, by_key
from hub.alarms.desk import Desk
from hub.audit.checkpoints import Checkpoints
from hub.audit.findings import Report
from hub.audit.trail import AuditTrail
from hub.audit.triggers import install
from hub.audit.verify import verify
from hub.evidence.asking import TAKEN
from hub.evidence.gatherer import SETTLE_S, EvidenceGatherer
from hub.evidence.means import Means
from hub.evidence.piece import Piece, PieceKind
from hub.evidence.store import PieceStore
from hub.history.sqlite import SqliteHistory
from hub.history.store import Sample, SeriesKey
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.commit import Entry as Committed
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions
from hub.media import MediaStore
from hub.settings import Retention
from hub.shadows.registry import Shadows
from tests.hub.alarms.made import GATE, definition, raised

YARD = Address("hemei", "camera", "yard")
LANE = Address("hemei", "camera", "lane")
PLACE = Location(area="east-gate", x=0.5, y=0.5)

CLIP = ActionSeen(
    input=InputSeen(
        properties={
            "before_s": SchemaSeen(type="number", maximum=60),
            "after_s": SchemaSeen(type="number", maximum=30),
        },
        required=("before_s", "after_s"),
    )
)
WANTED = Evidence(snapshot=True, before_s=10, after_s=5, history_s=60)


class Cameras:
    """What cameras are asked, kept as the hub's actions would keep it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.records: dict[str, ActionRecord] = {}
        self.refuse: HemeiError | None = None

    async def request(self, address: Address, name: str, given: dict[str, Any], **asked: Any) -> ActionRecord:
        if self.refuse is not None:
            raise self.refuse
        now_ms = self._clock.now_ms()
        record = ActionRecord(
            id=asked["ident"],
            tenant="default",
            **address._asdict(),
            action=name,
            input=given,
            issuer=asked["issuer"],
            reason=asked["reason"],
            requested_ms=now_ms,
            expires_ms=now_ms + round(asked["expires_in_s"] * 1000),
        )
        self.records[record.id] = record
        return record

    async def outcome(self, ident: str, wait_s: float = 0.0) -> ActionRecord | None:
        return self.records.get(ident)

    def ended(self, record: ActionRecord, status: Status, error: str | None = None) -> None:
        problem = Problem(code="camera", message=error) if error else None
        ended_ms = self._clock.now_ms()
        self.records[record.id] = replace(record, status=status, ended_ms=ended_ms, error=problem)

    def asked(self, name: str) -> list[ActionRecord]:
        return [each for each in self.records.values() if each.action == name]


class Scene:
    """One hub's evidence. After `restart` everything in memory is gone, as after kill -9."""

    def __init__(self, ledger: Engine, folder: Path, thread: ThreadPoolExecutor, of: Definition) -> None:
        self.clock = ManualClock()
        self.definition = of
        self.engine = ledger
        self.media = MediaStore(folder / "media")
        self.history = SqliteHistory(folder / "history.sqlite", Retention())
        self.ledger = Transactions(ledger, thread)
        self.store = PieceStore("default")
        self.cameras = Cameras(self.clock)
        self.checkpoints = Checkpoints(folder / "checkpoints.jsonl")
        self._writer = EventWriter(ledger, "default")
        self._events = 0

    async def restart(self) -> None:
        self.shadows = Shadows(self.clock, "default")
        self.desk = Desk(self.ledger, self.clock, "default", [AuditTrail()])
        self.gatherer = EvidenceGatherer(
            Means(
                desk=self.desk,
                ledger=self.ledger,
                actions=self.cameras,
                devices=self.shadows,
                history=self.history,
                media=self.media,
                clock=self.clock,
                store=self.store,
            ),
            by_key((self.definition,)),
        )
        self.desk.join(self.gatherer)
        await self.desk.open()

    def describe(self, address: Address, place: Location | None = PLACE) -> None:
        if address.kind == "camera":
            described = Description(
                title=address.device, location=place, actions={"snapshot": ActionSeen(), "clip": CLIP}
            )
        else:
            properties = {"position": SchemaSeen(type="number", unit="%")}
            described = Description(title=address.device, location=place, properties=properties)
        self.shadows.describe(self.shadows.of(address), described)

    async def alarm(self, event: Committed | None = None) -> Alarm:
        signal = raised(self.definition, self.clock.now_ms(), event_seq=event.seq if event else None)
        await self.desk.take([signal], upto=None)
        return list(self.desk.standing().values())[-1]

    async def steps(self, count: int = 4) -> None:
        for _ in range(count):
            await self.gatherer.step()

    async def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.steps()

    def event(
        self,
        address: Address,
        type: str,
        pictures: Iterable[bytes] = (),
        *,
        action: str | None = None,
        late_s: float = 0.0,
        keep: bool = True,
        **data: Any,
    ) -> Committed:
        """Commit an event whose device's clock is `late_s` behind; its pictures are here if `keep`."""
        named = [hashlib.sha256(each).hexdigest() for each in pictures]
        for sha256, content in zip(named, pictures, strict=True):
            if keep:
                self.media.save(sha256, content)
        self._events += 1
        event = Event(
            specversion="1.0",
            id=str(self._events),
            source=str(address),
            type=type,
            time=self.clock.now() - timedelta(seconds=late_s),
            action=action,
            data=data | {"media": named},
        )
        arrival = Arrival(
            address=address,
            tenant="default",
            event=event,
            payload=encode(event),
            received_ms=self.clock.now_ms(),
        )
        (entry,) = self._writer.commit([arrival]).entries
        self.gatherer.on_events([entry])
        return entry

    def answer(self, record: ActionRecord, picture: bytes, **fields: Any) -> str:
        """Let a camera do what it was asked, and say so; return the picture's SHA-256."""
        fields.setdefault("action", record.id)
        self.cameras.ended(record, "succeeded")
        self.event(record.address, TAKEN[PieceKind(record.action)], [picture], **fields)
        return hashlib.sha256(picture).hexdigest()

    def sample(self, value: float) -> None:
        series = SeriesKey("default", GATE, "position")
        self.history.write([Sample(series, self.clock.now_ms(), value)])

    def pieces(self, alarm: Alarm, kind: PieceKind) -> list[Piece]:
        def read(connection: Connection) -> list[Piece]:
            return [each for each in self.store.of_alarm(connection, alarm.id) if each.kind is kind]

        with self.engine.connect() as connection:
            return read(connection)

    async def told(self, alarm: Alarm) -> list[dict[str, Any]]:
        timeline: list[Entry] = await self.desk.timeline(alarm.id)
        return [each.data for each in timeline if each.kind is EntryKind.EVIDENCE]

    def verified(self) -> Report:
        return verify(self.engine, "default", self.media, self.checkpoints)


@asynccontextmanager
async def scene(ledger: Engine, folder: Path, wanted: Evidence = WANTED) -> AsyncIterator[Scene]:
    """Open a scene with a gate and a camera in its area."""
    metadata.create_all(ledger)
    install(ledger)
    with ThreadPoolExecutor(1) as thread:
        made = Scene(ledger, folder, thread, definition(evidence=wanted))
        await made.restart()
        made.describe(GATE)
        made.describe(YARD)
        made.clock.advance(SETTLE_S)
        try:
            yield made
        finally:
            made.history.close()


NO_LINK = Refused("there is no link to the broker; nothing was sent", code="link-offline")
