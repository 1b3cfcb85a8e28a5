"""A hub's maker of bundles in a process of its own, for tests that kill it; it says when it has begun."""

import asyncio
import sys
from pathlib import Path

from tests.hub.disclosure.making import Works
from tests.hub.disclosure.yard import Yard


async def main(folder: Path) -> None:
    """Make what is released, and say when some of it is made."""
    works = Works(Yard(folder))
    works.on_progress = lambda _progress: sys.stdout.write("in the middle\n") and sys.stdout.flush()
    await works.maker.once()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
