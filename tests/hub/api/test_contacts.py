"""Contacts over the API: seen without their addresses, and tested by who manages the site."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from hub.access.roles import Role
from hub.notify.contact import Contact
from tests.hub.api.house import House, house
from tests.hub.notify.receiver import Receiver, receiving

SUPERVISOR = Role.SUPERVISOR


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest_asyncio.fixture
async def hub(tmp_path: Path, receiver: Receiver) -> AsyncIterator[House]:
    """Give a hub with one contact that can be reached and one whose address is missing."""
    file = tmp_path / "li.url"
    file.write_text(receiver.address("li"))
    file.chmod(0o600)
    li = Contact(id="li", title={"zh-CN": "李队长"}, url_file=str(file))
    chen = Contact(id="chen", title={"en": "Chen"}, url_file=str(tmp_path / "chen.url"))
    async with house(tmp_path, contacts=(li, chen)) as running:
        yield running


async def test_contacts_are_shown_without_their_addresses(hub: House, receiver: Receiver) -> None:
    await hub.room.notifier.look()
    answer = await hub.get("/api/v1/contacts", SUPERVISOR)
    li, chen = answer.json()["contacts"]
    assert (li["id"], li["failing"], li["fault"], li["waiting"]) == ("li", False, None, 0)
    assert (chen["failing"], "cannot be read" in chen["fault"]) == (True, True)
    assert str(receiver.port) not in answer.text


async def test_a_test_message_goes_out_and_its_outcome_is_said(hub: House, receiver: Receiver) -> None:
    headers = hub.bearer(SUPERVISOR)
    sent = await hub.http.post("/api/v1/contacts/li/test", headers=headers)
    assert (sent.json(), "测试" in receiver.posts[0].text) == ({"taken": True, "reason": ""}, True)
    not_sent = await hub.http.post("/api/v1/contacts/chen/test", headers=headers)
    assert not_sent.json()["taken"] is False
    assert (await hub.http.post("/api/v1/contacts/nobody/test", headers=headers)).status_code == 404


async def test_guards_do_not_send_test_messages(hub: House, receiver: Receiver) -> None:
    answer = await hub.http.post("/api/v1/contacts/li/test", headers=hub.bearer(Role.GUARD))
    assert (answer.status_code, receiver.posts) == (403, [])
