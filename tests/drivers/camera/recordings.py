"""Streams as packets, encoded on the spot by x264 and x265 (our clips are never encoded by us)."""

import io
from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext

from drivers.camera.stream import TICKS, Format, Packet

FPS = 10
ENCODERS = {"h264": "libx264", "hevc": "libx265"}


@lru_cache(maxsize=4)
def recorded(codec: str = "h264", seconds: int = 6, b_frames: int = 0) -> tuple[Format, tuple[Packet, ...]]:
    """Record a picture whose brightness tells the second (16 + 20 a second), a key picture each second."""
    encoder = cast(VideoCodecContext, av.CodecContext.create(ENCODERS[codec], "w"))
    encoder.width, encoder.height, encoder.pix_fmt = 320, 180, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(FPS), Fraction(1, FPS)
    encoder.gop_size, encoder.max_b_frames = FPS, b_frames
    encoder.options = {
        "preset": "ultrafast",
        "x264-params": f"scenecut=0:bframes={b_frames}",
        "x265-params": f"log-level=none:scenecut=0:keyint={FPS}:min-keyint={FPS}:bframes=0:pools=none",
    }
    packets = []
    for number in range(seconds * FPS):
        pixels = np.full((180, 320, 3), 16 + 20 * (number // FPS), np.uint8)
        cv2.rectangle(pixels, (number * 4, 80), (number * 4 + 20, 100), (255, 255, 255), cv2.FILLED)
        frame = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format="yuv420p")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    parameters = bytes(packets[0]).split(b"\0\0\0\1")[1:]  # SPS and PPS, which a camera's SDP names too
    extradata = b"".join(b"\0\0\0\1" + each for each in parameters if each[0] & 0x1F in (7, 8))
    return Format(codec, 320, 180, extradata), tuple(
        Packet(bytes(each), (each.pts or 0) * TICKS // FPS, each.is_keyframe) for each in packets
    )


def opened(mp4: bytes) -> tuple[str, float, list[tuple[float, float]]]:
    """Play an MP4 with FFmpeg: its codec, its length in seconds, time and brightness of its pictures."""
    with av.open(io.BytesIO(mp4)) as container:
        video = container.streams.video[0]
        frames = ((frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(video))
        shown = [(at, float(grey[:40].mean())) for at, grey in frames]
        length_s = float((video.duration or 0) * (video.time_base or 0))
        return video.codec_context.name, length_s, shown


def atoms(mp4: bytes) -> list[str]:
    """Name the boxes of an MP4 in their order (ISO/IEC 14496-12)."""
    found, at = [], 0
    while at < len(mp4):
        size = int.from_bytes(mp4[at : at + 4], "big")
        found.append(mp4[at + 4 : at + 8].decode())
        at += size or len(mp4)
    return found
