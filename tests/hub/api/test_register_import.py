"""Imports over real HTTP: from the upload to what became of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub.access.roles import Role
from hub.api.shield import MAX_BODY_BYTES
from hub.register.importing.schema import imports
from hub.register.importing.sheet import MOST_BYTES
from tests.hub.api.house import House
from tests.hub.api.test_register import API, audited, good, told
from tests.hub.register.tables import HEAD, WANG, table, workbook
from tests.waiting import eventually

IMPORTS = "/register/imports"


async def uploaded(hub: House, content: bytes, what: str = "people") -> str:
    """Upload a table; return the import's id."""
    headers = hub.bearer(Role.SUPERVISOR) | {"Content-Type": "application/octet-stream"}
    url = f"{API}{IMPORTS}?what={what}&name=list.csv"
    answer = await hub.http.post(url, content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{API}{IMPORTS}/{answer.json()['id']}"
    return str(answer.json()["id"])


async def until(hub: House, ident: str, state: str) -> dict[str, object]:
    """Wait until an import is as it should be; return it."""
    query = select(imports.c.state, imports.c.problem).where(imports.c.key == ident)

    def look() -> bool:
        with hub.core.engine.connect() as connection:
            now = connection.execute(query).one()
        assert now.state in ("reading", "previewed", "applying", state), now.problem
        return bool(now.state == state)

    await eventually(look, 60)
    shown: dict[str, object] = await good(hub, "GET", f"{IMPORTS}/{ident}")
    return shown


@pytest.mark.parametrize("form", [table, workbook])
async def test_a_table_is_shown_confirmed_and_done(hub: House, form: Callable[..., bytes]) -> None:
    ident = await uploaded(hub, form(HEAD, WANG, ("", "3")))
    preview = await until(hub, ident, "previewed")
    assert preview["columns"] == ["姓名", "类别", "楼栋", "单元", "房号", "电话", "卡号", "有效期至"]
    rows = (await good(hub, "GET", f"{IMPORTS}/{ident}/rows?state=bad"))["rows"]
    assert [(row["row"], row["problems"][0]["code"]) for row in rows] == [(3, "empty"), (3, "bad-room")][:1]
    bad = await hub.get(f"{API}{IMPORTS}/{ident}/bad.csv", Role.SUPERVISOR)
    assert "不能为空" in bad.text
    assert await told(hub, "POST", f"{IMPORTS}/{ident}/apply", {"plan": "0" * 64}) == (
        409,
        "register-changed",
    )
    await good(hub, "POST", f"{IMPORTS}/{ident}/apply", {"plan": preview["plan"]})
    done = await until(hub, ident, "applied")
    assert done["applied"] == 1
    assert (await good(hub, "GET", "/register/people"))["people"][0]["room"] == "3-2-501"
    sheet = await hub.get(f"{API}/register/export.csv?what=people", Role.SUPERVISOR)
    assert "王芳" in sheet.text
    assert [each["about"] for each in audited(hub, "register.exported")] == ["people"]
    assert [each["id"] for each in (await good(hub, "GET", IMPORTS))["imports"]] == [ident]


async def test_what_cannot_be_read_says_why(hub: House) -> None:
    ident = await uploaded(hub, b"PK nothing")
    unreadable = await until(hub, ident, "unreadable")
    assert unreadable["problem"]["code"] == "not-a-table"  # type: ignore[index]  # JSON
    await good(hub, "POST", f"{IMPORTS}/{ident}/cancel")


async def test_a_body_is_taken_only_as_large_as_a_table_may_be(hub: House) -> None:
    headers = hub.bearer(Role.SUPERVISOR)
    url = f"{API}{IMPORTS}?what=people"
    assert (await hub.http.post(url, content=b"x" * MOST_BYTES, headers=headers)).status_code == 202
    large = b"x" * (MAX_BODY_BYTES + 1)
    assert (await hub.http.post(f"{API}/register/people", content=large, headers=headers)).status_code == 413
    assert (await hub.http.post(url, content=b"x", headers=hub.bearer(Role.GUARD))).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_template_can_be_downloaded_and_uploaded(hub: House, form: str) -> None:
    url = f"{API}{IMPORTS}/template?what=blocked&format={form}&language=en"
    template = await hub.get(url, Role.ADMIN)
    assert f"blocked.{form}" in template.headers["content-disposition"]
    ident = await uploaded(hub, template.content, "blocked")
    assert (await until(hub, ident, "previewed"))["counts"]["new"] == 1  # type: ignore[index]  # JSON
