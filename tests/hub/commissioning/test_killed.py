"""A hub is killed right before and right after it commits a proof: the proof is there once all the same."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar, Final

import httpx
import msgspec
from sqlalchemy import func, select
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from contract.clock import SystemClock
from contract.things import EventSpec, Thing, ThingModel
from hub.access.access import Access
from hub.access.roles import Role
from hub.audit.schema import audit
from hub.commissioning.proving import Looked, Prover
from hub.commissioning.schema import proofs
from hub.ledger.engine import open_ledger
from hub.ledger.transactions import Transactions
from hub.settings import HubSettings
from tests.broker import Mosquitto, lasting_port
from tests.hub.api.house import NAMES
from tests.hub.commissioning.test_commissioning import BUTTON, PANIC, PATH, PRESSED
from tests.hub.crash.mortal import Mark, Steps, live, prepare
from tests.hub.crash.neighbour import Neighbour, beside
from tests.ledgers import new_ledger
from tests.waiting import eventually

WITHIN_S: Final = 120.0


class Button(Neighbour):
    """A call button and its driver host."""

    host = "sensors"
    thing: ClassVar = Thing(
        address=BUTTON,
        title=NAMES,
        model=ThingModel(properties={}, actions={}, events={PRESSED: EventSpec(title=NAMES)}),
        driver=host,
    )


def proven(result: Any, *_: Any) -> bool:
    """Whether a look has just taken a proof."""
    return isinstance(result, Looked) and result.proven > 0


def before_the_commit(steps: Steps) -> None:
    """Let it die when a proof is written, and nothing is committed yet."""
    steps.after(Prover, "look", proven)


def after_the_commit(steps: Steps) -> None:
    """Let it die once that is committed, and nobody has heard of it."""
    steps.after(Transactions, "_write", proven)


async def paint(address: str, headers: dict[str, str]) -> None:
    """Be a wall: paint every alarm, whatever becomes of the hub."""
    while True:
        try:
            async with connect(address, additional_headers=headers, compression=None) as socket:
                async for frame in socket:
                    alarms = msgspec.json.decode(frame).get("alarms", [])
                    said = {"type": "painted", "alarms": [each["id"] for each in alarms]}
                    if alarms:
                        await socket.send(msgspec.json.encode(said).decode())
        except (OSError, WebSocketException):
            await asyncio.sleep(0.05)


async def begin(http: httpx.AsyncClient) -> str:
    """Begin a test as soon as the device is found; return its id."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                answer = await http.post(f"{PATH}/devices/{BUTTON}/tests")
                if answer.status_code == 201:
                    ident: str = answer.json()["id"]
                    return ident
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)


async def test_a_proof_is_there_once_whenever_the_hub_is_killed(tmp_path: Path, mosquitto: Mosquitto) -> None:
    await asyncio.to_thread(prepare)
    settings = HubSettings(
        site_id="hemei",
        title=NAMES,
        broker=mosquitto.broker(),
        data_dir=tmp_path / "hub",
        http_port=lasting_port(),
        ledger_url=new_ledger(tmp_path / "hub" / "ledger.sqlite"),
        insecure=True,
        alarms=(PANIC,),
    )
    engine = open_ledger(settings.ledger)
    access = Access(engine, SystemClock())
    admin = {"Authorization": f"Bearer {await access.create_token('admin', Role.ADMIN)}"}
    wall = {"Authorization": f"Bearer {await access.create_token('wall', Role.WALL)}"}
    lives = []

    async def outlived(mark: Mark, dies_at: int) -> None:
        """Start a hub, and see it die as it should."""
        lives.append(live(settings, mark, dies_at))
        await eventually(lambda: not lives[-1].is_alive(), WITHIN_S)

    painting = asyncio.create_task(paint(f"ws://127.0.0.1:{settings.http_port}/api/v1/live", wall))
    base = f"http://127.0.0.1:{settings.http_port}"
    try:
        async with (
            beside(mosquitto.broker(), Button) as button,
            httpx.AsyncClient(base_url=base, headers=admin) as http,
        ):
            first = asyncio.create_task(outlived(before_the_commit, 1))
            ident = await begin(http)
            button.report(PRESSED)
            await first
            with engine.connect() as ledger:
                assert ledger.execute(select(func.count()).select_from(proofs)).scalar() == 0
            await outlived(after_the_commit, 1)
            lives.append(live(settings, after_the_commit, 0))
            await shows(http, ident, "proven")
    finally:
        painting.cancel()
        await asyncio.gather(painting, return_exceptions=True)
        for process in lives:
            process.kill()
            process.join()
    with engine.connect() as ledger:
        assert ledger.execute(select(proofs.c.number)).scalars().all() == [1]
        said = select(func.count()).where(audit.c.what == "commissioning.proven")
        assert ledger.execute(said).scalar() == 1
    engine.dispose()


async def shows(http: httpx.AsyncClient, ident: str, state: str) -> None:
    """Wait until a test stands like this."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                answer = await http.get(f"{PATH}/tests/{ident}")
                if answer.json()["state"] == state:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)
