"""What the measures of a picture mean beside the view that was learnt: the thresholds and their reasons.

Where no other source is named, a threshold stands between what healthy pictures and spoilt ones measure over
drawn scenes in day, evening and night light, with noise, rain, passing people and cars and the writing that
cameras put into their pictures (`tests/drivers/camera/test_signs.py` has them on both sides of each).
"""

from typing import Final

from drivers.camera.health import Sign
from drivers.camera.picture import Comparison, Measures, compare
from drivers.camera.reference import Reference

BLACKEST: Final = 40.0
"""Levels. Black is 16 in video (ITU-R BT.601); a lens cap at full gain stays below this, a lamp does not."""

FLATTEST: Final = 6.0
"""Levels of spread in a black picture."""

ENOUGH_TEXTURE: Final = 0.15
"""A view with fewer textured cells (a wall, a lawn) can be neither bare nor blurred for certain."""

ANYTHING: Final = 0.01
"""Share of textured cells: less is not one. A picture in which nothing can be told apart is useless, whatever
should be in it: that is how a camera is known that was covered before we first saw it."""

BARE: Final = 0.3
"""Share of the learnt texture: a lorry over 60 % of the view leaves 0.4, a covered lens less than 0.05."""

BLURRED: Final = 0.45
"""Share of the learnt focus: dusk leaves 0.64, a blur of 5 of 640 pixels 0.3, at night 0.4."""

SAME_PLACE: Final = 0.6
"""Likeness above which a blurred view is still that place."""

SHIFT: Final = 0.025
"""Share of the width (16 of 640 pixels): wind shakes less."""

AGREEMENT: Final = 0.15
"""Peak of the phase correlation; where the view has not moved, the shift is under 0.01 whatever this is."""

UNLIKE: Final = 0.2
"""Likeness of quite another view."""

IN_SIGHT: Final = 0.7
"""Share of the learnt texture that a moved camera sees; a lorry before it hides more (0.4 to 0.65)."""

STILL_DARK: Final = frozenset({Sign.DARK, Sign.STILL})


def signs(now: Measures, still: bool, learnt: Reference | None) -> frozenset[Sign]:
    """Say what can be seen; without a learnt view, only what needs none."""
    seen = {Sign.STILL} if still else set()
    if now.brightest < BLACKEST and now.spread < FLATTEST:
        return frozenset(seen | {Sign.DARK})
    if learnt is None and now.textured < ANYTHING:
        seen.add(Sign.BARE)
    if learnt is not None and learnt.textured >= ENOUGH_TEXTURE:
        seen |= _beside(now, learnt, compare(now.view, learnt.picture))
    return frozenset(seen)


def _beside(now: Measures, learnt: Reference, view: Comparison) -> set[Sign]:
    texture = now.textured / learnt.textured
    if texture < BARE and view.kept < SAME_PLACE:
        return {Sign.BARE}
    if now.focus < BLURRED * learnt.focus and view.likeness > SAME_PLACE:
        return {Sign.BLURRED}
    moved = view.shift > SHIFT and view.agreement > AGREEMENT
    if texture > IN_SIGHT and (moved or view.likeness < UNLIKE):
        return {Sign.DISPLACED}
    return set()
