"""Hangs up the demo's plans beside that of the site, through the hub's API, as whoever sets a site up does.

A plan that is there already stays as it is, so that a second start changes nothing that people changed.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode

from hemei.demo.community import SITE_ID, Floor
from hemei.demo.desk import Desk

MAIN_LANGUAGE: Final = "zh-CN"


async def hang_up(desk: Desk, floors: Sequence[Floor]) -> None:
    """Upload the plans that are missing, and place their devices. OSError, ValueError where that fails."""
    await asyncio.to_thread(_hang_up, desk, floors)


def _hang_up(desk: Desk, floors: Sequence[Floor]) -> None:
    with desk:
        known = {each["id"] for each in desk.ask("GET", "plans")["plans"]}
        for floor in floors:
            if floor.id not in known:
                _add(desk, floor)


def _add(desk: Desk, floor: Floor) -> None:
    named = urlencode({"id": floor.id, "title": floor.title[MAIN_LANGUAGE]})
    desk.ask("POST", f"plans?{named}", floor.picture)
    words = {"title": floor.title, "building": floor.building, "floor": floor.floor}
    desk.ask("PATCH", f"plans/{floor.id}", words)
    for device, (x, y) in floor.places.items():
        with suppress(ValueError):  # one that the hub has not heard of waits to be placed
            desk.ask("PUT", f"placements/{SITE_ID}/{device}", {"plan": floor.id, "x": x, "y": y})
