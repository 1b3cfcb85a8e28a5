"""What is kept about a camera across restarts: what was last reported of its picture, and its views."""

import contextlib
from typing import Final

from drivers.camera.reference import Reference
from drivers.camera.watch import Watch
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port

EVERY_S: Final = 3600.0
"""How often the learnt views, which follow the daylight, are written down."""

_PICTURE: Final = "picture"
_VIEWS: Final = {True: "view-colour", False: "view-grey"}


class Memory:
    """Writes down what a watch knows; a full disk costs only the memory."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._recalled = False
        self._written: dict[bool, float] = {}

    def recall(self, port: Port) -> None:
        """Tell the watch what was known before the restart, once."""
        if not self._recalled:
            self._recalled = True
            views = {coloured: Reference.parse(port.recall(key)) for coloured, key in _VIEWS.items()}
            self._watch.recall(port.recall(_PICTURE), views)

    async def keep_told(self, port: Port) -> None:
        """Write down what was reported last."""
        with contextlib.suppress(StorageError):
            await port.remember(_PICTURE, str(self._watch.told))

    async def keep_views(self, port: Port) -> None:
        """Write down the learnt views when they are new or old enough."""
        now = port.clock.monotonic()
        for coloured, view in self._watch.views.items():
            if view is None or now < self._written.get(coloured, float("-inf")) + EVERY_S:
                continue
            self._written[coloured] = now
            with contextlib.suppress(StorageError):
                await port.remember(_VIEWS[coloured], view.text())

    def forget_views(self) -> None:
        """Let the next views be written down as soon as they are there."""
        self._written.clear()
