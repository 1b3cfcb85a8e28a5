"""When tokens of screens and machines were last used: noted in memory, written in one go now and then.

A use costs the request nothing. What a kill of the process takes away is at most what was not written yet.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Engine, bindparam, update

from hub.access.roles import SCREEN
from hub.access.schema import tokens


class TokenUses:
    """Uses of one tenant's tokens. Lives on an event loop."""

    def __init__(self, engine: Engine, tenant: str) -> None:
        self._engine = engine
        self._tenant = tenant
        self._waiting: dict[str, int] = {}
        self._writing = asyncio.Lock()

    def note(self, of: str, now_ms: int) -> None:
        """Note that the token of this digest, a machine's or a screen's, is in use (ms since 1970)."""
        self._waiting[of.removeprefix(SCREEN)] = now_ms

    async def write(self) -> None:
        """Write what was noted, and wait for what is being written.

        If the ledger cannot take it now, it is kept for the next time.
        """
        async with self._writing:
            if not self._waiting:
                return
            taken, self._waiting = self._waiting, {}
            try:
                await asyncio.to_thread(self._write, taken)
            except BaseException:
                self._waiting = taken | self._waiting
                raise

    def _write(self, uses: Mapping[str, int]) -> None:
        of_digest = (tokens.c.tenant == self._tenant) & (tokens.c.digest == bindparam("of"))
        with self._engine.begin() as connection:
            connection.execute(_USED.where(of_digest), [{"of": of, "at": at} for of, at in uses.items()])


_USED: Final = update(tokens).values(seen_ms=bindparam("at"))
