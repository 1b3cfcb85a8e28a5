"""One plate camera: what it reads of a car, how it keeps and tells that, and what its outputs do.

Which words it speaks, and to whom, its wire knows. Its clock may be wrong and its reading too.
"""

import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiohttp import web

from simulators.camera.digest import Account
from simulators.clock import Clock
from simulators.errors import BadOptions
from simulators.isapi import IsapiServer
from simulators.lpr.hikvision import BARRIER, AnprPush, AnprStream, Barrier
from simulators.lpr.options import CameraOptions, PlateWire
from simulators.lpr.picture import pictures
from simulators.lpr.plates import misread
from simulators.lpr.record import Card, Direction, Record
from simulators.lpr.zhenshi import Switch
from simulators.lpr.zhenshi_http import HEARTBEAT_S, ZhenshiPush
from simulators.lpr.zhenshi_mqtt import ZhenshiMqtt
from simulators.wire import TcpWire

SURE, DOUBTFUL = 96, 71
BOOM = -1  # beside the inputs, whose numbers begin with 0
BEHIND_S = 8 * 3600.0  # somebody set local time where the camera wanted UTC
PATHS = {"plates": "plateresult.php", "inputs": "gio.php", "polls": "receivedeviceinfo.php"}
"""Where a camera pushes what, as its own pages have it before anybody changes that."""


class CameraWire(Protocol):
    """How a camera talks."""

    async def open(self) -> None:
        """Begin to talk, or to listen."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        ...

    def tell(self, record: Record) -> None:
        """Tell a new reading; one that nobody takes goes to the card."""
        ...

    def cut(self) -> None:
        """Lose the network, or the power."""
        ...

    def mend(self) -> None:
        """Have both again."""
        ...

    def counts(self) -> dict[str, int]:
        """Tell what went over it: `pushed`, `replayed`, and what else it counts."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A camera as it is mounted: its number, its wire, and what is its own."""

    device_id: str
    wire: PlateWire
    options: CameraOptions


class PlateCamera:
    """One camera. `switch` moves its outputs; numbers of readings go on where an earlier life stopped."""

    def __init__(self, setting: Setting, clock: Clock, switch: Callable[[Switch], None]) -> None:
        self.read = 0
        self.misreads = False
        self.clock_wrong = False
        self.powered, self.online = True, True
        self.card = Card()
        self._clock, self._switch = clock, switch
        self._number = int(clock.now_s())  # a counter in the camera's flash; seconds outrun it
        self._direction: Direction = (
            setting.wire.direction if setting.wire.direction != "camera" else "unknown"
        )
        self._picture_bytes = setting.options.picture_bytes
        self._sensed: dict[int, bool] = {}
        number = zlib.crc32(setting.device_id.encode())
        self.serial = setting.wire.serial or f"{number:08x}-{number ^ 0xFFFFFFFF:08x}"
        self.wire = self._make_wire(setting)

    async def open(self) -> str:
        """Begin to talk; return where."""
        await self.wire.open()
        server = self.wire.server if isinstance(self.wire, AnprStream | AnprPush) else None
        return self.serial if server is None else str(server.wire)

    async def close(self) -> None:
        """Stop."""
        await self.wire.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        if self.powered:
            self.wire.step(dt_s)

    def see(self, plate: str) -> None:
        """Read a plate and tell it; empty where mud covers it."""
        if not self.powered:
            return
        self.read += 1
        self._number += 1
        wrong = self.misreads and bool(plate)
        whole, part = pictures(plate, self._picture_bytes)
        self.wire.tell(
            Record(
                number=self._number,
                plate=misread(plate) if wrong else plate,
                confidence=(DOUBTFUL if wrong else SURE) if plate else 0,
                taken_s=self._clock.now_s() - BEHIND_S * self.clock_wrong,
                direction=self._direction,
                whole=whole,
                part=part,
                uuid=str(uuid.uuid4()),
            )
        )

    def sense(self, inputs: Mapping[int, bool], *, boom_up: bool) -> None:
        """Look at its inputs and at the barrier, and tell what changed; at first all of them."""
        wire = self.wire
        if not isinstance(wire, ZhenshiPush | ZhenshiMqtt) or not wire.ready:
            self._sensed = {}
            return
        now = {**inputs, BOOM: boom_up}
        before, self._sensed = self._sensed, now
        for number, closed in now.items():
            if before.get(number) is closed:
                continue
            if number != BOOM:
                wire.tell_input(number, closed)
            elif isinstance(wire, ZhenshiMqtt):
                wire.tell_boom(boom_up)

    def lose_power(self) -> None:
        """Go dark; what is on the card stays there."""
        self.powered = False
        self.wire.cut()

    def lose_network(self) -> None:
        """Go on reading, and keep it."""
        self.online = False
        self.wire.cut()

    def inspect(self) -> dict[str, int]:
        """Tell what it has read, what it still keeps, and what went over its wire."""
        kept = {"plates_read": self.read, "records_kept": len(self.card), "records_lost": self.card.lost}
        return kept | {f"records_{name}": count for name, count in self.wire.counts().items()}

    def repair(self) -> None:
        """Take away everything that is wrong."""
        self.misreads = self.clock_wrong = False
        if not (self.powered and self.online):
            self.powered = self.online = True
            self.wire.mend()

    def _make_wire(self, setting: Setting) -> CameraWire:
        wire, own = setting.wire, setting.options
        if wire.wire == "zhenshi-http":
            urls = {name: wire.push_url(f"/devicemanagement/php/{page}") for name, page in PATHS.items()}
            poll_s = own.poll_s or HEARTBEAT_S
            return ZhenshiPush(
                serial=self.serial,
                comet=own.comet,
                poll_s=poll_s,
                card=self.card,
                switch=self._obey,
                plates=urls["plates"],
                inputs=urls["inputs"],
                polls=urls["polls"],
            )
        if wire.wire == "zhenshi-mqtt":
            at = wire.at_broker()
            if own.account_file is not None:
                at = at._replace(account=Account.read(Path(own.account_file)))
            return ZhenshiMqtt(
                at,
                serial=self.serial,
                layout=own.layout,
                direct_open=own.direct_open,
                card=self.card,
                switch=self._obey,
                clock=self._clock,
            )
        return self._make_hikvision(wire)

    def _make_hikvision(self, wire: PlateWire) -> CameraWire:
        account = wire.account()
        if wire.wire == "hikvision-push":
            barrier = Barrier(self._obey)
            server = None
            if wire.url is not None:
                endpoint = TcpWire.parse(wire.url, "http")
                server = IsapiServer(endpoint, account, self.serial, [web.put(BARRIER, barrier.order)])
            return AnprPush(wire.push_url(""), self.card, server, barrier)
        if wire.url is None:
            raise BadOptions(f"plates: {wire.wire} needs url")
        endpoint = TcpWire.parse(wire.url, "http")
        return AnprStream(endpoint, account, self.serial, self.card, self._obey, self._clock)

    def _obey(self, switch: Switch) -> None:
        if self.powered:
            self._switch(switch)
