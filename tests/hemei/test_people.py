"""`hemei user` and `hemei token` on a site's ledger."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hemei.cli import main
from hemei.people import EVERYWHERE, access_of
from hemei.site import read_site
from tests.hemei.test_site import GOOD

Hemei = Callable[..., str]


@pytest.fixture
def hemei(tmp_path: Path) -> Hemei:
    """Run a command on a site of the test's own; gives its output, and fails unless it ended as said."""
    (tmp_path / "site.toml").write_text(GOOD, encoding="utf-8")

    def run(*arguments: str, code: int = 0, typed: str | None = None) -> str:
        config = ("--config", str(tmp_path / "site.toml"))
        done = CliRunner().invoke(main, [*arguments, *config], input=typed, env={"LC_ALL": "C"})
        assert done.exit_code == code, done.output
        return done.output

    return run


def principal(folder: Path, token: str) -> str | None:
    async def look() -> str | None:
        async with access_of(read_site(folder / "site.toml")) as access:
            found = await access.by_token(token)
            await access.tokens()  # who lists them has written when they were used
            return None if found is None else found.role.value

    return asyncio.run(look())


def redeem(folder: Path, link: str) -> str:
    async def sign_in() -> str:
        async with access_of(read_site(folder / "site.toml")) as access:
            return (await access.redeem(link.rpartition("token=")[2], "test")).principal.name

    return asyncio.run(sign_in())


def test_a_person_signs_in_by_link(hemei: Hemei, tmp_path: Path) -> None:
    link = hemei("user", "add", "li.wei", "--role", "guard").splitlines()[-1]
    assert link.startswith("http://127.0.0.1:0/signin?token=")
    assert redeem(tmp_path, link) == "user:li.wei"
    assert hemei("user", "list") == f"{'li.wei':<24}guard\n"
    assert redeem(tmp_path, hemei("user", "link", "li.wei").splitlines()[-1]) == "user:li.wei"


def test_a_hub_that_listens_everywhere_is_found_by_its_machines_name(hemei: Hemei, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    text = file.read_text(encoding="utf-8")
    for host in EVERYWHERE:
        file.write_text(text.replace("[hub]", f'[hub]\nhttp_host = "{host}"'), encoding="utf-8")
        link = hemei("user", "link", "--role", "wall").splitlines()[-1]
        assert link.startswith(f"http://{socket.gethostname()}:0/signin?token=")


def test_the_last_admin_is_kept(hemei: Hemei) -> None:
    hemei("user", "add", "wang", "--role", "admin")
    assert "wang is the last admin; make somebody else one first" in hemei("user", "disable", "wang", code=2)


def test_a_wall_gets_a_link_of_its_own(hemei: Hemei, tmp_path: Path) -> None:
    assert redeem(tmp_path, hemei("user", "link", "--role", "wall").splitlines()[-1]) == "link:wall"


def test_a_password_is_asked_for(hemei: Hemei, tmp_path: Path) -> None:
    password = "a long enough sentence"
    hemei("user", "add", "wang", "--role", "admin", "--password", typed=f"{password}\n{password}\n")

    async def sign_in() -> str:
        async with access_of(read_site(tmp_path / "site.toml")) as access:
            return (await access.sign_in("wang", password, "test")).principal.name

    assert asyncio.run(sign_in()) == "user:wang"


def test_an_account_is_closed_and_opened(hemei: Hemei) -> None:
    hemei("user", "add", "li.wei", "--role", "guard")
    hemei("user", "disable", "li.wei")
    assert "(closed)" in hemei("user", "list")
    hemei("user", "enable", "li.wei")
    assert "(closed)" not in hemei("user", "list")


def test_a_token_is_made_and_taken_back(hemei: Hemei, tmp_path: Path) -> None:
    token = hemei("token", "add", "bench", "--role", "supervisor").strip()
    assert principal(tmp_path, token) == "supervisor"
    hemei("token", "add", "short", "--role", "wall", "--days", "1")
    columns, used, unused = hemei("token", "list").splitlines()
    assert columns == "name, role, valid until, last used"
    assert (used.split()[:3], used.split()[3].endswith("Z")) == (["bench", "supervisor", "-"], True)
    assert (unused.split()[0], unused.split()[-1]) == ("short", "-")
    hemei("token", "revoke", "bench")
    assert principal(tmp_path, token) is None


def test_a_screens_token_comes_with_the_address_that_it_opens(hemei: Hemei) -> None:
    lines = hemei("token", "add", "lobby", "--role", "wall").splitlines()
    assert f"http://127.0.0.1:0/wall?kiosk={lines[0]}" in lines[-1]


def test_what_is_not_there_is_told(hemei: Hemei) -> None:
    assert "there is no token 'x'; allowed: none" in hemei("token", "revoke", "x", code=2)
    assert "there is no user 'x'; allowed: none yet" in hemei("user", "link", "x", code=2)
    assert "role 'x': allowed: wall, guard" in hemei("user", "add", "x", "--role", "x", code=2)
    assert "give a NAME or a --role" in hemei("user", "link", code=2)
