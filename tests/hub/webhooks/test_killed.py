"""Kill the hub in the middle of deliveries: every event is told at least once, a repeat by its own id.

Real mosquitto, real processes, SIGKILL; a gate of our own that tells until it is heard, a receiver.
"""

import asyncio
import signal
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import Engine, func, select

from contract.things import Thing, ThingModel
from contract.topics import Address
from hub.ledger.engine import open_ledger
from hub.settings import HubSettings
from hub.webhooks.lane import Lane
from hub.webhooks.post import Answer
from hub.webhooks.schema import cursors
from hub.webhooks.settings import Webhook
from tests.broker import Mosquitto, lasting_port
from tests.hub.crash.mortal import Mark, Steps, live, prepare
from tests.hub.crash.neighbour import Neighbour, beside
from tests.hub.webhooks.receiver import SECRET, Receiver, receiving
from tests.ledgers import new_ledger
from tests.waiting import eventually

NAMES: Final = {"zh-CN": "东门", "en": "East gate"}
EVENTS: Final = 6


class Gate(Neighbour):
    """A gate that opens now and then."""

    host = "gates"
    thing: ClassVar = Thing(
        address=Address("hemei", "gate", "east-in"),
        title=NAMES,
        model=ThingModel(properties={}, actions={}, events={}),
    )

    def open(self, times: int) -> None:
        """Open so often."""
        for _ in range(times):
            self.report("hemei.gate.opened", cause="remote")


def taken(steps: Steps) -> None:
    """Let each message that the receiver has taken be a step, before the ledger knows of it."""
    steps.after(Lane, "_send", counts=_ok)


def _ok(answer: Answer, *_: object) -> bool:
    return answer.ok


def nothing(_: Steps) -> None:
    """Let nothing be a step."""


def settings(mosquitto: Mosquitto, receiver: Receiver, folder: Path) -> HubSettings:
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    hook = Webhook(
        id="erp",
        url=receiver.url,
        secret_file=str(secret),
        events=("hemei.gate.*",),
        alarms=False,
        private=True,
    )
    return HubSettings(
        site_id="hemei",
        title=NAMES,
        broker=mosquitto.broker(),
        data_dir=folder,
        ledger_url=new_ledger(folder / "ledger.sqlite"),
        http_port=lasting_port(),
        insecure=True,
        webhooks=(hook,),
    )


def begun(engine: Engine) -> bool:
    """Whether the hub knows from where on it is to tell."""
    with engine.connect() as connection:
        return bool(connection.execute(select(func.count()).select_from(cursors)).scalar())


async def test_every_event_is_told_whenever_the_hub_is_killed(tmp_path: Path) -> None:
    await asyncio.to_thread(prepare)
    lives: list[BaseProcess] = []

    def start(said: HubSettings, mark: Mark, dies_at: int) -> BaseProcess:
        lives.append(live(said, mark, dies_at))
        return lives[-1]

    held = asyncio.Event()
    async with Mosquitto(tmp_path / "broker") as mosquitto, receiving() as receiver:
        said = settings(mosquitto, receiver, tmp_path)
        engine = open_ledger(said.ledger)
        try:
            first = start(said, taken, 3)
            await eventually(lambda: begun(engine))
            async with beside(mosquitto.broker(), Gate) as gate:
                gate.open(EVENTS)
                await eventually(lambda: not first.is_alive())
                assert first.exitcode == -signal.SIGKILL, "it ended by itself"
                assert len(receiver.got) == 3, "killed when the third was taken"
                receiver.answers = [200, held]
                second = start(said, nothing, 0)
                await eventually(lambda: len(receiver.got) == 5)
                second.kill()  # while the receiver makes up its mind
                start(said, nothing, 0)
                await eventually(lambda: len(set(receiver.ids)) == EVENTS)
        finally:
            held.set()
            for process in lives:
                process.kill()
                process.join()
            engine.dispose()
    told = [body["id"] for _, body in receiver.got]
    assert told == ["e1", "e2", "e3", "e3", "e4", "e4", "e5", "e6"]
    assert {ident: told.count(ident) for ident in told} == dict(
        zip(dict.fromkeys(told), Counter(receiver.ids).values(), strict=True)
    ), "a repeat has the same webhook-id"
