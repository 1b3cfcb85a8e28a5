"""A contact that must be seen for a while before it is believed. Pure; given the time in seconds."""


class Debounced:
    """A contact without its chatter.

    It closes when, `on_delay_s` after it was first seen closed, it is still or again so; only being open for
    `on_delay_s` without a break makes that forgotten: a contact that chatters is one that closes. It opens
    when it was open for `off_delay_s` without a break. A delay of 0 believes the first look.
    """

    def __init__(self, on_delay_s: float, off_delay_s: float) -> None:
        self.closed = False
        self._on_delay_s = on_delay_s
        self._off_delay_s = off_delay_s
        self._closed_since: float | None = None
        self._open_since: float | None = None

    def forget(self) -> None:
        """Begin all delays anew; what is believed stays."""
        self._closed_since = self._open_since = None

    def look(self, closed: bool, now: float) -> None:
        """Take a look at the contact."""
        if closed:
            self._open_since = None
            if self._closed_since is None:
                self._closed_since = now
            if now - self._closed_since >= self._on_delay_s:
                self.closed = True
            return
        if self._open_since is None:
            self._open_since = now
        open_s = now - self._open_since
        if open_s >= self._on_delay_s:
            self._closed_since = None
        if self.closed and open_s >= self._off_delay_s:
            self.closed, self._closed_since = False, None
