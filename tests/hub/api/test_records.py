"""Events, series and media as they are kept, over both databases where these decide."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.clock import epoch_ms, rfc3339
from contract.topics import Address
from hub.access.roles import Role
from hub.history.store import Sample, SeriesKey
from tests.hub.api.house import GATE, House, arrival, clock

START = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
"""A whole minute, and young: the hub forgets old samples, also while a test looks."""


async def ids(hub: House, **query: Any) -> list[str]:
    answer = await hub.get("/api/v1/events", params=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["events"]]


async def test_the_ledger_is_followed_page_by_page(any_hub: House) -> None:
    any_hub.commit(*range(1, 251))
    seen: list[str] = []
    after = 0
    while True:
        page = (await any_hub.get("/api/v1/events", params={"after": after, "limit": 100})).json()
        if not page["events"]:
            break
        seen += [each["id"] for each in page["events"]]
        after = page["next"]
    assert seen == [str(number) for number in range(1, 251)]
    assert page["next"] == after

    seen, before = [], None
    while True:
        query = {"newest_first": True, "limit": 100} | ({"before": before} if before else {})
        page = (await any_hub.get("/api/v1/events", params=query)).json()
        seen += [each["id"] for each in page["events"]]
        before = page["next"]
        if before is None:
            break
    assert seen == [str(number) for number in range(250, 0, -1)]


async def test_events_are_chosen_by_every_filter(any_hub: House) -> None:
    any_hub.commit(1)
    any_hub.commit(2, type="hemei.gate.closed")
    west = Address("hemei", "gate", "west-out")
    any_hub.core.committer.writer.commit([arrival(3, address=west)])
    any_hub.core.committer.writer.commit([arrival(4, "other")])
    assert await ids(any_hub) == ["1", "2", "3"]
    assert await ids(any_hub, type="hemei.gate.closed") == ["2"]
    assert await ids(any_hub, device="west-out", kind="gate", site="hemei") == ["3"]
    assert await ids(any_hub, source=str(GATE)) == ["1", "2"]
    assert await ids(any_hub, site="elsewhere") == []
    assert await ids(any_hub, type="' OR 1=1 --") == []


async def test_an_event_is_shown_whole(hub: House) -> None:
    sha = "ab" * 32
    hub.commit(1, data={"plate": "沪A·12345", "media": [sha]})
    event = (await hub.get("/api/v1/events")).json()["events"][0]
    assert event["data"]["plate"] == "沪A·12345"
    assert event["media"] == [sha]
    assert {"seq", "site", "kind", "device", "source", "id", "type", "time", "received"} <= set(event)
    assert event["sequence"] == 1


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 1001}, {"after": -1}, {"after": "x"}, {"after": 2**63}, {"wrong": 1}]
)
async def test_wrong_filters_are_told(hub: House, query: dict[str, Any]) -> None:
    assert (await hub.get("/api/v1/events", params=query)).status_code == 422


def keep(hub: House, *values: float, start: datetime = START, tenant: str = "default") -> None:
    key = SeriesKey(tenant, GATE, "position")
    hub.core.history.write(
        [Sample(key, epoch_ms(start) + 1000 * number, value) for number, value in enumerate(values)]
    )


async def series(hub: House, **query: Any) -> dict[str, Any]:
    asked = {"device": str(GATE), "property": "position"} | query
    answer = await hub.get("/api/v1/history", params=asked)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_series_is_read_as_it_came_and_in_steps(hub: House) -> None:
    keep(hub, 10, 20, 30, 40)
    stretch = {"from": rfc3339(START), "to": rfc3339(START + timedelta(seconds=3))}
    raw = await series(hub, **stretch)
    assert raw["points"] == [
        {"ts": rfc3339(START + timedelta(seconds=second)), "value": value}
        for second, value in enumerate((10, 20, 30))
    ]
    assert (raw["aggregate"], raw["step"], raw["truncated"]) == ("raw", None, False)
    mean = await series(hub, **stretch, step=2)
    assert [point["value"] for point in mean["points"]] == [15, 35], "steps are whole"
    highest = await series(hub, **stretch, step=60, aggregate="max")
    assert highest["points"] == [{"ts": rfc3339(START), "value": 40}]


async def test_the_last_hour_is_what_is_meant_by_nothing(hub: House) -> None:
    keep(hub, 1, 2, start=clock.now() - timedelta(minutes=5))
    keep(hub, 7, start=clock.now() - timedelta(hours=2))
    assert [point["value"] for point in (await series(hub))["points"]] == [1, 2]


async def test_other_tenants_and_unknown_series_are_empty(hub: House) -> None:
    keep(hub, 1, 2, start=clock.now() - timedelta(minutes=5), tenant="other")
    assert (await series(hub))["points"] == []
    assert (await series(hub, property="none"))["points"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"device": "east-in"},
        {"aggregate": "mean"},
        {"aggregate": "raw", "step": 60},
        {"aggregate": "median", "step": 60},
        {"step": 0},
        {"step": "inf"},
        {"step": 0.001},
        {"from": "2026-11-01T00:00:00", "to": "2026-11-02T00:00:00"},
        {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"},
        {"from": "yesterday"},
        {"property": ""},
    ],
)
async def test_a_stretch_that_makes_no_sense_is_told(hub: House, query: dict[str, Any]) -> None:
    asked = {"device": str(GATE), "property": "position"} | query
    answer = await hub.get("/api/v1/history", params=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0 picture", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n picture", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypmp42 clip", "video/mp4"),
        (b"<script>alert(1)</script>", "application/octet-stream"),
        (b"<svg onload=alert(1)>", "application/octet-stream"),
    ],
)
async def test_media_are_given_as_they_are_and_can_do_no_harm(hub: House, content: bytes, kind: str) -> None:
    sha = hashlib.sha256(content).hexdigest()
    hub.core.media.save(sha, content)
    answer = await hub.get(f"/api/v1/media/{sha}", Role.LIAISON)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "private, no-cache", "the next person there is on record too"
    part = await hub.http.get(f"/api/v1/media/{sha}", headers=hub.bearer(Role.GUARD) | {"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, content[:4])


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "A" * 64, "..%2f..%2fledger.sqlite", "%00" * 64])
async def test_other_names_are_no_media(hub: House, name: str) -> None:
    assert (await hub.get(f"/api/v1/media/{name}")).status_code in (404, 422)
