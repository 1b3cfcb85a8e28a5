"""Whom a text names, of the people of the sample community; anybody's identity number, telephone, face."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from typing import Final

from hemei.demo.sample import sample
from tests.hemei.demos import RunningDemo

SAMPLE: Final = sample()
NAMES: Final = {each.name for each in SAMPLE.people} | {each.name for each in SAMPLE.visitors}
PLATES: Final = {plate for plates in SAMPLE.plates.values() for plate in plates}
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643 §4: what a digit of an identity number counts for."""

JPEG_IN_BASE64: Final = r"/9j/[A-Za-z0-9+/]{40}"


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
    """Return whom a text names: by name, identity number, telephone or plate, or by a picture in it."""
    words = NAMES | (PLATES if plates else set())
    telephones = set(re.findall(r"(?<!\w)1[3-9]\d{9}(?!\w)", text))
    faces = set(re.findall(JPEG_IN_BASE64, text))
    return {each for each in words if each in text} | set(identity_numbers(text)) | telephones | faces


def series(demo: RunningDemo) -> list[str]:
    """Return what history calls its series."""
    file = demo.folder / "data" / "data" / "hub" / "history.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        rows = connection.execute("SELECT tenant, site, kind, device, property FROM series").fetchall()
    return ["/".join(row) for row in rows]


async def written(demo: RunningDemo, topics: Iterable[str]) -> dict[str, str]:
    """Return the texts in which nobody may be named: `topics`, series, metrics, what processes wrote."""
    async with demo.client("wall") as wall:
        metrics = (await wall.get("/metrics")).raise_for_status().text
    found = {
        "topics": "\n".join(topics),
        "series": "\n".join(series(demo)),
        "metrics": metrics,
        "printed": demo.printed,
        **{file.name: file.read_text("utf-8", "replace") for file in demo.folder.rglob("*.log*")},
    }
    assert all(found[each] for each in ("topics", "series", "metrics", "hub.log", "broker.log"))
    return found


async def look_at_people(demo: RunningDemo) -> None:
    """Ask for people and plates, as an office does: each look may leave something behind."""
    async with demo.client("supervisor") as office:
        people = (await office.get("/api/v1/register/people")).raise_for_status().json()["people"]
        assert NAMES & {each["name"] for each in people}, "the register knows them"
        (await office.get("/api/v1/passes", params={"plate": min(PLATES)})).raise_for_status()
