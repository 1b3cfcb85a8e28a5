"""Gets lines to the server: at once while it takes them, else by way of the buffer, in their order."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from hub.counters import Counters
from hub.history.influx.answers import BadLines, Denied, NotTaken
from hub.history.influx.buffer import Buffer
from hub.history.influx.view import ServerState, ServerView

logger = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.5
LOGGED: Final = 3
"""Bad lines of one batch that the log shows."""


class Delivery:
    """One server, its buffer, and a thread that empties that."""

    def __init__(
        self,
        post: Callable[[bytes], None],
        buffer: Buffer,
        counters: Counters,
        *,
        longest_pause_s: float,
    ) -> None:
        self._post = post
        self._buffer = buffer
        self._counters = counters
        self._longest_pause_s = longest_pause_s
        self._state, self._says = ServerState.TAKES, ""
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history-delivery", daemon=True)
        if buffer.size:
            self._wake.set()
        self._thread.start()

    @property
    def view(self) -> ServerView:
        """How it stands."""
        return ServerView(self._state, self._says, self._buffer.size, self._buffer.limit)

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self._buffer.size

    def write(self, lines: list[str]) -> None:
        """Have lines kept, by the server or on disk; OSError if neither takes them."""
        with self._lock:
            if self.idle and self._sent("\n".join(lines).encode()):
                return
            self._buffer.append(lines)
        self._wake.set()

    def put(self, lines: list[str]) -> None:
        """Have the server take lines now; NotTaken if it does not. Only while nothing waits."""
        self._send("\n".join(lines).encode())

    def close(self, within_s: float) -> None:
        """Stop; what the buffer holds is sent after the next start."""
        self._stopped.set()
        self._wake.set()
        self._thread.join(within_s)
        self._buffer.close()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            pause_s = FIRST_PAUSE_S
            while not self._stopped.is_set() and not self.idle:
                asked_s = self._step()
                if asked_s is None:
                    pause_s = FIRST_PAUSE_S
                    continue
                self._stopped.wait(max(pause_s, asked_s))
                pause_s = min(2 * pause_s, self._longest_pause_s)
            if self._stopped.is_set():
                return

    def _step(self) -> float | None:
        """Send the oldest batch; if it is not taken, return how long the server asks to wait, in seconds."""
        try:
            with self._lock:
                batch = self._buffer.batch()
            self._send(batch.removesuffix(b"\n"))
            with self._lock:
                self._buffer.sent(len(batch))
        except NotTaken as failed:
            self._note(failed)
            return failed.retry_after_s
        except Exception:  # a disk that cannot be read, a library's own fault: what waits stays
            logger.exception("what the buffer of history holds cannot be sent now")
            return self._longest_pause_s
        return None

    def _sent(self, lines: bytes) -> bool:
        try:
            self._send(lines)
        except NotTaken as failed:
            self._note(failed)
            return False
        return True

    def _send(self, lines: bytes) -> None:
        """Have the server take lines, all but those that it never will."""
        try:
            self._post(lines)
        except BadLines as bad:
            self._around(lines, bad)
        if self._state is not ServerState.TAKES:
            logger.info("InfluxDB takes history again")
        self._state, self._says = ServerState.TAKES, ""

    def _around(self, lines: bytes, bad: BadLines) -> None:
        """Find bad lines by halves where the server does not count them; the others are taken."""
        each = lines.split(b"\n")
        if bad.dropped is None and len(each) > 1:
            half = len(each) // 2
            self._send(b"\n".join(each[:half]))
            self._send(b"\n".join(each[half:]))
            return
        count = len(each) if bad.dropped is None else bad.dropped
        self._counters.samples_refused += count
        shown = b" | ".join(each[:LOGGED]).decode(errors="replace")
        logger.warning("InfluxDB refused %d samples for good: it %s; among: %s", count, bad, shown)

    def _note(self, failed: NotTaken) -> None:
        state = ServerState.DENIES if isinstance(failed, Denied) else ServerState.AWAY
        if state is not self._state:
            level = logging.ERROR if state is ServerState.DENIES else logging.WARNING
            logger.log(level, "InfluxDB %s; history waits on disk until it is taken", failed)
        self._state, self._says = state, str(failed)
