"""What travels and what is written down beside the register says of nobody who it is.

A real mosquitto, real processes and what they leave on the disk; devices are our own simulators.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from hemei.demo.sample import sample
from tests.e2e.test_wire_matches_asyncapi import listening
from tests.hemei.demos import RunningDemo
from tests.waiting import eventually

pytestmark = pytest.mark.xdist_group("lane-2")

SAMPLE: Final = sample()
NAMES: Final = {each.name for each in SAMPLE.people} | {each.name for each in SAMPLE.visitors}
PLATES: Final = {plate for plates in SAMPLE.plates.values() for plate in plates}
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643 §4: what a digit of an identity number counts for."""


def identity_numbers(text: str) -> Iterator[str]:
    """Find identity numbers by their date of birth and check character (GB 11643)."""
    for found in re.findall(r"(?<!\w)\d{17}[\dXx](?!\w)", text):
        check = "10X98765432"[sum(int(d) * w for d, w in zip(found, WEIGHTS, strict=False)) % 11]
        try:
            date(int(found[6:10]), int(found[10:12]), int(found[12:14]))
        except ValueError:
            continue
        if check == found[17].upper():
            yield found


def named_in(text: str, *, plates: bool = True) -> set[str]:
    """Return whom a text names: by name, identity number, telephone or plate."""
    words = NAMES | (PLATES if plates else set())
    telephones = set(re.findall(r"(?<!\w)1[3-9]\d{9}(?!\w)", text))
    return {each for each in words if each in text} | set(identity_numbers(text)) | telephones


def test_what_looks_for_people_finds_them() -> None:
    assert named_in("张三 11010519491231002X") == {"11010519491231002X"}, "the example of GB 11643"
    assert named_in("13800138000, 1796066298000") == {"13800138000"}
    name, plate = min(NAMES), min(PLATES)
    assert named_in(f"{name} drives {plate}") == {name, plate}
    assert named_in(plate, plates=False) == set()


def series(demo: RunningDemo) -> list[str]:
    """Return what history calls its series."""
    file = demo.folder / "data" / "data" / "hub" / "history.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        rows = connection.execute("SELECT tenant, site, kind, device, property FROM series").fetchall()
    return ["/".join(row) for row in rows]


def logs(folder: Path) -> dict[str, str]:
    """Return what every process of the demo has written down."""
    return {file.name: file.read_text("utf-8", "replace") for file in folder.rglob("*.log*")}


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="package")
async def test_topics_series_logs_and_metrics_name_nobody(whole_community: RunningDemo) -> None:
    demo = whole_community
    async with listening(demo) as heard, demo.client("supervisor") as office, demo.client("wall") as wall:
        people = (await office.get("/api/v1/register/people")).raise_for_status().json()["people"]
        assert NAMES & {each["name"] for each in people}, "the register knows them"
        (await office.get("/api/v1/passes", params={"plate": min(PLATES)})).raise_for_status()
        await eventually(lambda: any(b"plate" in each.payload for each in heard), within_s=120)
        await eventually(lambda: any(each.topic.endswith("/telemetry") for each in heard))
        metrics = (await wall.get("/metrics")).raise_for_status().text
    written = {
        "topics": "\n".join({each.topic for each in heard}),
        "series": "\n".join(series(demo)),
        "metrics": metrics,
        "printed": demo.printed,
        **logs(demo.folder),
    }
    assert {"hub.log", "broker.log"} <= written.keys()
    assert all(written[name] for name in ("topics", "series", "metrics", "hub.log"))
    assert {name: found for name, text in written.items() if (found := named_in(text))} == {}
    said = "\n".join(each.payload.decode("utf-8", "replace") for each in heard)
    assert named_in(said, plates=False) == set(), "devices speak of plates, and of nobody's name"
