"""What must have been so for a while before anything follows from it. Pure."""


class Lasting:
    """How long something has been so without a pause, by times that are given."""

    def __init__(self) -> None:
        self._since: float | None = None

    def so_for(self, is_so: bool, seconds: float, now: float) -> bool:
        """Take whether it is so now; whether it has been for `seconds`."""
        if not is_so:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since >= seconds
