"""A camera's stream as packets, frames and clips: the only file that knows PyAV (FFmpeg).

Everything here blocks and belongs into a thread. What FFmpeg says about an address, in errors and in its log,
may hold the password: none of it leaves this file (decision 7).
"""

import io
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from types import TracebackType
from typing import Final, NamedTuple, Self, cast

import av
import av.error
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from contract.errors import DeviceError, DeviceUnreachable
from drivers.camera.address import with_account
from drivers.runtime.credentials import Credentials, CredentialsRefused

av.logging.set_level(None)

TICKS: Final = 90_000
"""Ticks a second in which packets are stamped (RFC 6184, RFC 7798: the RTP clock of video)."""

CODECS: Final = {"h264": "h264", "hevc": "h265"}
"""FFmpeg's names of what a clip can hold, and ours."""

_PARAMETER_SETS: Final = {"h264": (0x1F, 0, 7), "hevc": (0x3F, 1, 33)}
"""Mask, shift and number of the NAL unit type "sequence parameter set" (ITU-T H.264 7.4.1, H.265 7.4.2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a stream is and how to get it; opening and each reading may take `timeout_s`."""

    url: str
    credentials: Credentials | None
    transport: str
    timeout_s: float


class Format(NamedTuple):
    """What a stream consists of; `extradata` are the decoder's parameters."""

    codec: str
    width: int
    height: int
    extradata: bytes


class Packet(NamedTuple):
    """One encoded picture; `ticks` is when it is to be shown, by the camera's clock, if it says so."""

    data: bytes
    ticks: int | None
    key: bool


class Garbled(DeviceError):
    """What the camera sends makes no sense."""

    default_code = "bad-protocol"


