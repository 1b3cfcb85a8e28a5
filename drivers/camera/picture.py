"""Pictures as numbers and as JPEG: the only file that knows OpenCV.

Everything here is a pure function of pixels, or holds pixels only; what the numbers mean is in `signs.py`.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)  # one camera must not take the other cameras' cores

Grey: TypeAlias = NDArray[np.uint8]
"""Height × width, 0 black to 255 white."""

Small: TypeAlias = NDArray[np.float32]

VIEW_WIDTH: Final = 64
VIEW_HEIGHT: Final = 36
"""The size in which a view is compared and remembered: no face and no number plate can be seen in it."""

_EDGE_WIDTH, _EDGE_HEIGHT = 160, 90
_SHARP_WIDTH, _SHARP_HEIGHT = 320, 180
_CELLS_X, _CELLS_Y = 16, 9
_MIDDLE: Final = slice(1, -1)
"""Rows of cells that count: the first and the last hold the names and clocks that cameras write there."""
_BLOCK_WIDTH, _BLOCK_HEIGHT = 16, 12
_QUALITIES: Final = (85, 70, 50, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What one look at a picture gives.

    `mean`, `brightest` (of 1,000 points the fifth) and `spread` (standard deviation) are in levels, 0 to 255,
    of the middle rows; `textured` is the share of cells with an edge in them; `focus` is the Laplacian of a
    cell's sharpest edge, in levels of daylight, of the sharper cells; `coloured` is False in the infra-red
    picture of a night camera; `view` is the small picture.
    """

    mean: float
    brightest: float
    spread: float
    textured: float
    focus: float
    coloured: bool
    view: Grey


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A view beside the one that was learnt.

    `likeness` of the edges, 1 for the same view and around 0 for another, is that of the better blocks:
    what stands before the camera hides some, a camera that moved shows none in its place. `shift` is by which
    share of the width it moved, `agreement` how sure that is (0 to 1); `kept` is how much coarse contrast is
    left.
    """

    likeness: float
    shift: float
    agreement: float
    kept: float


def measure(luma: Grey, blue: Grey) -> Measures:
    """Take the measures of a picture; `blue` is its blue-difference (Cb) plane."""
    sharp = cv2.resize(luma, (_SHARP_WIDTH, _SHARP_HEIGHT), interpolation=cv2.INTER_AREA)
    small = cv2.resize(sharp, (_EDGE_WIDTH, _EDGE_HEIGHT), interpolation=cv2.INTER_AREA)
    view = cv2.resize(small, (VIEW_WIDTH, VIEW_HEIGHT), interpolation=cv2.INTER_AREA)
    middle = small[_EDGE_HEIGHT // _CELLS_Y : -_EDGE_HEIGHT // _CELLS_Y]
    mean, spread = _mean_and_spread(middle)
    colours = cv2.resize(blue, (VIEW_WIDTH, VIEW_HEIGHT), interpolation=cv2.INTER_AREA)
    light = min(1.0, max(0.3, mean / DAYLIGHT))
    edges = _cells(_edges(small.astype(np.float32)))
    return Measures(
        mean=mean,
        brightest=float(np.percentile(middle, 99.5)),
        spread=spread,
        textured=float((edges > _EDGE * light).mean()),
        focus=float(np.percentile(_cells(_sharpness(sharp)), 75)) / light,
        coloured=_mean_and_spread(colours)[1] > _COLOUR,
        view=np.asarray(view, np.uint8),
    )


DAYLIGHT: Final = 110.0
"""Mean level of a picture in daylight; edges grow fainter with the light, and are measured against it."""

_COLOUR: Final = 1.0
"""Levels of spread in the reduced Cb: an infra-red picture has less, whatever sensor and codec add."""

_EDGE: Final = 26.0
"""Sobel levels of an edge in daylight: about 6 levels from one point of the small picture to the next, four
times what a noisy sensor leaves after the reduction."""


def _mean_and_spread(values: cv2.typing.MatLike) -> tuple[float, float]:
    mean, spread = cv2.meanStdDev(values)
    return float(mean.item()), float(spread.item())


def _cells(values: Small) -> Small:
    """Return the largest value in each cell of the middle rows."""
    height, width = values.shape
    rows = values.reshape(_CELLS_Y, height // _CELLS_Y, width).max(1)  # first down: a seventh of the time
    cells = rows.reshape(_CELLS_Y, _CELLS_X, width // _CELLS_X).max(2)
    return np.asarray(cells[_MIDDLE], np.float32)


def _edges(small: Small) -> Small:
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _sharpness(sharp: cv2.typing.MatLike) -> Small:
    """Take the Laplacian (the usual measure of focus) after a blur that takes the sensor's noise away."""
    blurred = cv2.GaussianBlur(sharp, (0, 0), 1.0)
    return np.abs(np.asarray(cv2.Laplacian(blurred, cv2.CV_32F), np.float32))


