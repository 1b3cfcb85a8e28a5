"""Cuts clips from the ring: the camera's own packets, so that a clip is what the camera recorded."""

import asyncio
from typing import Final, NamedTuple

from contract.codec import MAX_MEDIA_BYTES
from contract.errors import DeviceError
from drivers.camera.ring import Ring
from drivers.camera.stream import CODECS, TICKS, Format, Packet, clip

ROOM: Final = 64 * 1024
"""Bytes of an MP4 beyond its packets (`moov_size` of some thousand packets)."""


class Clip(NamedTuple):
    """An MP4 and what is in it; `before_s` is how long before the asked-for moment it begins."""

    mp4: bytes
    codec: str
    duration_s: float
    before_s: float
    complete: bool


async def cut_clip(ring: Ring, form: Format, moment: float, before_s: float, after_s: float) -> Clip:
    """Cut from `before_s` before to `after_s` after `moment` (stream time); the ring must have got there.

    DeviceError if there is nothing to cut, or it cannot be put into an MP4.
    """
    if form.codec not in CODECS:
        raise DeviceError(f"clips of {form.codec} cannot be made", code="not-supported")
    kept = ring.cut(moment - before_s, moment + after_s)
    if not kept:
        raise DeviceError("nothing is recorded yet", code="no-clip")
    first, whole = kept[0].at, len(kept)
    while sum(len(each.packet.data) + 64 for each in kept) > MAX_MEDIA_BYTES - ROOM:
        kept = kept[: len(kept) * 9 // 10]
    last = max(each.at for each in kept)
    packets = [Packet(each.packet.data, round((each.at - first) * TICKS), each.packet.key) for each in kept]
    mp4 = await asyncio.to_thread(clip, form, packets)
    complete = len(kept) == whole and first <= moment - before_s + 0.5 and last >= moment + after_s - 0.5
    return Clip(mp4, CODECS[form.codec], round(last - first, 3), round(moment - first, 3), complete)
