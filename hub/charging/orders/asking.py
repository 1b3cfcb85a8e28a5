"""What charging needs of the actions: they are asked for once, and looked at."""

from typing import Any, Final, Protocol

from contract.topics import Address
from hub.actions.records import ActionRecord

EXPIRES_S: Final = 5.0


class Asks(Protocol):
    """Actions from request to verified outcome."""

    async def request(
        self,
        address: Address,
        name: str,
        given: dict[str, Any],
        *,
        issuer: str,
        reason: str,
        expires_in_s: float = EXPIRES_S,
        ident: str | None = None,
    ) -> ActionRecord:
        """Ask a device to act; InvalidMessage or Refused: nothing was sent."""
        ...

    async def outcome(self, ident: str, wait_s: float = 0.0) -> ActionRecord | None:
        """Return an action as it stands; None: there is none with this id."""
        ...
