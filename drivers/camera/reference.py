"""The view that a camera should have: learnt when all is well, following the daylight, kept across restarts.

There are two, since a camera sees colours by day and grey infra-red by night, and its edges differ.
"""

import base64
from typing import Final, Self

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.camera.picture import VIEW_HEIGHT, VIEW_WIDTH, Grey, Measures

FOLLOW_S: Final = 600.0
"""In this time the learnt view takes over two thirds of a lasting change: the sun and its shadows are slower,
whoever covers a lens or turns a camera is quicker."""


class Reference(Struct, frozen=True, kw_only=True):
    """A learnt view: share of textured cells, focus, and the small picture, base64 of a byte per pixel."""

    textured: float
    focus: float
    view: str

    @property
    def picture(self) -> Grey:
        """The small picture, height × width."""
        return np.frombuffer(base64.b64decode(self.view), np.uint8).reshape(VIEW_HEIGHT, VIEW_WIDTH)

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """Read what `text` wrote; None if it is not that."""
        try:
            read = msgspec.json.decode(text if isinstance(text, str) else "", type=cls)
            whole = read.picture.size > 0
        except ValueError:
            return None
        return read if whole else None

    def text(self) -> str:
        """Write it."""
        return msgspec.json.encode(self).decode()


class Learner:
    """Learns one view over `learn_s`, then follows the light."""

    def __init__(self, learn_s: float, learnt: Reference | None = None) -> None:
        self.learnt = learnt
        self._learn_s = learn_s
        self._since: float | None = None
        self._at = 0.0
        self._looks = 0
        self._textured = self._focus = 0.0
        self._view: NDArray[np.float32] = np.zeros((VIEW_HEIGHT, VIEW_WIDTH), np.float32)
        if learnt is not None:
            self._since = float("-inf")
            self._textured, self._focus = learnt.textured, learnt.focus
            self._view = learnt.picture.astype(np.float32)

    def interrupt(self) -> None:
        """Begin the learning anew, if it is not over: something is wrong with the picture."""
        if self.learnt is None:
            self._since = None

    def take(self, look: Measures, at: float) -> None:
        """Take a look at which all is well."""
        if self._since is None:
            self._since, self._looks = at, 0
        self._looks += 1
        learning = self.learnt is None
        share = 1 / self._looks if learning else min(1.0, max(0.0, at - self._at) / FOLLOW_S)
        self._at = at
        self._textured += share * (look.textured - self._textured)
        self._focus += share * (look.focus - self._focus)
        self._view += share * (look.view.astype(np.float32) - self._view)
        if not learning or at - self._since >= self._learn_s:
            pixels = np.rint(self._view).astype(np.uint8).tobytes()
            view = base64.b64encode(pixels).decode()
            self.learnt = Reference(textured=round(self._textured, 4), focus=round(self._focus, 4), view=view)
