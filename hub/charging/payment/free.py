"""Charging that costs nothing: lines show the energy, amounts are 0."""

from typing import ClassVar

from sqlalchemy import Connection

from hub.charging.orders.order import ChargeOrder
from hub.charging.payment.money import Balance
from hub.charging.payment.provider import Hold, Means, Provider


class FreeOfCharge(Provider):
    """Takes no money; orders need no account."""

    name: ClassVar[str] = "free"
    bills: ClassVar[bool] = False

    def __init__(self, means: Means) -> None:
        pass

    def hold_fen(self, vehicle: str) -> int:
        """Set nothing aside."""
        return 0

    def hold(self, connection: Connection, order: ChargeOrder, account_key: str | None) -> Hold:
        """Let everybody charge."""
        return Hold()

    def release(self, connection: Connection, order: ChargeOrder) -> None:
        """Do nothing."""

    def charge(self, connection: Connection, order: ChargeOrder) -> None:
        """Do nothing."""

    def amend(self, connection: Connection, order: ChargeOrder, before_fen: int) -> None:
        """Do nothing."""

    def balance(self, connection: Connection, account: str) -> Balance | None:
        """Know no accounts."""
        return None
