"""Films as encoded pictures, ready to be sent: each is painted and encoded once per process, then shared."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext

from simulators.camera.h264 import IDR, PPS, SPS, kind, nal_units, payloads
from simulators.camera.look import Look
from simulators.camera.picture import film

_OPTIONS = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "profile": "main",
    # One slice a picture, a key picture a second and no other; no encoder's advertisement in the stream.
    "x264-params": "threads=1:sliced-threads=0:scenecut=0:info=0",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One encoded picture: its RTP payloads, and whether a reader can start with it."""

    payloads: tuple[bytes, ...]
    key: bool


@dataclass(frozen=True, slots=True)
class Film:
    """One encoded film; `sps` and `pps` are its parameter sets, `fps` its pictures a second."""

    shots: tuple[Shot, ...]
    sps: bytes
    pps: bytes
    fps: int


def encode(look: Look) -> Film:
    """Paint and encode a film; takes some tenths of a second."""
    encoder = _encoder(look)
    units: list[list[bytes]] = []
    for number, picture in enumerate(film(look)):
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
        frame.pts = number
        units += [nal_units(bytes(packet)) for packet in encoder.encode(frame)]
    units += [nal_units(bytes(packet)) for packet in encoder.encode(None)]
    shots = tuple(
        Shot(
            tuple(payload for unit in picture for payload in payloads(unit)),
            any(kind(unit) == IDR for unit in picture),
        )
        for picture in units
    )
    sps = next(unit for unit in units[0] if kind(unit) == SPS)
    pps = next(unit for unit in units[0] if kind(unit) == PPS)
    return Film(shots, sps, pps, look.fps)


def _encoder(look: Look) -> VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)  # noqa: S101 - the name is that of a video codec
    encoder.width, encoder.height, encoder.pix_fmt = look.width, look.height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(look.fps), Fraction(1, look.fps)
    # A frozen sensor gives the same picture for ever: whole ones in one quality are equal to the last bit.
    frozen = look.flaw == "freeze"
    encoder.gop_size = 1 if frozen else look.fps
    encoder.max_b_frames = 0
    encoder.options = _OPTIONS | ({"qp": "26"} if frozen else {"crf": "25"})
    return encoder


class Films:
    """All films of this process. One is made at a time, away from the event loop."""

    def __init__(self) -> None:
        self._films: dict[Look, asyncio.Task[Film]] = {}
        self._studio = ThreadPoolExecutor(1, thread_name_prefix="films")

    def ready(self, look: Look) -> Film | None:
        """Return the film if it is there; else have it made."""
        task = self._order(look)
        return task.result() if task.done() else None

    async def get(self, look: Look) -> Film:
        """Return the film, when it is made."""
        return await asyncio.shield(self._order(look))

    def _order(self, look: Look) -> asyncio.Task[Film]:
        if look not in self._films:
            self._films[look] = asyncio.create_task(self._make(look))
        return self._films[look]

    async def _make(self, look: Look) -> Film:
        return await asyncio.get_running_loop().run_in_executor(self._studio, encode, look)

    async def close(self) -> None:
        """Stop making films."""
        for task in self._films.values():
            task.cancel()
        await asyncio.gather(*self._films.values(), return_exceptions=True)
        self._studio.shutdown(cancel_futures=True)
