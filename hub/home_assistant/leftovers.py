"""Takes back what was published when the site file still switched Home Assistant on, or had another prefix.

A file says under which prefix something may lie at the broker. Without it there is nothing to do, and no
connection is made.
"""

import asyncio
import logging
from pathlib import Path
from typing import Final

from contract.errors import LinkError
from contract.mqtt import Broker, Connection
from hub.home_assistant import topics
from hub.home_assistant.held import forget, read_held

logger = logging.getLogger(__name__)

NOTED: Final = "home-assistant.prefix"
RETRY_S: Final = 5.0


async def clear(noted: Path, wanted: str | None, broker: Broker, client_id: str, site: str) -> None:
    """Empty the prefix that was in use before, unless it is still `wanted` (None: none is); note that one."""
    before = await asyncio.to_thread(_read, noted)
    if before == wanted:
        return
    while before is not None:
        try:
            await _clear(broker, client_id, site, before)
            break
        except LinkError as lost:
            logger.warning("what Home Assistant was told cannot be taken back yet: %s", lost)
            await asyncio.sleep(RETRY_S)
    await asyncio.to_thread(_write, noted, wanted)


async def _clear(broker: Broker, client_id: str, site: str, prefix: str) -> None:
    for filters in ([topics.configs(prefix, site)], [topics.states(site), topics.status(site)]):
        held = await read_held(broker, f"{client_id}-read", site, filters)
        async with Connection(broker, client_id) as link:
            for address in held.addresses():
                await forget(link, held, held.of(address))
    logger.info("what Home Assistant was told below %s is taken back", prefix)


def _read(noted: Path) -> str | None:
    try:
        return noted.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _write(noted: Path, prefix: str | None) -> None:
    if prefix is None:
        noted.unlink(missing_ok=True)
    else:
        noted.parent.mkdir(parents=True, exist_ok=True)
        noted.write_text(f"{prefix}\n", encoding="utf-8")
