"""What a call counter counts: numbered happenings that it keeps until somebody acknowledges them.

Pure: no socket, no file, no clock. Numbers start at 1 and never repeat for another happening.
"""

from collections import deque

WINDOW = 500  # sent and not yet acknowledged, at most
MEMORY = 100_000  # counted and not yet acknowledged, at most; then the counter stands still


class Counter:
    """Counts `pulses_per_s` happenings a second, `pulses_total` in all (None: without end).

    `acked` is where an earlier life stopped: counting goes on behind it.
    """

    def __init__(self, *, pulses_per_s: float, pulses_total: int | None, acked: int = 0) -> None:
        self.acked = acked
        self.counted = acked
        self.sent = acked
        self._per_s = pulses_per_s
        self._total = pulses_total
        self._credit = 0.0
        self._kept: deque[int] = deque()

    def step(self, dt_s: float, now_ms: int) -> None:
        """Let `dt_s` seconds pass and count what happened in them, all at Unix time `now_ms`."""
        self._credit += self._per_s * dt_s
        whole = int(self._credit)
        self._credit -= whole
        for _ in range(whole):
            self.count(now_ms)

    def count(self, now_ms: int) -> None:
        """Count one happening, unless all have happened or the memory is full."""
        if len(self._kept) < MEMORY and (self._total is None or self.counted < self._total):
            self.counted += 1
            self._kept.append(now_ms)

    def go_back(self) -> None:
        """Send everything unacknowledged again: the other side has connected anew."""
        self.sent = self.acked

    def take(self) -> list[tuple[int, int]]:
        """Return number and Unix milliseconds of what is to be sent now, oldest first; it then is sent."""
        upto = min(self.counted, self.acked + WINDOW)
        first = self.sent + 1
        self.sent = max(self.sent, upto)
        return [(number, self._kept[number - self.acked - 1]) for number in range(first, upto + 1)]

    def acknowledge(self, upto: int) -> None:
        """Forget everything up to number `upto`.

        A number beyond the last counted comes from before a loss of memory: it was delivered then, so
        counting goes on behind it.
        """
        for _ in range(min(upto, self.counted) - self.acked):
            self._kept.popleft()
        self.acked = max(self.acked, upto)
        self.counted = max(self.counted, self.acked)
        self.sent = max(self.sent, self.acked)
