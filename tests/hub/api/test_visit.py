"""What a household does by its visitor link, over real HTTP, without signing in."""

import logging
from pathlib import Path

import pytest

from hub.access.roles import Role
from tests.hub.api.house import House, house
from tests.hub.api.test_register import API, family, good

CODE = {"code": True, "minutes": 60}


async def link_of(hub: House) -> str:
    """Give a household a link."""
    home, _, _ = await family(hub)
    made = await good(hub, "POST", f"/register/households/{home['id']}/link")
    assert made["path"] == f"/visit#{made['key']}"
    return f"{API}/visit/by-key/{made['key']}"


async def test_a_household_lets_its_visitors_in(any_hub: House) -> None:
    mine = await link_of(any_hub)
    http = any_hub.http
    made = await http.post(f"{mine}/visits", json={"plate": "沪A·88888", "visitor": "Auntie", **CODE})
    assert made.status_code == 201, made.text
    assert (made.json()["plate"], len(made.json()["code"])) == ("沪A88888", 8)
    page = (await http.get(mine)).json()
    assert (page["room"], page["open"], page["visits"]) == ("3-2-501", 1, [made.json()])
    assert "王芳" not in str(page)
    revoked = await http.post(f"{mine}/visits/{made.json()['id']}/revoke")
    assert revoked.json()["state"] == "revoked"
    seen = await good(any_hub, "GET", f"/visits/{made.json()['id']}", role=Role.GUARD)
    assert (seen["by_link"], seen["made_by"], seen["visitor"]) == (True, "resident", None)


async def test_another_sites_page_can_do_nothing(hub: House) -> None:
    mine = await link_of(hub)
    elsewhere = {"Origin": "https://evil.example"}
    assert (await hub.http.post(f"{mine}/visits", json=CODE, headers=elsewhere)).status_code == 403
    assert (await hub.http.get(mine)).json()["visits"] == []


async def test_a_wrong_link_is_nobodys_and_guessing_gets_slower(hub: House) -> None:
    mine = await link_of(hub)
    wrong = [await hub.http.get(f"{API}/visit/by-key/{'0' * n}") for n in range(1, 9)]
    assert {answer.status_code for answer in wrong} == {404, 429}
    assert wrong[0].json()["code"] == "link-unknown"
    assert (await hub.http.get(mine)).status_code == 200, "a right one is served all the same"


async def test_passes_are_made_only_so_fast(tmp_path: Path) -> None:
    from hub.register.settings import RegisterSettings

    async with house(tmp_path, register=RegisterSettings(visits_open=1000)) as hub:
        mine = await link_of(hub)
        answers = [await hub.http.post(f"{mine}/visits", json=CODE) for _ in range(25)]
        assert {answer.status_code for answer in answers} == {201, 429}
        assert "visits" in answers[-1].json()["detail"]


async def test_the_link_is_in_no_log(hub: House, caplog: pytest.LogCaptureFixture) -> None:
    mine = await link_of(hub)
    with caplog.at_level(logging.DEBUG):
        await hub.http.post(f"{mine}/visits", json=CODE, headers={"Origin": "https://evil.example"})
        await hub.http.get(mine)
    own = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert mine.rpartition("/")[2] not in str([record.getMessage() for record in own])
