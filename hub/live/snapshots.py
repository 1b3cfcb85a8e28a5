"""Snapshots of all devices, made in slices so that nothing else waits, and shared by all who ask at once."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from contract.topics import Address

SLICE: Final = 100
"""Devices encoded before the loop is given back: some 3 ms."""

PASSES: Final = 4
REUSED_FOR_S: Final = 1.0
SMALLEST: Final = 64_000

Encode = Callable[[Address], msgspec.Raw | None]
Whole = Callable[[Sequence[msgspec.Raw]], tuple[int, bytes]]
CanFollow = Callable[[int, int], bool]


class _Made(NamedTuple):
    cursor: int
    frame: bytes
    at: float


class Snapshots:
    """Makes at most one snapshot at a time. `whole` puts the frame around the devices."""

    def __init__(self, encode: Encode, addresses: Callable[[], Iterable[Address]], whole: Whole) -> None:
        self._encode = encode
        self._addresses = addresses
        self._whole = whole
        self._touched: dict[Address, None] | None = None
        self._made: _Made | None = None
        self._making: asyncio.Task[_Made] | None = None
        self.usual_size = SMALLEST

    def touch(self, address: Address) -> None:
        """Take note that a device changed: what is being made must show it."""
        if self._touched is not None:
            self._touched[address] = None

    async def get(self, can_follow: CanFollow) -> tuple[int, bytes]:
        """Return a snapshot; the last one if its cursor and size (`can_follow`) still let viewers go on."""
        made = self._made
        now = asyncio.get_running_loop().time()
        if made is None or now > made.at + REUSED_FOR_S or not can_follow(made.cursor, len(made.frame)):
            if self._making is None:
                self._making = asyncio.create_task(self._make())
            made = await asyncio.shield(self._making)
        return made.cursor, made.frame

    async def devices(self) -> list[msgspec.Raw]:
        """Encode every device, each as it is when its turn comes."""
        devices: dict[Address, msgspec.Raw] = {}
        await self._encode_in_slices(list(self._addresses()), devices)
        return list(devices.values())

    def clear(self) -> None:
        """Forget the last snapshot: it is before a gap."""
        self._made = None

    def forget_old(self) -> None:
        """Free the last snapshot's memory once nobody will get it any more."""
        if self._made is not None and asyncio.get_running_loop().time() > self._made.at + REUSED_FOR_S:
            self._made = None

    async def _make(self) -> _Made:
        try:
            devices: dict[Address, msgspec.Raw] = {}
            pending = list(self._addresses())
            for _ in range(PASSES):
                self._touched = {}
                await self._encode_in_slices(pending, devices)
                pending = list(self._touched)
                if len(pending) <= SLICE:
                    break
            # No pause from here on, so that the devices are as they are at the cursor or newer.
            self._encode_into(pending, devices)
            cursor, frame = self._whole(list(devices.values()))
            self._made = _Made(cursor, frame, asyncio.get_running_loop().time())
            self.usual_size = max(len(frame), SMALLEST)
            return self._made
        finally:
            self._touched = None
            self._making = None

    async def _encode_in_slices(
        self, addresses: Iterable[Address], devices: dict[Address, msgspec.Raw]
    ) -> None:
        rest = iter(addresses)
        while some := list(islice(rest, SLICE)):
            self._encode_into(some, devices)
            await asyncio.sleep(0)

    def _encode_into(self, addresses: Iterable[Address], devices: dict[Address, msgspec.Raw]) -> None:
        for address in addresses:
            encoded = self._encode(address)
            if encoded is None:
                devices.pop(address, None)
            else:
                devices[address] = encoded
