"""Evidence over a real broker: the hub asks, a camera's driver answers, the picture is on the timeline."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection as Ledger

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.messages import Action, ActionStatus, Availability, AvailabilityStatus, Event, Result
from contract.mqtt import Connection
from contract.things import ActionSpec, EventSpec, Location, Thing, ThingModel
from contract.topics import Channel
from hub.alarms.alarm import EntryKind
from hub.alarms.definition import Evidence, by_key
from hub.alarms.desk import Desk
from hub.core import Core, Listener
from hub.evidence.gatherer import EvidenceGatherer
from hub.evidence.means import Means
from hub.evidence.store import PieceStore
from hub.ledger.commit import Entry
from hub.ledger.transactions import Transactions
from hub.settings import HubSettings
from tests.broker import Mosquitto
from tests.hub.alarms.made import definition, raised
from tests.hub.evidence.scene import YARD
from tests.waiting import eventually

PICTURE = b"\xff\xd8\xff what the camera saw"
SHA256 = hashlib.sha256(PICTURE).hexdigest()
TITLE = {"zh-CN": "东门", "en": "East gate"}
clock = SystemClock()


class Ear(Listener):
    """Tells the gatherer what is committed, as the hub does."""

    gatherer: EvidenceGatherer

    def committed(self, entries: list[Entry]) -> None:
        self.gatherer.on_events(entries)


async def answer(link: Connection) -> None:
    """Do what a camera's driver does when it is asked for a snapshot."""
    async for message in link:
        action = decode(Action, message.payload)
        event = Event(
            specversion="1.0",
            id="1",
            source=str(YARD),
            type="hemei.camera.snapshot-taken",
            time=clock.now(),
            action=action.id,
            data={"media": [SHA256]},
        )
        await link.publish(YARD.topic(Channel.MEDIA, SHA256), PICTURE)
        await link.publish(YARD.topic(Channel.EVENT), encode(event))
        result = Result(id=action.id, status=ActionStatus.SUCCEEDED, ts=clock.now())
        await link.publish(YARD.topic(Channel.RESULT), encode(result))


@asynccontextmanager
async def camera(broker: Mosquitto) -> AsyncIterator[None]:
    model = ThingModel(
        properties={},
        actions={"snapshot": ActionSpec(title=TITLE)},
        events={"hemei.camera.snapshot-taken": EventSpec(title=TITLE)},
    )
    thing = Thing(address=YARD, title=TITLE, model=model, location=Location(area="east-gate"))
    async with Connection(broker.broker("cameras"), "cameras") as link:
        await link.subscribe([YARD.topic(Channel.ACTION)])
        await link.publish(YARD.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        await link.publish(YARD.topic(Channel.AVAILABILITY), encode(ready), retain=True)
        answering = asyncio.create_task(answer(link))
        yield
        answering.cancel()


async def test_a_snapshot_is_asked_for_and_comes(tmp_path: Path) -> None:
    users = {"hub": "hub-secret", "cameras": "cameras-secret"}
    wanted = definition(evidence=Evidence(snapshot=True, history_s=0))
    async with Mosquitto(tmp_path / "broker", users=users) as broker:
        ear = Ear()
        settings = HubSettings(
            site_id="hemei", title=TITLE, broker=broker.broker("hub"), data_dir=tmp_path / "hub"
        )
        core = Core(settings, clock, ear)
        ledger, store = Transactions(core.engine, core.committer.thread), PieceStore("default")
        desk = Desk(ledger, clock, "default")
        means = Means(
            desk=desk,
            ledger=ledger,
            actions=core.actions,
            devices=core.shadows,
            history=core.history,
            media=core.media,
            clock=clock,
            store=store,
        )
        ear.gatherer = EvidenceGatherer(means, by_key((wanted,)), settle_s=0)
        desk.join(ear.gatherer)
        tasks = [asyncio.create_task(core.run()), asyncio.create_task(ear.gatherer.run())]
        async with camera(broker):
            await eventually(lambda: core.shadows.get(YARD) is not None)
            await desk.take([raised(wanted, clock.now_ms())], None)
            (ident,) = desk.standing()
            await eventually(lambda: desk.standing()[ident].entries >= 2)
        (told,) = [each.data for each in await desk.timeline(ident) if each.kind is EntryKind.EVIDENCE]
        assert (told["sha256"], told["matched"], told["size"]) == (SHA256, "by action", len(PICTURE))

        def pieces(connection: Ledger) -> int:
            return len(store.open(connection))

        assert await ledger.read(pieces) == 0
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