class Frame:
    """One decoded picture; `at` is when it came, by the monotonic and by the wall clock."""

    def __init__(self, frame: VideoFrame, at: float, time: datetime) -> None:
        self.at, self.time = at, time
        self.width, self.height = frame.width, frame.height
        self._frame = frame if frame.format.name in _PLANAR else frame.reformat(format="yuv420p", threads=1)
        self._converting = threading.Lock()

    def plane(self, number: int) -> NDArray[np.uint8]:
        """Return a plane without a copy: 0 is Y, 1 is Cb (or both chroma planes, interleaved)."""
        plane = self._frame.planes[number]
        rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.height * plane.line_size]
        return rows.reshape(plane.height, plane.line_size)[:, : plane.width]

    def pixels(self, width: int | None = None) -> NDArray[np.uint8]:
        """Return blue, green, red of each pixel (height × width × 3), at most `width` wide."""
        return self._converted("bgr24", width)

    def grey(self, width: int) -> NDArray[np.uint8]:
        """Return the brightness of each pixel (height × width), at most `width` wide."""
        return self._converted("gray", width)

    def _converted(self, form: str, width: int | None) -> NDArray[np.uint8]:
        wide = min(width or self.width, self.width)
        high = max(2, self.height * wide // self.width // 2 * 2) if wide < self.width else self.height
        with self._converting:  # FFmpeg keeps one scaler per frame
            small = self._frame.reformat(width=wide, height=high, format=form, threads=1)
            return np.asarray(small.to_ndarray(), np.uint8)


_PLANAR: Final = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12")


class Decoder:
    """Makes frames of packets."""

    def __init__(self, form: Format) -> None:
        self._context = cast(VideoCodecContext, av.CodecContext.create(form.codec, "r"))
        self._context.extradata = form.extradata
        self._context.thread_count = 1  # threads cost delay, and other cameras their turn
        self._context.flags |= Flags.low_delay

    def decode(self, packet: Packet) -> VideoFrame | None:
        """Return the latest whole picture, if there is one; Garbled if the packet makes no sense."""
        wrong = ""
        try:
            frames = self._context.decode(av.Packet(packet.data))
        except av.error.FFmpegError as error:
            wrong, frames = type(error).__name__, []
        if wrong or any(frame.is_corrupt for frame in frames):
            raise Garbled(f"a picture that cannot be decoded {wrong}".strip())
        return frames[-1] if frames else None


class Stream:
    """An open stream; `with Stream(source) as stream: stream.read()`.

    DeviceUnreachable, CredentialsRefused or DeviceError if it cannot be opened.
    """

    def __init__(self, source: Source) -> None:
        self._container = _open(source)
        self._timeout_s = source.timeout_s
        if not self._container.streams.video:
            self._container.close()
            raise DeviceError("the camera's stream has no video", code="no-video")
        self._video = self._container.streams.video[0]
        context = self._video.codec_context
        self.format = Format(context.name, context.width, context.height, context.extradata or b"")
        self._packets = self._container.demux(self._video)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def read(self) -> Packet:
        """Return the next packet; DeviceUnreachable when there is none for the source's `timeout_s`."""
        failure: DeviceError | None = None
        began_s = time.monotonic()  # FFmpeg's time limits know no other clock
        try:
            packet = next(self._packets, None)
        except Exception as error:  # whatever it is, its text may hold the password
            failure = _in_our_words(error)
        if failure is not None:
            raise failure
        if packet is None or packet.size == 0:
            raise DeviceUnreachable("the camera ended the stream")
        if time.monotonic() - began_s >= self._timeout_s:  # what FFmpeg had in hand when it gave up waiting
            raise DeviceUnreachable("the camera does not answer")
        base, ticks = packet.time_base, packet.pts
        stamp = round(ticks * base * TICKS) if ticks is not None and base else None
        return Packet(bytes(packet), stamp, packet.is_keyframe)


def _open(source: Source) -> InputContainer:
    url = with_account(source.url, source.credentials) if source.credentials else source.url
    options = {
        "rtsp_transport": source.transport,
        "allowed_media_types": "video",
        "fpsprobesize": "0",  # the rate is of no interest, and to learn it takes seconds
        "analyzeduration": "2000000",
        "protocol_whitelist": "rtsp,rtp,tcp,udp",  # wherever a camera may send us, to no file
        "user_agent": "Hemei Hub",
    }
    failure: DeviceError
    began_s = time.monotonic()
    try:
        return av.open(url, "r", "rtsp", options, timeout=(source.timeout_s, source.timeout_s))
    except Exception as error:  # whatever it is, its text may hold the password
        late = time.monotonic() - began_s >= source.timeout_s
        failure = DeviceUnreachable("the camera does not answer") if late else _in_our_words(error)
    raise failure  # outside of the handler, so that FFmpeg's error is not even its context


_WORDS: Final[tuple[tuple[type[Exception], type[DeviceError], str, str | None], ...]] = (
    (av.error.HTTPUnauthorizedError, CredentialsRefused, "credentials refused", None),
    (av.error.HTTPForbiddenError, CredentialsRefused, "this account may not see the stream", None),
    (av.error.HTTPNotFoundError, DeviceError, "the camera has no such stream", "no-such-stream"),
    (av.error.ExitError, DeviceUnreachable, "the camera does not answer", None),
    (av.error.EOFError, DeviceUnreachable, "the camera ended the stream", None),
    (av.error.ConnectionRefusedError, DeviceUnreachable, "connection refused", None),
    (av.error.TimeoutError, DeviceUnreachable, "the camera does not answer", None),
    (av.error.InvalidDataError, Garbled, "the camera's answer makes no sense", None),
    (av.error.HTTPError, DeviceError, "the camera refuses the stream", "stream-refused"),
    (av.error.HTTPClientError, DeviceError, "the camera refuses the stream", "stream-refused"),
)


def _in_our_words(error: Exception) -> DeviceError:
    for kind, ours, words, code in _WORDS:
        if isinstance(error, kind):
            return ours(words, code=code)
    return DeviceUnreachable(f"the stream failed: {type(error).__name__}")


def clip(form: Format, packets: Sequence[Packet]) -> bytes:
    """Put packets into an MP4 as they are; the first is a key picture, those of B frames may be out of order.

    The index stands in front, so that a browser plays and seeks while it loads. ValueError for a codec that
    MP4 players do not know.
    """
    if form.codec not in CODECS:
        raise ValueError(f"no clips of {form.codec}")
    file = io.BytesIO()
    options = {"moov_size": str(8_192 + 64 * len(packets))}  # room for the index: 32 bytes a picture at most
    with av.open(file, "w", "mp4", options=options) as container:
        video = container.add_mux_stream(
            form.codec, width=form.width, height=form.height, time_base=Fraction(1, TICKS)
        )
        shown = [packet.ticks or 0 for packet in packets]
        times = zip(packets, shown, _decoded(shown), _lasting(shown), strict=True)
        for number, (packet, pts, dts, duration) in enumerate(times):
            data = packet.data if number else _with_parameters(form, packet.data)
            encoded = av.Packet(data)
            encoded.stream, encoded.time_base = video, Fraction(1, TICKS)
            encoded.pts, encoded.dts, encoded.duration = pts, dts, duration
            encoded.is_keyframe = packet.key
            container.mux(encoded)
    return file.getvalue()


def _decoded(shown: Sequence[int]) -> list[int]:
    """Return when each picture must be decoded: in rising order, and none later than it is shown."""
    ordered = sorted(shown)
    late = max((each - pts for each, pts in zip(ordered, shown, strict=True)), default=0)
    return [each - late for each in ordered]


def _lasting(shown: Sequence[int]) -> list[int]:
    """Return for how long each picture is shown; the last as long as the one before."""
    ordered = sorted(shown)
    following = {at: after - at for at, after in pairwise(ordered)}
    last = following.get(ordered[-2], 0) if len(ordered) > 1 else 0
    return [following.get(at, last or TICKS // 25) for at in shown]


def _with_parameters(form: Format, data: bytes) -> bytes:
    mask, shift, wanted = _PARAMETER_SETS[form.codec]
    starts = data.split(b"\0\0\1")[1:]
    if any(unit and (unit[0] >> shift) & mask == wanted for unit in starts):
        return data
    return form.extradata + data