def compare(view: Grey, learnt: Grey) -> Comparison:
    """Put a view beside the learnt one."""
    now, then = view.astype(np.float32), learnt.astype(np.float32)
    edges, learnt_edges = _edges(now), _edges(then)
    (across, down), agreement = cv2.phaseCorrelate(learnt_edges, edges, _WINDOW)
    return Comparison(
        likeness=_likeness(edges, learnt_edges),
        shift=float(np.hypot(across, down)) / VIEW_WIDTH,
        agreement=float(agreement),
        kept=_kept(now, then),
    )


_WINDOW: Final = cv2.createHanningWindow((VIEW_WIDTH, VIEW_HEIGHT), cv2.CV_32F)


def _likeness(one: Small, other: Small) -> float:
    one, other = _blocks(one), _blocks(other)
    strength = (other**2).sum(1)
    shown = strength > strength.max() / 50  # an empty sky is like any other
    both = np.sqrt((one**2).sum(1) * strength)[shown]
    alike = (one * other).sum(1)[shown] / np.maximum(both, 1.0)
    return float(np.percentile(alike, 75))


def _blocks(edges: Small) -> Small:
    """Cut into 4 × 3 blocks, a row of deviations from the mean for each."""
    down, across = VIEW_HEIGHT // _BLOCK_HEIGHT, VIEW_WIDTH // _BLOCK_WIDTH
    blocks = edges.reshape(down, _BLOCK_HEIGHT, across, _BLOCK_WIDTH).swapaxes(1, 2)
    rows = blocks.reshape(down * across, -1)
    return np.asarray(rows - rows.mean(1, keepdims=True), np.float32)


def _kept(now: Small, then: Small) -> float:
    """Regress the coarse picture on the learnt one, allowing for less light."""
    size = (_CELLS_X, _CELLS_Y)
    coarse_now = cv2.resize(now, size, interpolation=cv2.INTER_AREA)[_MIDDLE]
    coarse_then = cv2.resize(then, size, interpolation=cv2.INTER_AREA)[_MIDDLE]
    light = min(1.0, max(0.25, float(coarse_now.mean()) / max(1.0, float(coarse_then.mean()))))
    now, then = coarse_now - coarse_now.mean(), coarse_then - coarse_then.mean()
    return float((now * then).sum() / max(1.0, float((then**2).sum()))) / light


class Stillness:
    """Since when the picture is the same, but for what a codec does to a picture that stands still."""

    def __init__(self) -> None:
        self._luma: Grey | None = None
        self._small: Grey | None = None
        self._since = 0.0

    def look(self, luma: Grey, at: float) -> float:
        """Take a look at time `at` and return for how many seconds nothing has changed."""
        small = np.asarray(
            cv2.resize(luma, (_EDGE_WIDTH, _EDGE_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
        )
        if self._luma is None or self._small is None or self._changed(luma, small):
            self._luma, self._small, self._since = luma.copy(), small, at
        return at - self._since

    def _changed(self, luma: Grey, small: Grey) -> bool:
        if self._luma is None or self._small is None or luma.shape != self._luma.shape:
            return True
        if cv2.norm(small, self._small, cv2.NORM_INF) > STILL_CELL:
            return True
        return cv2.norm(luma, self._luma, cv2.NORM_L1) / luma.size > STILL_MEAN


STILL_CELL: Final = 8
"""Levels: less than the seconds of a clock in the picture change (a digit of 20 of 720 lines)."""

STILL_MEAN: Final = 0.6
"""Levels on average: a sensor's noise is more (one level and above); x264 coding the same picture again at
another quality, as GStreamer's test source has it, is less (see `tests/drivers/camera/test_gstreamer.py`)."""


def encode_jpeg(picture: NDArray[np.uint8], *, limit: int) -> bytes:
    """Encode blue-green-red pixels (height × width × 3), as well as fits into `limit` bytes.

    ValueError if it cannot be made to fit.
    """
    for quality in _QUALITIES:
        done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and encoded.size <= limit:
            return encoded.tobytes()
    raise ValueError(f"a picture of {picture.shape[1]} × {picture.shape[0]} does not fit into {limit} bytes")
