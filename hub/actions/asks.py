"""What parts of the hub that have devices act need of the actions."""

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
        """Ask a device to act. InvalidMessage: no such device or action, or wrong input.

        Refused: a rule forbids it, or there is no link to the broker; nothing was sent. `ident`: the action's
        id, for who wrote it down before; it must never have been used.
        """
        ...

    async def outcome(self, ident: str, wait_s: float = 0.0) -> ActionRecord | None:
        """Return an action once it is final or `wait_s` have passed; None: there is none with this id."""
        ...
