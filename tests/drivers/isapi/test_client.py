"""The client against a real Apache with mod_auth_digest, which stands between it and an upstream of ours."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.isapi.answer import Rejected
from drivers.isapi.client import LONGEST_ANSWER, IsapiClient, NoAnswer
from drivers.isapi.login import FIRST_WAIT_S
from drivers.runtime.credentials import Credentials, CredentialsRefused
from tests.broker import HOST, free_port
from tests.certificates import Authority
from tests.drivers.isapi.apache import US, Apache
from tests.drivers.isapi.upstream import Upstream, upstream
from tests.waiting import eventually

OPEN = b"<BarrierGate><ctrlMode>open</ctrlMode></BarrierGate>"
PATH = "/ISAPI/Parking/channels/1/barrierGate"


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[Upstream]:
    async with upstream() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_digest_lets_us_in_and_each_request_arrives_once(behind: Upstream, clock: ManualClock) -> None:
    async with Apache(behind.url) as apache:
        client = IsapiClient(apache.url, US, clock)
        answer = await client.ask("PUT", PATH, OPEN, kind="application/xml")
        assert answer.document().word("statusString") == "OK"
        await client.ask("POST", "/ISAPI/AccessControl/AcsEvent?format=json", b"{}", kind="application/json")
        await client.ask("GET", "/ISAPI/System/deviceInfo")
    assert [(each.method, each.path, each.kind, each.body) for each in behind.asked] == [
        ("PUT", PATH, "application/xml", OPEN),
        ("POST", "/ISAPI/AccessControl/AcsEvent?format=json", "application/json", b"{}"),
        ("GET", "/ISAPI/System/deviceInfo", "", b""),
    ]


async def test_a_challenge_that_is_forgotten_is_asked_for_anew(behind: Upstream, clock: ManualClock) -> None:
    async with Apache(behind.url) as apache:
        client = IsapiClient(apache.url, US, clock)
        await client.ask("PUT", PATH, OPEN)
        await apache.restart()
        await client.ask("PUT", PATH, OPEN)
        assert "password mismatch" not in apache.log
    assert len(behind.asked) == 2


async def test_a_refused_password_is_not_insisted_on_and_never_told(
    behind: Upstream, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Apache(behind.url) as apache:
        client = IsapiClient(apache.url, Credentials("hemei", "wrong-word"), clock)

        async def tries() -> int:
            with pytest.raises(CredentialsRefused) as refused:
                await client.ask("PUT", PATH, OPEN)
            assert "wrong-word" not in f"{refused.value!r}{refused.value.__context__!r}{caplog.text}"
            return apache.log.count("password mismatch")

        assert await tries() == 1
        assert await tries() == 1
        clock.advance(FIRST_WAIT_S - 1)
        assert await tries() == 1
        clock.advance(2)
        assert await tries() == 2
        clock.advance(2 * FIRST_WAIT_S - 1)  # twice as long
        assert await tries() == 2
        clock.advance(2)
        assert await tries() == 3
    assert behind.asked == []


async def test_a_login_that_is_not_given_or_not_digest_is_said_so(
    behind: Upstream, clock: ManualClock
) -> None:
    async with Apache(behind.url) as apache:
        with pytest.raises(CredentialsRefused, match="credentials_file"):
            await IsapiClient(apache.url, None, clock).ask("GET", "/ISAPI/System/deviceInfo")
    behind.say(b"", status=401)
    with pytest.raises(DeviceError, match="no Digest"):
        await IsapiClient(behind.url, US, clock).ask("GET", "/ISAPI/System/deviceInfo")


async def test_what_never_left_is_told_apart_from_what_nobody_knows(
    behind: Upstream, clock: ManualClock
) -> None:
    with pytest.raises(DeviceUnreachable) as nobody:
        await IsapiClient(f"http://{HOST}:{free_port()}", US, clock).ask("PUT", PATH, OPEN)
    assert type(nobody.value) is DeviceUnreachable
    client = IsapiClient(behind.url, None, clock)
    behind.hang_up()
    with pytest.raises(NoAnswer):
        await client.ask("PUT", PATH, OPEN)
    assert len(behind.asked) == 1, "aiohttp would send a PUT again"
    released = behind.hang()
    asking = asyncio.create_task(client.ask("PUT", PATH, OPEN, timeout_s=3))
    await eventually(lambda: len(behind.asked) == 2)
    clock.advance(3)
    with pytest.raises(NoAnswer, match="within 3 s"):
        await asking
    released.set()


async def test_a_device_that_hears_and_is_silent_may_have_done_it(clock: ManualClock) -> None:
    heard = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        heard.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    asking = asyncio.create_task(IsapiClient(f"http://{HOST}:{port}", US, clock).ask("PUT", PATH, OPEN))
    await heard.wait()
    clock.advance(20)
    with pytest.raises(NoAnswer):
        await asking
    server.close()


@pytest.mark.parametrize("said", [b"SSH-2.0-x\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a"])
async def test_an_answer_that_is_none_leaves_it_open(said: bytes, clock: ManualClock) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NoAnswer):
        await IsapiClient(f"http://{HOST}:{port}", US, clock).ask("GET", PATH)
    server.close()


async def test_a_device_that_says_no_says_why(behind: Upstream, clock: ManualClock) -> None:
    client = IsapiClient(behind.url, None, clock)
    refusal = (
        b"<ResponseStatus><statusCode>4</statusCode><statusString>Invalid Operation</statusString>"
        b"<subStatusCode>notSupport</subStatusCode></ResponseStatus>"
    )
    behind.say(refusal, status=403)
    with pytest.raises(Rejected, match=r"Invalid Operation, notSupport \(HTTP 403\)") as no:
        await client.ask("PUT", PATH, OPEN)
    assert (no.value.reason, no.value.status) == ("notsupport", 403)
    said = b'{"statusCode":6,"statusString":"Invalid Content","subStatusCode":"employeeNoAlreadyExist"}'
    behind.say(said, kind="application/json")
    with pytest.raises(Rejected) as no:
        await client.ask("POST", "/ISAPI/AccessControl/UserInfo/Record?format=json", b"{}")
    assert no.value.reason == "employeenoalreadyexist"
    behind.say(b"<html>\x00", status=500, kind="text/html")
    with pytest.raises(Rejected, match="does not say why"):
        await client.ask("PUT", PATH, OPEN)


async def test_a_device_that_sends_us_elsewhere_is_not_followed(behind: Upstream, clock: ManualClock) -> None:
    """The password would be for another."""
    behind.say(b"", status=302)
    with pytest.raises(Rejected, match="302"):
        await IsapiClient(behind.url, None, clock).ask("GET", PATH)
    assert len(behind.asked) == 1


async def test_answers_are_bounded_and_make_sense(behind: Upstream, clock: ManualClock) -> None:
    client = IsapiClient(behind.url, None, clock)
    behind.say(b"x" * (LONGEST_ANSWER + 1))
    with pytest.raises(DeviceError, match="too long"):
        await client.ask("GET", PATH)
    behind.say(b'{"AcsEvent":{"responseStatusStrg":"MORE","numOfMatches":30}}', kind="application/json")
    answer = await client.ask("POST", PATH, b"{}")
    assert answer.json() == {"AcsEvent": {"responseStatusStrg": "MORE", "numOfMatches": 30}}
    assert answer.document().word("AcsEvent", "numOfMatches") == "30"
    behind.say(b"<List>" + b"<a/>" * 4000 + b"</List>")
    assert len((await client.ask("GET", PATH)).document().inside) == 4000
    for nonsense in (b"[1]", b"{", b"", b"<a/>"):
        behind.say(nonsense)
        with pytest.raises(DeviceError, match="no JSON"):
            (await client.ask("GET", PATH)).json()
    behind.say(b"<a")
    with pytest.raises(DeviceError, match="makes no sense"):
        (await client.ask("GET", PATH)).document()


async def test_over_tls_only_the_devices_own_authority_is_believed(
    behind: Upstream, clock: ManualClock, tmp_path: Path
) -> None:
    ours, another = Authority(tmp_path / "ours"), Authority(tmp_path / "another")
    async with Apache(behind.url, certificate=ours.issue("localhost")) as apache:
        url = apache.url.replace(HOST, "localhost")
        await IsapiClient(url, US, clock, ca_file=str(ours.ca_file)).ask("PUT", PATH, OPEN)
        for ca_file in (str(another.ca_file), None):
            with pytest.raises(DeviceUnreachable, match="Certificate"):
                await IsapiClient(url, US, clock, ca_file=ca_file).ask("PUT", PATH, OPEN)
    assert len(behind.asked) == 1
    with pytest.raises(ValueError, match="ca_file"):
        IsapiClient(url, US, clock, ca_file=str(tmp_path / "none"))
