"""Watches one camera's picture over time: looks in, how it is and what to report out. Knows no camera."""

from collections import deque
from typing import Any, Final, NamedTuple

from drivers.camera.health import CHANGES, CONFIRM_S, PICTURE_RESTORED, SIGNAL_LOST, Picture, judge
from drivers.camera.picture import Measures, compare
from drivers.camera.reference import Learner, Reference
from drivers.camera.signs import UNLIKE, signs
from drivers.runtime.interface import Happening

AGREE: Final = 0.8
"""Share of the looks that must agree: a glitch in one frame does not begin the waiting anew."""

NO_FRAME_S: Final = 8.0
"""Packets of which no picture can be made for so long are as good as none."""


class Look(NamedTuple):
    """One look at a picture: when (monotonic), its measures, and for how long nothing has changed in it."""

    at: float
    measures: Measures
    still_s: float


class Watch:
    """How the picture of one camera is; times in seconds."""

    def __init__(self, *, learn_s: float, frozen_s: float, stalled_s: float) -> None:
        self.picture: Picture | None = None
        """None as long as the view is not learnt and nothing is wrong."""
        self.looks = 0
        """How many looks there were."""
        self._told: Picture | None = None
        self._learn_s, self._frozen_s, self._stalled_s = learn_s, frozen_s, stalled_s
        self._learners = {coloured: Learner(learn_s) for coloured in (True, False)}
        self._judged: deque[tuple[float, Picture]] = deque()

    def recall(self, told: object, views: dict[bool, Reference | None]) -> None:
        """Go on from what was known before a restart: what was last reported, and the learnt views."""
        self._told = Picture(told) if isinstance(told, str) and told in set(Picture) else None
        self._learners = {coloured: Learner(self._learn_s, view) for coloured, view in views.items()}

    @property
    def told(self) -> Picture | None:
        """What was last reported; worth remembering."""
        return self._told

    @property
    def views(self) -> dict[bool, Reference | None]:
        """The learnt views, with colours and without; worth remembering."""
        return {coloured: learner.learnt for coloured, learner in self._learners.items()}

    def forget_view(self) -> None:
        """Learn the view anew: the camera is meant to look where it looks now."""
        self._learners = {coloured: Learner(self._learn_s) for coloured in (True, False)}
        self._judged.clear()

    def connected(self) -> None:
        """Take notice that a stream begins: nothing seen before counts."""
        self._judged.clear()

    def lost(self) -> list[Happening]:
        """Take notice that there is no stream."""
        return self._become(Picture.NO_SIGNAL)

    def quiet(self, packet_age_s: float, frame_age_s: float) -> list[Happening]:
        """Take notice of how long ago the last packet and the last whole picture came."""
        if packet_age_s <= self._stalled_s and frame_age_s <= NO_FRAME_S:
            return []
        self._judged.clear()
        return self._become(Picture.STALLED)

    def look(self, look: Look) -> list[Happening]:
        """Take a look at the picture."""
        self.looks += 1
        learner = self._learners[look.measures.coloured]
        other = self._learners[not look.measures.coloured]
        learnt = learner.learnt or other.learnt
        judged = judge(signs(look.measures, look.still_s >= self._frozen_s, learnt))
        self._judged.append((look.at, judged))
        while look.at - self._judged[0][0] > max(CONFIRM_S.values()) + 1:
            self._judged.popleft()
        if judged is Picture.OK and (learner.learnt or self._same_place(look, other.learnt)):
            learner.take(look.measures, look.at)
        elif judged is not Picture.OK:
            learner.interrupt()
        if not self._confirmed(judged, look.at):
            return []
        if judged is Picture.OK and not (learner.learnt or other.learnt):
            self.picture = None
            return []
        return self._become(judged)

    @staticmethod
    def _same_place(look: Look, other: Reference | None) -> bool:
        """Whether a view may be learnt: what is seen by night must be the place that is seen by day."""
        return other is None or compare(look.measures.view, other.picture).likeness > UNLIKE

    def _confirmed(self, judged: Picture, now: float) -> bool:
        needed_s = CONFIRM_S[judged]
        if needed_s == 0:
            return True
        if now - self._judged[0][0] < needed_s:
            return False
        recent = [each for at, each in self._judged if now - at <= needed_s]
        return recent.count(judged) >= AGREE * len(recent)

    def _become(self, picture: Picture) -> list[Happening]:
        self.picture = picture
        before, self._told = self._told, picture
        return [Happening(type, _data(type, before, picture)) for type in CHANGES[before, picture]]


def _data(type: str, before: Picture | None, after: Picture) -> dict[str, Any]:
    if type == SIGNAL_LOST:
        return {"cause": str(after)}
    if type == PICTURE_RESTORED:
        return {"was": str(before)}
    return {}
