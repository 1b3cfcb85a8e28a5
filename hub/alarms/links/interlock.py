"""Whether a link's `unless` is true of its target right now. Pure.

What is not known holds nothing back: the driver's own interlocks stand next to the device, and releasing a
door in a fire must not wait for a fresh reading.
"""

from hub.alarms.definition import Test
from hub.alarms.rules.checks import check_of
from hub.alarms.rules.occasion import NOTHING
from hub.shadows.shadow import Shadow


def holds(test: Test, shadow: Shadow | None) -> bool:
    """Whether `test` is known to be true. What has happened (`event`, `missed`) is no state and never is."""
    return shadow is not None and check_of(test).holds(shadow, NOTHING, set()) is True
