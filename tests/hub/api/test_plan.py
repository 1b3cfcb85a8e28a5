"""The site plan: served as a picture in which nothing runs."""

from pathlib import Path

import pytest

from contract.errors import ConfigurationError
from hub.access.roles import Role
from hub.plan import MAX_PLAN_BYTES, SitePlan, read_plan
from tests.hub.api.house import House, frame_of, house

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><script>alert(1)</script><rect/></svg>'


async def test_a_site_without_a_plan(hub: House) -> None:
    assert (await hub.get("/api/v1/plan")).status_code == 404
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        assert (await frame_of(wall))["site"]["plan"] is None


async def test_the_plan_is_where_the_live_stream_says_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "plan.svg"
    file.write_bytes(SVG)
    async with house(tmp_path, plan_file=file) as hub:
        async with hub.viewer(hub.bearer(Role.WALL)) as wall:
            address = (await frame_of(wall))["site"]["plan"]
        answer = await hub.get(address, Role.WALL)
        assert (answer.status_code, answer.content) == (200, SVG)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "sandbox"} <= set(policy)
        assert not any(each.startswith("script-src") for each in policy)
        assert "immutable" in answer.headers["cache-control"]
        assert (await hub.get("/api/v1/plan", Role.WALL)).headers["cache-control"] == "no-cache"
        assert (await hub.get("/api/v1/plan?v=another", Role.WALL)).status_code == 404
        assert (await hub.get(address, Role.LIAISON)).status_code == 403
        assert (await hub.http.get(address)).status_code == 401


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg", "is no SVG"),
        (b"\xff\xd8\xff", "is no SVG"),
        (b"<html/>", "whose root is <svg>"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "is no SVG"),
        (b"<svg>" + b" " * MAX_PLAN_BYTES + b"</svg>", "has more than"),
        (None, "No such file"),
    ],
)
def test_what_is_no_plan_is_told_at_the_start(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "plan.svg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        read_plan(file)


def test_another_plan_has_another_address(tmp_path: Path) -> None:
    file = tmp_path / "plan.svg"
    plans: list[SitePlan | None] = []
    for content in (SVG, SVG, b"<svg/>"):
        file.write_bytes(content)
        plans.append(read_plan(file))
    first, same, other = (plan.address if plan else "" for plan in plans)
    assert first == same != other
