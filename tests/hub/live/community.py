"""Real shadows, and a live stream of them, with gates that a test can move."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from contract.clock import SystemClock, epoch_ms
from contract.messages import State
from contract.things import Description, SchemaSeen
from contract.topics import Address
from hub.live.frames import SiteView
from hub.live.ring import Ring
from hub.live.stream import LiveStream
from hub.live.viewer import Viewer
from hub.shadows.registry import Shadows

GATE = Address("hemei", "gate", "east-in")
SITE = SiteView(
    "hemei",
    {"zh-CN": "和美小区", "en": "Hemei Community"},
    {"east-gate": {"zh-CN": "东门", "en": "East gate"}},
)


class Community:
    """Gates that open and close, and who may view them."""

    def __init__(
        self, *, min_interval_s: float = 0.0, heartbeat_s: float = 0.05, ring: Ring | None = None
    ) -> None:
        self.clock = SystemClock()
        self.shadows = Shadows(self.clock, "default")
        self.live = LiveStream(
            SITE,
            self.shadows.encode,
            lambda: [shadow.address for shadow in self.shadows],
            self.clock,
            min_interval_s=min_interval_s,
            heartbeat_s=heartbeat_s,
            ring=ring,
        )
        self.shadows.on_change = self.live.touch
        self.seq = 0
        self.add(GATE)

    def add(self, address: Address) -> None:
        gate = Description(
            title="东门入口",
            properties={"state": SchemaSeen(enum=("open", "closed")), "position": SchemaSeen(unit="%")},
        )
        self.shadows.describe(self.shadows.of(address), gate)

    def move(self, address: Address, position: int) -> None:
        """Let a gate's boom come to `position` per cent."""
        self.seq += 1
        now = self.clock.now()
        state = State(ts=now, boot=1, seq=self.seq, properties={"state": "open", "position": position})
        shadow = self.shadows.of(address)
        shadow.apply_state(
            state, epoch_ms(now), retained=False, now=self.clock.monotonic(), wall_ms=epoch_ms(now)
        )
        self.live.touch(address)

    def remove(self, address: Address) -> None:
        self.shadows.remove(address)
        self.live.removed(address)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the live stream's own tasks."""
        task = asyncio.create_task(self.live.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def next_frame(viewer: Viewer, kind: str | None = None, within_s: float = 30.0) -> dict[str, Any]:
    """Return the viewer's next frame, of type `kind` if given (skipping heartbeats)."""
    async with asyncio.timeout(within_s):
        while True:
            frame: dict[str, Any] = json.loads(await viewer.next())
            if kind is None or frame["type"] != "heartbeat" or kind == "heartbeat":
                assert kind in (None, frame["type"]), frame
                return frame


def positions(frame: dict[str, Any]) -> dict[str, int]:
    """Return the position of each gate in a frame."""
    return {each["device"]: each["properties"]["position"]["value"] for each in frame["devices"]}
