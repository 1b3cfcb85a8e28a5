"""Pretend telephones, written to by the hub's own sender of letters and by curl."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from hub.notify.letter import Letter
from hub.notify.sender import AppriseSender
from simulators.clock import VirtualClock
from simulators.errors import UnknownName
from simulators.host import Host, SimulatorSettings
from simulators.ports import Ports
from simulators.telephone.device import MOST, NAME, NO_NETWORK, PretendTelephone, TelephoneSettings
from simulators.telephone.page import Message, page

OWNERS = {"east": {"zh-CN": "东片警格", "en": "East grid"}}
LINK = "http://127.0.0.1:8080/police#a_secret"


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    opened = Host(SimulatorSettings(telephone=TelephoneSettings(port=0, owners=OWNERS)), clock=VirtualClock())
    await opened.start()
    yield opened
    await opened.close()


def letter(key: str, text: str = f"道闸故障\n{LINK}") -> Letter:
    return Letter(key=key, title="和美小区", body=text, priority=None)


def url(host: Host) -> str:
    return str(host.inspect(NAME)["url"])


async def sent(host: Host, said: Letter, owner: str = "east") -> bool:
    address = f"{url(host).replace('http', 'json')}/{owner}"
    return (await asyncio.to_thread(AppriseSender().send, address, said)).ok


async def test_a_letter_arrives_once_and_its_link_can_be_followed(host: Host) -> None:
    assert await sent(host, letter("one"))
    assert await sent(host, letter("one")), "the sender heard nothing back"
    assert await sent(host, letter("two", "<b>later</b>"))
    assert host.inspect(NAME)["messages"] == ["<b>later</b>", f"道闸故障\n{LINK}"]
    async with (
        ClientSession() as client,
        client.get(url(host), headers={"Accept-Language": "zh-CN"}) as shown,
    ):
        text = await shown.text()
    assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer">' in text
    assert "发给 东片警格" in text
    assert "&lt;b&gt;later" in text


async def test_it_shows_the_time_where_its_owner_is() -> None:
    settings = TelephoneSettings(port=0, owners=OWNERS, timezone="Pacific/Kiritimati")
    telephone = PretendTelephone(settings, now=datetime(2026, 12, 1, 9, 30, tzinfo=UTC).astimezone)
    address = await telephone.serve(Ports())
    try:
        async with ClientSession(address) as client:
            await client.post("/east", json={"message": "late"})
            async with client.get("/") as shown:
                assert "<time>23:30:00</time>" in await shown.text()
    finally:
        await telephone.close()


async def test_nothing_arrives_where_there_is_no_network_and_nobody_else_has_a_number(host: Host) -> None:
    assert not await sent(host, letter("one"), owner="west")
    host.fault(NAME, NO_NETWORK)
    assert not await sent(host, letter("two"))
    host.fault(NAME, "none")
    assert await sent(host, letter("two"))
    assert len(list(host.inspect(NAME)["messages"] or ())) == 1
    with pytest.raises(UnknownName):
        host.fault(NAME, "down")
    with pytest.raises(UnknownName):
        host.happen(NAME, "rings")


async def test_what_is_no_message_is_refused_and_old_ones_are_forgotten(host: Host) -> None:
    async with ClientSession(url(host)) as client:
        for body in (b"", b"[]", b'{"message": 5}'):
            async with client.post("/east", data=body) as answer:
                assert answer.status == 400
        for nth in range(MOST + 1):
            async with client.post("/east", json={"message": f"no {nth}"}) as answer:
                assert answer.status == 200
    kept = host.inspect(NAME)["messages"]
    assert isinstance(kept, list)
    assert (len(kept), kept[0], kept[-1]) == (MOST, f"no {MOST}", "no 1")


def test_an_empty_page_says_what_to_do_and_nothing_in_a_message_is_markup() -> None:
    assert "hand it to the police grid" in page([], OWNERS, "en")
    said = Message(owner="east", at=datetime(2026, 1, 1), title="<i>", text='http://x/"onclick=alert(1)')  # noqa: DTZ001 - the wall clock's
    shown = page([said], OWNERS, "en")
    assert "<i>" not in shown
    assert 'href="http://x/&quot;onclick=alert(1)"' in shown
