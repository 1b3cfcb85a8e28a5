"""What of the demo's posts, supplies and linked actions is left where only some devices are there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hemei.toml_text import toml_table

Table = Mapping[str, Any]
LEAST: Final = 3
"""Devices that make a supply worth watching; the default of `[[supply]]`."""


def alarm_tables(community: Table, chosen: Sequence[Table]) -> list[str]:
    """Write what the community says about alarms, for the devices that are `chosen`."""
    areas = {device["location"]["area"] for device in chosen}
    posts = [post for each in community["post"] if (post := _within(each, areas)) is not None]
    texts = [toml_table("[[post]]", post) for post in posts]
    texts += [toml_table("[[supply]]", each) for each in _supplies(community, chosen)]
    known = {f"post:{post['id']}" for post in posts}
    for key, change in community["alarm_change"].items():
        kept = _change(change, chosen, areas, known)
        texts.append(toml_table(f"[alarm_change.{key}]", kept))
    return texts


def _supplies(community: Table, chosen: Sequence[Table]) -> Iterator[Table]:
    for supply in community["supply"]:
        if sum(device["location"]["area"] in supply["areas"] for device in chosen) >= LEAST:
            yield supply


def _change(change: Table, chosen: Sequence[Table], areas: set[str], posts: set[str]) -> Table:
    escalate = [_telling(step, posts) for step in change["escalate"]]
    return {
        **_telling(change, posts),
        "escalate": [step for step in escalate if step["tell"]],
        "link": [link for each in change["link"] if (link := _link(each, chosen, areas)) is not None],
    }


def _telling(table: Table, posts: set[str]) -> Table:
    return {**table, "tell": [each for each in table["tell"] if each in posts]}


def _link(link: Table, chosen: Sequence[Table], areas: set[str]) -> Table | None:
    """Return a link to devices that are there; None if none are."""
    names = {f"{device['kind']}/{device['id']}" for device in chosen}
    kinds = {device["kind"] for device in chosen}
    to = _within(link["to"], areas)
    if to is None or not names.issuperset(to.get("devices", ())) or not kinds.issuperset(to.get("kinds", ())):
        return None
    return {**link, "to": to}


def _within(table: Table, areas: set[str]) -> Table | None:
    """Return a table with those of its areas that are there; None if none of them is."""
    wanted = table.get("areas")
    if wanted is None:
        return table
    there = [area for area in wanted if area in areas]
    return {**table, "areas": there} if there else None
