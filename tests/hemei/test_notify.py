"""`hemei notify`: whether those who should be told can be, over a real webhook."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hemei.commands.notify import notify
from hemei.private_files import write_private
from tests.hemei.test_site import GOOD
from tests.hub.notify.receiver import receiving

CONTACTS = """
[[contact]]
id = "li"
title = {en = "Li"}
url_file = "secrets/li.url"
language = "en"
[[contact]]
id = "chen"
title = {en = "Chen"}
url_file = "secrets/chen.url"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "site.toml"
    file.write_text(GOOD + CONTACTS, encoding="utf-8")
    return file


async def run(site: Path, *arguments: str) -> Result:
    command = [*arguments[:1], "--config", str(site), *arguments[1:]]
    return await asyncio.to_thread(CliRunner().invoke, notify, command, env={"LC_ALL": "C"})


async def test_a_test_message_is_sent_and_said(site: Path) -> None:
    async with receiving() as receiver:
        write_private(site.parent / "secrets" / "li.url", receiver.address("li") + "\n")
        result = await run(site, "test", "li")
        assert (result.exit_code, "the service took the test message" in result.output) == (0, True)
        assert "nothing has to be done" in receiver.posts[0].text


async def test_what_cannot_be_sent_is_said_with_exit_code_one(site: Path) -> None:
    async with receiving() as receiver:
        receiver.answers["li"] = [500]
        write_private(site.parent / "secrets" / "li.url", receiver.address("li"))
        result = await run(site, "test", "li")
        assert (result.exit_code, "500" in result.output) == (1, True)


async def test_addresses_are_looked_at_without_sending(site: Path) -> None:
    write_private(site.parent / "secrets" / "li.url", "json://127.0.0.1:9/hunter22")
    result = await run(site, "list")
    li, chen = result.output.splitlines()
    assert "nothing wrong" in li
    assert "cannot be read" in chen
    assert "hunter22" not in result.output


async def test_unknown_contact_is_told_who_there_is(site: Path) -> None:
    result = await run(site, "test", "nobody")
    assert "allowed: li, chen" in str(result.exception)
