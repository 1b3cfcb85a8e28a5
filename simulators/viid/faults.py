"""How a pretend view library can fail."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """What is wrong with the library now.

    `busy`: so many requests are answered "device busy". `refusing`: so many objects, but for devices, are
    refused. `refused`: a status code for each object in which a text stands. `crashing`, `silent`: such an
    object makes the request an HTTP 500, gets no status. `forgetting`: after so many more requests all
    sessions are gone. `slow_s`: before each answer.
    """

    busy: int = 0
    refusing: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    crashing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    forgetting: int | None = None
    slow_s: float = 0.0
    numbers: bool = False
    """Status codes are numbers, not texts."""
    single: bool = False
    """One status stands for all objects of a request, if all are well."""
    open_door: bool = False
    """Whoever asks is registered: what stands before the library has checked the login."""

    def forgets(self) -> bool:
        """Count a request; whether the sessions end with it."""
        if self.forgetting is None:
            return False
        self.forgetting -= 1
        if self.forgetting > 0:
            return False
        self.forgetting = None
        return True
