"""Charging from a balance that was paid in before, at a desk or wherever the site takes money."""

from typing import ClassVar

from sqlalchemy import Connection

from hub.charging.keys import hashed
from hub.charging.orders.order import ChargeOrder
from hub.charging.payment.money import Balance, Journal, Kind, Movement
from hub.charging.payment.provider import Hold, Means, Provider
from hub.charging.refusals import PaymentRefused
from hub.charging.schema import accounts
from hub.charging.settings import ChargingSettings
from hub.charging.trail import ITSELF


class Prepaid(Provider):
    """Sets aside what the site file says, or all there is; then takes what the charge came to."""

    name: ClassVar[str] = "prepaid"
    bills: ClassVar[bool] = True

    def __init__(self, means: Means) -> None:
        self._settings: ChargingSettings = means.settings
        self._journal: Journal = means.journal

    def hold_fen(self, vehicle: str) -> int:
        """Return what is set aside for an order if there is so much."""
        return self._settings.hold_fen(vehicle)

    def hold(self, connection: Connection, order: ChargeOrder, account_key: str | None) -> Hold:
        """Set money aside; PaymentRefused."""
        if account_key is None:
            raise PaymentRefused("charging here is paid from an account", code="account-needed")
        account = self._journal.lock(connection, accounts.c.key == hashed(account_key))
        if account is None:
            raise PaymentRefused("there is no account with this key", code="account-unknown")
        if account.closed_ms is not None:
            raise PaymentRefused("this account is closed", code="account-closed")
        available_fen = self._journal.balance(connection, account.id).available_fen
        if available_fen < self._settings.least_fen:
            raise PaymentRefused(
                f"{available_fen} fen are available, at least {self._settings.least_fen} are needed",
                code="balance-too-low",
            )
        fen = min(available_fen, self.hold_fen(order.connector.vehicle))
        self._add(connection, order.number, account.id, Kind.HOLD, -fen)
        return Hold(account.id, fen)

    def release(self, connection: Connection, order: ChargeOrder) -> None:
        """Set nothing aside any more."""
        if order.account is not None and order.hold_fen:
            self._add(connection, order.number, order.account, Kind.RELEASE, order.hold_fen)

    def charge(self, connection: Connection, order: ChargeOrder) -> None:
        """Take what the order came to; the balance may go below zero, and is then owed."""
        if order.account is not None and order.amount_fen:
            self._add(connection, order.number, order.account, Kind.CHARGE, -order.amount_fen)

    def amend(self, connection: Connection, order: ChargeOrder, before_fen: int) -> None:
        """Give back, or take, the difference."""
        back_fen = before_fen - order.amount_fen
        if order.account is not None and back_fen:
            kind = Kind.REFUND if back_fen > 0 else Kind.SUPPLEMENT
            self._add(connection, order.number, order.account, kind, back_fen)

    def balance(self, connection: Connection, account: str) -> Balance | None:
        """Return what is in an account."""
        return self._journal.balance(connection, account)

    def _add(self, connection: Connection, number: str, account: str, kind: Kind, fen: int) -> None:
        self._journal.add(connection, Movement(account=account, kind=kind, fen=fen, order=number), ITSELF)
