"""What the two versions of OCPP say differently."""

import abc
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from simulators.charger.ocpp.bays import Bay, Wish
from simulators.charger.outlet import Charge
from simulators.charger.post import Post

Session = Any
"""A `ChargePoint` of the library, which has no types."""


class Dialect(Post):
    """A post that speaks one of them."""

    protocol: ClassVar[str]

    @abc.abstractmethod
    def session(self, socket: Any) -> Session:
        """Return a session of this version on an open WebSocket."""

    @abc.abstractmethod
    def boot(self, reason: str) -> Any:
        """Return the message that tells what the post is."""

    @abc.abstractmethod
    def heartbeat(self) -> Any:
        """Return the message that says it lives."""

    @abc.abstractmethod
    def statuses(self, bays: Sequence[Bay]) -> list[Any]:
        """Return messages that tell how connectors are, as after booting."""

    @abc.abstractmethod
    def tell(self, bay: Bay) -> None:
        """Put what changed at a connector into the outbox; without a connection only what is kept."""

    @abc.abstractmethod
    def began(self, bay: Bay, charge: Charge, wish: Wish) -> None:
        """Put into the outbox that a charge began."""

    @abc.abstractmethod
    def metered(self, bay: Bay, charge: Charge, context: str) -> None:
        """Put a reading of a running charge into the outbox."""

    @abc.abstractmethod
    def authorize(self, order: str, then: Callable[[], None]) -> None:
        """Ask whether somebody may charge; `then` if so."""

    @abc.abstractmethod
    def triggers(self) -> Mapping[str, Callable[[Sequence[Bay]], None]]:
        """Return what can be asked for, by its name in the standard."""
