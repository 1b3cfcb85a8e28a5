"""Kill the hub after every step of raise, tell, link, acknowledge and return.

Real mosquitto, real processes, SIGKILL; a gate and a web server of our own that count what reaches them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from contract.clock import SystemClock
from hemei.private_files import write_private
from hub.access.access import Access
from hub.access.roles import Role
from hub.alarms.definition import Link, Scope
from hub.ledger.engine import open_ledger
from hub.notify.contact import Contact as ContactTable
from hub.settings import HubSettings
from tests.broker import Mosquitto, lasting_port
from tests.hub.alarms.crash.neighbours import NAMES, Contact, Gate, Guard, contact
from tests.hub.alarms.crash.steps import mark
from tests.hub.alarms.made import definition
from tests.hub.crash.neighbour import beside
from tests.hub.crash.walk import WITHIN_S, outlive, walk
from tests.ledgers import new_ledger

T = TypeVar("T")

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
        ledger_url=new_ledger(folder / "ledger.sqlite"),
        http_port=lasting_port(),
        insecure=True,
        alarms=(FAULTED,),
        contacts=(ContactTable(id="desk", title=NAMES, url_file=str(secret)),),
    )
    engine = open_ledger(made.ledger)
    try:
        return made, await Access(engine, SystemClock()).create_token("guard", Role.GUARD)
    finally:
        engine.dispose()


async def until(done: Callable[[], Awaitable[T]]) -> T:
    """Ask again and again, and return what was answered."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            answer = await done()
            if answer:
                return answer
            await asyncio.sleep(0.05)


async def closed(guard: Guard) -> bool:
    """Whether there is an alarm, and it is over, with everything told of it."""
    listed = await guard.alarms()
    return bool(listed) and all(alarm["closed"] for alarm in listed)


async def only_case(guard: Guard) -> dict[str, Any] | None:
    """Look at the one alarm, if there is somebody to ask."""
    with suppress(httpx.HTTPError):
        for alarm in await guard.alarms():
            return await guard.case(alarm["id"])
    return None


async def whole(guard: Guard) -> bool:
    """Whether what follows from the alarm is on its timeline."""
    case = await only_case(guard)
    return case is not None and {"told", "linked"} <= {entry["kind"] for entry in case["timeline"]}


async def story(living: Gate, guard: Guard, told: Contact) -> None:
    """Let there be a fault, a guard's press, and its end."""
    living.report("hemei.gate.faulted")
    await until(guard.acknowledge)
    await until(lambda: whole(guard))
    living.report("hemei.gate.fault-cleared")
    await until(lambda: closed(guard))
    case = await until(lambda: only_case(guard))
    assert case is not None
    check(case, living, told)


def check(case: dict[str, Any], living: Gate, told: Contact) -> None:
    """Everything once, nothing missing."""
    kinds = [entry["kind"] for entry in case["timeline"]]
    for kind in ("raised", "acknowledged", "returned", "linked"):
        assert kinds.count(kind) == 1, kinds
    assert case["count"] == 1
    assert case["state"] == "normal"
    (linked,) = (entry for entry in case["timeline"] if entry["kind"] == "linked")
    assert linked["data"]["outcome"] == "succeeded", linked
    assert living.done == {"hold-open": 1}, "the gate was told once, whatever came in between"
    news = [entry["data"] for entry in case["timeline"] if entry["kind"] == "told"]
    assert {entry["outcome"] for entry in news} == {"sent"}, news
    assert len(told.told) == len(news), "what a contact tells apart by its key came once"


async def a_life(mosquitto: Mosquitto, folder: Path, dies_at: int) -> bool:
    """Let there be an alarm, whatever becomes of the hub; whether it died."""
    async with contact() as told, beside(mosquitto.broker(), Gate) as living:
        made, token = await settings(mosquitto, folder, told)
        guard = Guard(f"http://127.0.0.1:{made.http_port}", token)
        try:
            return await outlive(made, mark, dies_at, story(living, guard, told))
        finally:
            await guard.close()


async def test_whatever_it_dies_of_all_is_right_afterwards(tmp_path: Path) -> None:
    assert await walk(tmp_path, a_life) > 12, "or there is nothing to this test"
