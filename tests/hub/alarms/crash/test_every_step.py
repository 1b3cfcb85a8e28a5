"""Kill the hub after every step of raise, tell, link, acknowledge and return.

Real mosquitto, real processes, SIGKILL; a gate and a web server of our own that count what reaches them.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from contract.clock import SystemClock
from hemei.private_files import write_private
from hub.access.access import Access
from hub.access.roles import Role
from hub.alarms.definition import Link, Scope
from hub.ledger.engine import open_ledger
from hub.notify.contact import Contact as ContactTable
from hub.settings import HubSettings
from tests.broker import Mosquitto, free_port
from tests.hub.alarms.crash.mortal import live
from tests.hub.alarms.crash.neighbours import NAMES, Contact, Gate, Guard, contact, gate
from tests.hub.alarms.made import definition
from tests.waiting import eventually

LANES: Final = 4
LAST_STEP: Final = 200
"""Far more steps than there are: a walk ends where a hub outlives its steps."""

WITHIN_S: Final = 60.0
FAULTED: Final = definition(
    tell=("desk",),
    link=(Link(action="hold-open", to=Scope(devices=("gate/east-in",)), within_s=60.0),),
)


async def settings(mosquitto: Mosquitto, folder: Path, told: Contact) -> tuple[HubSettings, str]:
    """Found a hub that has lived before; return a guard's token too."""
    secret = folder / "desk.url"
    write_private(secret, told.address)
    made = HubSettings(
        site_id="hemei",
        title=NAMES,
        broker=mosquitto.broker(),
        data_dir=folder,
        http_port=free_port(),
        insecure=True,
        alarms=(FAULTED,),
        contacts=(ContactTable(id="desk", title=NAMES, url_file=str(secret)),),
    )
    engine = open_ledger(made.ledger)
    try:
        return made, await Access(engine, SystemClock()).create_token("guard", Role.GUARD)
    finally:
        engine.dispose()


async def until(done: Callable[[], Any]) -> None:
    """Ask again and again; `done` may be asynchronous."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            answer = done()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.05)


async def closed(guard: Guard) -> bool:
    """Whether there is an alarm, and it is over, with everything told of it."""
    listed = await guard.alarms()
    return bool(listed) and all(alarm["closed"] for alarm in listed)


async def whole(guard: Guard) -> bool:
    """Whether what follows from the alarm is on its timeline."""
    for alarm in await guard.alarms():
        with suppress(httpx.HTTPError):
            kinds = [entry["kind"] for entry in (await guard.case(alarm["id"]))["timeline"]]
            return {"told", "linked"} <= set(kinds)
    return False


async def story(living: Gate, guard: Guard) -> None:
    """Let there be a fault, a guard's press, and its end."""
    living.report("hemei.gate.faulted")
    await until(guard.acknowledge)
    await until(lambda: whole(guard))
    living.report("hemei.gate.fault-cleared")
    await until(lambda: closed(guard))


def check(case: dict[str, Any], living: Gate, told: Contact) -> None:
    """Everything once, nothing missing."""
    kinds = [entry["kind"] for entry in case["timeline"]]
    for kind in ("raised", "acknowledged", "returned", "linked"):
        assert kinds.count(kind) == 1, kinds
    assert case["count"] == 1
    assert case["state"] == "normal"
    (linked,) = (entry for entry in case["timeline"] if entry["kind"] == "linked")
    assert linked["data"]["outcome"] == "succeeded", linked
    assert list(living.done.values()) == [1], "the gate was told once, whatever came in between"
    news = [entry["data"] for entry in case["timeline"] if entry["kind"] == "told"]
    assert {entry["outcome"] for entry in news} == {"sent"}, news
    assert len(told.told) == len(news), "what a contact tells apart by its key came once"


async def a_life(mosquitto: Mosquitto, folder: Path, dies_at: int) -> bool:
    """Let a hub live until it dies at that step, and another after it; whether it died."""
    async with contact() as told, gate(mosquitto.broker()) as living:
        made, token = await settings(mosquitto, folder, told)
        guard = Guard(f"http://127.0.0.1:{made.http_port}", token)
        first = await asyncio.to_thread(live, made, dies_at)
        after = None
        telling = asyncio.create_task(story(living, guard))
        try:
            await eventually(lambda: telling.done() or not first.is_alive(), 2 * WITHIN_S)
            died = not first.is_alive()
            if died:
                assert first.exitcode == -signal.SIGKILL
                after = await asyncio.to_thread(live, made, 0)
            await telling
            (alarm,) = await guard.alarms()
            check(await guard.case(alarm["id"]), living, told)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            for process in filter(None, (first, after)):
                process.kill()
                process.join()
            await guard.close()
    return died


@pytest.mark.timeout(280)
@pytest.mark.parametrize("lane", range(LANES))
async def test_whatever_it_dies_of_all_is_right_afterwards(lane: int, tmp_path: Path) -> None:
    deaths = 0
    for step in range(1 + lane, LAST_STEP, LANES):
        async with Mosquitto(tmp_path / f"broker-{step}") as mosquitto:
            if not await a_life(mosquitto, tmp_path / f"hub-{step}", step):
                break
        deaths += 1
    assert deaths >= 3, "or there is nothing to this test"
