"""A feed in a process of its own, to be killed: `python -m tests.hub.viid.process LEDGER TENANT SETTINGS`.

Imports the product alone: what it takes to start is what the test waits for.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec

from contract.clock import SystemClock
from hub.ledger.engine import open_ledger
from hub.ledger.transactions import Transactions
from hub.viid.service import Feed, FeedSite
from hub.viid.settings import ViidSettings, profile_of


async def main(ledger: str, tenant: str, said: str) -> None:
    """Feed until killed; say when passes from now on leave."""
    settings = msgspec.json.decode(said, type=ViidSettings)
    site = FeedSite(
        tenant=tenant,
        settings=settings,
        profile=profile_of(settings),
        media=lambda _: None,
        titles=dict,
        standing=dict,
    )
    with ThreadPoolExecutor(1) as thread:
        feed = Feed(Transactions(open_ledger(ledger), thread), SystemClock(), site)
        running = asyncio.create_task(feed.run())
        await feed.session.online.wait()
        print("begun", flush=True)  # noqa: T201 - what the test waits for
        await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
