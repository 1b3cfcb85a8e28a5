"""Programs of others that look at the site: a Home Assistant, whoever gets webhooks. Off by default."""

import asyncio
from collections.abc import Callable

from contract.topics import Address
from hub.home_assistant.bridge import Bridge
from hub.webhooks.service import Webhooks


class Outside:
    """All of them, as the control room knows them."""

    def __init__(self, home_assistant: Bridge, webhooks: Webhooks) -> None:
        self.home_assistant = home_assistant
        self.webhooks = webhooks
        # Asked with every message: no call between.
        self.changed: Callable[[Address], None] = home_assistant.changed
        self.removed: Callable[[Address], None] = home_assistant.removed

    async def run(self) -> None:
        """Serve them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.home_assistant.run())
            group.create_task(self.webhooks.run())

    def committed(self) -> None:
        """Take that events are in the ledger."""
        self.webhooks.wake()

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for."""
        return self.home_assistant.figures() | self.webhooks.figures()
