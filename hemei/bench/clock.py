"""One clock for all processes of a benchmark: monotonic, told as ms since 1970.

The system's monotonic clock is one for the whole machine; what must be added to it is measured once, by the
process that starts the others, and handed to them. A step of the wall clock during a run moves no figure.
"""

import time
from typing import Self

from msgspec import Struct


class BenchClock(Struct, frozen=True, kw_only=True):
    """`offset_ms`: what the monotonic clock lacks to ms since 1970."""

    offset_ms: float

    @classmethod
    def measured(cls) -> Self:
        """Compare the clocks, now."""
        return cls(offset_ms=(time.time() - time.monotonic()) * 1000)

    def now_ms(self) -> float:
        """Return ms since 1970."""
        return time.monotonic() * 1000 + self.offset_ms
