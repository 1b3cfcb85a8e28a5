"""The demo's feed to a pretend view library: ids that no authority gave, under a paper that is none."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hemei.toml_text import toml_table

PORT_NAME: Final = "view-library"
"""Of the port on which the pretend library listens."""

PAPERS: Final = ("motor_vehicles", "device_list", "device_states", "subscriptions")

Table = Mapping[str, Any]


def feeds(community: Table, chosen: Sequence[Table]) -> list[Table]:
    """Return the `[[viid.device]]` tables of the devices that are `chosen`."""
    there = {f"{each['kind']}/{each['id']}" for each in chosen}
    return [each for each in community["viid"]["device"] if each["device"] in there]


def feed_tables(community: Table, chosen: Sequence[Table], port: int | None) -> list[str]:
    """Write the pretend library and the feed to it; nothing where none of its devices is there."""
    devices = feeds(community, chosen)
    if not devices or port is None:
        return []
    said = community["viid"]
    own = {"enabled": True, "url": f"http://127.0.0.1:{port}", "id": said["id"]}
    return [
        toml_table("[simulators.library]", {"port": port, "id": said["library"], "subscribes": True}),
        toml_table("[viid]", own),
        *(toml_table(f"[viid.{each}]", said[each]) for each in PAPERS),
        *(toml_table("[[viid.device]]", each) for each in devices),
    ]
