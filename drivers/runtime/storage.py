"""What a driver host keeps on disk, each in a file of its own: facts, events, lists."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from contract.clock import Clock
from drivers.runtime.lists import Lists
from drivers.runtime.outbox import Outbox
from drivers.runtime.settings import HostSettings
from drivers.runtime.store import Store


class Storage(NamedTuple):
    """The files of one host, open."""

    store: Store
    outbox: Outbox
    lists: Lists


@asynccontextmanager
async def storage(settings: HostSettings, clock: Clock) -> AsyncIterator[Storage]:
    """Open the files of a host; StorageError if one cannot be used at all."""
    folder = settings.data_dir
    async with AsyncExitStack() as files:
        store = await Store.open(folder / "store.sqlite", clock)
        files.push_async_callback(store.close)
        outbox = await Outbox.open(
            folder / "outbox.sqlite",
            host=settings.host_id,
            boot=store.boot,
            limits=settings.outbox,
            clock=clock,
        )
        files.push_async_callback(outbox.close)
        lists = await Lists.open(folder / "lists.sqlite", clock)
        files.push_async_callback(lists.close)
        yield Storage(store, outbox, lists)
