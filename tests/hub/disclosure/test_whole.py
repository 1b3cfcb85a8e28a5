"""The whole way: asked for, released by a second person, made, fetched and verified, by a real hub."""

import asyncio
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from contract.clock import SystemClock
from hemei.cli import main
from hub.access.roles import Role
from hub.disclosure.scope import DAY_MS
from tests.hub.api.house import House, house
from tests.hub.disclosure.yard import PLATE, Yard
from tests.waiting import PATIENCE_S


async def person(hub: House, name: str, role: Role) -> dict[str, str]:
    """Give somebody an account, and sign them in."""
    raise NotImplementedError
