"""The demo's police grid officers: invented units, and a pretend telephone on which their letters arrive."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hemei.language import speaks_chinese
from hemei.private_files import write_private
from hemei.toml_text import toml_table

PORT_NAME: Final = "telephone"
"""Of the port on which the pretend telephone listens."""

Table = Mapping[str, Any]


def units(community: Table, chosen: Sequence[Table]) -> list[Table]:
    """Return the units whose areas are all there: among some devices of the community there is no police."""
    areas = {device["location"]["area"] for device in chosen}
    return [each for each in community["police"] if areas.issuperset(each["areas"])]


def police_tables(community: Table, chosen: Sequence[Table], port: int | None) -> list[str]:
    """Write the units, their contacts and the telephone; letters are in the language of the terminal."""
    there = units(community, chosen)
    if not there or port is None:
        return []
    owners = {each["key"]: each["title"] for each in there}
    language = "zh-CN" if speaks_chinese() else "en"
    contacts = [
        {"id": each["contact"], "title": each["title"], "url_file": _file(each), "language": language}
        for each in there
    ]
    return [
        toml_table("[simulators.telephone]", {"port": port, "owners": owners}),
        *(toml_table("[[contact]]", each) for each in contacts),
        *(toml_table("[[police.grid]]", each) for each in there),
    ]


def write_addresses(folder: Path, community: Table, chosen: Sequence[Table], port: int | None) -> None:
    """Write where each unit's letters go, a file each."""
    for each in units(community, chosen):
        write_private(folder / _file(each), f"json://127.0.0.1:{port}/{each['key']}\n")


def _file(unit: Table) -> str:
    return f"secrets/{unit['contact']}.apprise"
