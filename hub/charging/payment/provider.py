"""The border to whatever takes the money of a charge. No card data ever passes here."""

from typing import ClassVar, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from hub.charging.orders.order import ChargeOrder
from hub.charging.payment.money import Balance, Journal
from hub.charging.settings import ChargingSettings


class Means(Struct, frozen=True, kw_only=True):
    """What a provider is made with."""

    settings: ChargingSettings
    journal: Journal


class Hold(Struct, frozen=True):
    """Who pays, and what is set aside: a charge is ended before it comes to more. 0: no such limit."""

    account: str | None = None
    fen: int = 0


class Provider(Protocol):
    """Who takes the money. Calls are made in the transaction of what it belongs to, in the ledger's thread.

    What a provider does for an order it does once, however often it is asked.
    """

    name: ClassVar[str]
    bills: ClassVar[bool]
    """Whether anything is to pay at all."""

    def hold_fen(self, vehicle: str) -> int:
        """Return what is set aside for an order if there is so much."""
        ...

    def hold(self, connection: Connection, order: ChargeOrder, account_key: str | None) -> Hold:
        """Set money aside for an order that is being placed; PaymentRefused."""
        ...

    def release(self, connection: Connection, order: ChargeOrder) -> None:
        """Set nothing aside any more."""
        ...

    def charge(self, connection: Connection, order: ChargeOrder) -> None:
        """Take what the order came to (`amount_fen`), be it more than was set aside."""
        ...

    def amend(self, connection: Connection, order: ChargeOrder, before_fen: int) -> None:
        """Put right what was charged: the order comes to something else than `before_fen`."""
        ...

    def balance(self, connection: Connection, account: str) -> Balance | None:
        """Return what is in an account; None if this provider keeps none."""
        ...
