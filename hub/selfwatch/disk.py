"""How much room is left where the hub writes."""

import shutil
from pathlib import Path


def free_percent(folder: Path) -> float:
    """Return the share of the disk below `folder` that anybody may still fill, in percent. Blocking.

    Root's own reserve does not count: a hub does not run as root.
    """
    usage = shutil.disk_usage(folder)
    room = usage.used + usage.free
    return 100.0 * usage.free / room if room else 0.0
