"""The pretend view library, asked by curl: its Digest is another author's too."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientConnectionError, ClientSession

from simulators.clock import VirtualClock
from simulators.host import Host, SimulatorSettings
from simulators.viid.device import NAME, LibrarySettings
from simulators.viid.library import Library, Shelves
from tests.peers import require_program

US, WORD = "33029900005030000001", "a word"


@pytest_asyncio.fixture
async def library() -> AsyncIterator[Library]:
    opened = Library("33029900005030000002", {US: WORD})
    await opened.up()
    yield opened
    await opened.down()


async def asked(library: Library, path: str, body: object, *words: str) -> tuple[int, str]:
    """Post as curl does; return status and body."""
    kind, who = "Content-Type: application/VIID+JSON", f"User-Identify: {US}"
    process = await asyncio.create_subprocess_exec(
        require_program("curl", "curl"),
        *("-sS", "--noproxy", "*", "-H", kind, "-H", who, "-w", "\n%{http_code}", *words),
        *("-d", json.dumps(body), f"{library.url}{path}"),
        stdout=asyncio.subprocess.PIPE,
    )
    text, _, status = (await process.communicate())[0].decode().rpartition("\n")
    return int(status), text


REGISTER = {"RegisterObject": {"DeviceID": US}}
OBJECT = {"MotorVehicleListObject": {"MotorVehicleObject": [{"MotorVehicleID": "1" * 48, "PlateNo": "浙B1"}]}}


@pytest.mark.parametrize("login", [(), ("--digest", "-u", f"{US}:wrong"), ("-u", f"{US}:{WORD}")])
async def test_without_a_right_digest_nobody_is_registered(library: Library, login: tuple[str, ...]) -> None:
    assert (await asked(library, "/VIID/System/Register", REGISTER, *login))[0] == 401
    assert (await asked(library, "/VIID/MotorVehicles", OBJECT))[0] == 401
    assert library.registered == set()


async def test_whoever_is_registered_is_answered_item_by_item(library: Library) -> None:
    login = ("--digest", "-u", f"{US}:{WORD}")
    assert (await asked(library, "/VIID/System/Register", REGISTER, *login))[0] == 200
    status, body = await asked(library, "/VIID/MotorVehicles", OBJECT)
    (said,) = json.loads(body)["ResponseStatusListObject"]["ResponseStatusObject"]
    assert (status, said["StatusCode"], said["Id"]) == (200, "0", "1" * 48)
    assert list(library.shelves.objects) == ["1" * 48]
    status, body = await asked(library, "/VIID/MotorVehicles", {"nonsense": []})
    assert json.loads(body)["ResponseStatusObject"]["StatusCode"] == "7"


async def test_among_the_pretend_hardware_of_a_site_it_breaks_by_name() -> None:
    said = LibrarySettings(id="33029900005030000002", port=0, account=US, password=WORD)
    host = Host(SimulatorSettings(library=said), clock=VirtualClock())
    url = (await host.start())[NAME]
    try:
        assert {"busy", "down", "none", "refuse-one"} <= set(host.describe()[NAME]["faults"])
        host.fault(NAME, "down")
        await host.tend()
        async with ClientSession() as client:
            with pytest.raises(ClientConnectionError):
                await client.post(f"{url}/VIID/System/Register", json=REGISTER)
            host.fault(NAME, "none")
            await host.tend()
            async with client.post(f"{url}/VIID/System/Register", json=REGISTER) as answer:
                assert answer.status == 401, "back at the same place"
        assert host.inspect(NAME)["faults"] == []
    finally:
        await host.close()


async def test_it_refuses_one_vehicle_and_takes_it_the_next_time(library: Library) -> None:
    library.registered.add(US)
    library.faults.refusing = 1
    codes = []
    for _ in range(2):
        _, body = await asked(library, "/VIID/MotorVehicles", OBJECT)
        (said,) = json.loads(body)["ResponseStatusListObject"]["ResponseStatusObject"]
        codes.append(said["StatusCode"])
    assert codes == ["4", "0"]


def test_what_stands_for_weeks_forgets_the_oldest() -> None:
    shelves = Shelves(most=2)
    for ident in ("1", "2", "3"):
        shelves.put(ident, {})
    assert (list(shelves.objects), sorted(shelves.times)) == (["2", "3"], ["2", "3"])
