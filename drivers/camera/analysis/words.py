r"""What we and an analyser say to each other, over its standard input and output. Bytes and meaning.

We say a line of JSON, `{"number":7,"time":"2026-01-01T00:00:00.000Z","width":640,"height":360,
"format":"bgr24","size":691200}\n`, and after it `size` bytes: rows from the top, blue, green and red of each
pixel. It answers each frame with one line, `{"number":7,"detections":[{"label":"falling-object","score":0.9,
"box":[0.1,0.2,0.05,0.05]}]}\n`, the box as shares of the picture: left, top, width, height. The next frame
comes after the answer; those between are skipped and counted. When its input ends, it must end.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from contract.clock import rfc3339
from contract.errors import DeviceError
from drivers.camera.stream import Frame

FRAME_WIDTH: Final = 640
"""Frames are at most so wide."""

FALLING_OBJECT: Final = "falling-object"
"""The label that is reported as a falling object, with a clip."""

LONGEST_LINE: Final = 64 * 1024

Share = Annotated[float, Meta(ge=0, le=1)]


class Detection(Struct, frozen=True, kw_only=True):
    """One thing in a frame; to be told once, not in every frame that shows it."""

    label: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$")]
    score: Share = 1.0
    box: tuple[Share, Share, Share, Share] | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What an analyser says of one frame."""

    number: int
    detections: Annotated[tuple[Detection, ...], Meta(max_length=100)] = ()


_decoder: Final = msgspec.json.Decoder(Answer)


def say(number: int, frame: Frame) -> list[bytes]:
    """Write one frame."""
    pixels = frame.pixels(FRAME_WIDTH)
    height, width, _ = pixels.shape
    header = {
        "number": number,
        "time": rfc3339(frame.time),
        "width": width,
        "height": height,
        "format": "bgr24",
        "size": pixels.nbytes,
    }
    return [msgspec.json.encode(header) + b"\n", pixels.tobytes()]


def read(line: bytes, number: int) -> tuple[Detection, ...]:
    """Read the answer to frame `number`; DeviceError if it is none."""
    try:
        answer = _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise DeviceError(f"the analyser makes no sense: {wrong}", code="analyser-fault") from wrong
    if answer.number != number:
        raise DeviceError("the analyser answers to another frame", code="analyser-fault")
    return answer.detections
