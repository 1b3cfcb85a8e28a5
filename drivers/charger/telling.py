"""Telling all connectors of a post what concerns each of them."""

import asyncio
from collections.abc import Awaitable, Iterable


async def all_told(tellings: Iterable[Awaitable[None]]) -> None:
    """Wait for all, then raise what the first raised: a full disk at one keeps no danger from the others."""
    for outcome in await asyncio.gather(*tellings, return_exceptions=True):
        if outcome is not None:
            raise outcome
