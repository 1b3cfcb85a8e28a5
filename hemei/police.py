"""What can be wrong in the site file's `[[police.grid]]`: areas nobody knows, contacts that nobody reads."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from hemei.alarms.known import Known
from hub.alarms.definition import Key, Words
from hub.notify.contact import Contact
from hub.referrals.settings import EVERYWHERE, Grid, PoliceSettings


class TelephoneTable(Struct, frozen=True, kw_only=True):
    """`[simulators.telephone]`: a pretend telephone on the loopback; `owners`: whose, by path, with names.

    Letters to `json://127.0.0.1:PORT/OWNER` arrive on its page.
    """

    port: Annotated[int, Meta(ge=1, le=65535)]
    owners: dict[Key, Words]


def police_faults(said: PoliceSettings, known: Known, contacts: Sequence[Contact]) -> Iterator[str]:
    """Yield what the text alone shows to be wrong."""
    by_post = {each.id: each.post for each in contacts}
    for grid in said.grid:
        yield from _grid_faults(grid, known.areas, by_post)
    for key, count in Counter(each.key for each in said.grid).items():
        if count > 1:
            yield f"[[police.grid]] key = {key!r}: stands {count} times; allowed: once"


def _grid_faults(grid: Grid, areas: frozenset[str], by_post: dict[str, str | None]) -> Iterator[str]:
    place = f"[police.grid {grid.key}]"
    if not grid.title or not all(grid.title.values()):
        yield f'{place} title: is empty; allowed: a text per language, {{zh-CN = "…", en = "…"}}'
    for area in grid.areas:
        if area != EVERYWHERE and area not in areas:
            names = ", ".join([EVERYWHERE, *sorted(areas)])
            yield f"{place} areas = {area!r}: no such area; allowed: {names}"
    if grid.contact not in by_post:
        names = ", ".join(sorted(by_post)) or "none yet: add a [[contact]]"
        yield f"{place} contact = {grid.contact!r}: no such contact; allowed: {names}"
    elif by_post[grid.contact] is not None:
        yield (
            f"{place} contact = {grid.contact!r}: is told only while its post is manned,"
            " and letters would be lost; allowed: a contact without `post`"
        )
