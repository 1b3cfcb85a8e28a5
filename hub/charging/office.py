"""What managers keep: codes of connectors and prepaid accounts. On the hub's event loop."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from contract.errors import InvalidMessage
from contract.topics import Address
from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.charging.codes import Codes
from hub.charging.connectors import Connectors
from hub.charging.payment.accounts import Accounts, Opened
from hub.charging.schema import codes
from hub.charging.show import account_view, code_view
from hub.charging.view import CodeView, OpenedAccount, StaffAccount
from hub.ledger.transactions import Transactions

T = TypeVar("T")


class Office:
    """Codes and accounts of one tenant, at one site."""

    def __init__(self, ledger: Transactions, trail: AuditWriter, connectors: Connectors, site: str) -> None:
        self._ledger = ledger
        self._codes = Codes(trail)
        self._accounts = Accounts(trail)
        self._connectors = connectors
        self._clock = trail.clock
        self._site = site

    async def codes(self, device: str | None = None) -> Sequence[CodeView]:
        """Show codes, newest first, of all connectors or of `charger/ID`."""
        where = []
        if device is not None:
            kind, _, ident = device.partition("/")
            where = [codes.c.kind == kind, codes.c.device == ident]
        found = await self._ledger.read(lambda connection: self._codes.find(connection, *where))
        return [code_view(each, self._clock.now_ms()) for each in found]

    async def make_code(self, device: str, *, once: bool, minutes: float | None, who: Actor) -> CodeView:
        """Make a code for `charger/ID`, good for one order or until revoked, and for so many minutes.

        InvalidMessage: there is no such connector.
        """
        address, now_ms = self._address(device), self._clock.now_ms()
        expires_ms = None if minutes is None else now_ms + round(minutes * 60_000)
        made = await self._ledger.write(
            lambda c: self._codes.make(c, address, who, once=once, expires_ms=expires_ms)
        )
        return code_view(made, now_ms)

    async def ensure_codes(self, devices: Sequence[str], who: Actor) -> Sequence[CodeView]:
        """Return a code for the sticker of each connector, made where there is none; none is made twice.

        InvalidMessage: there is no such connector.
        """
        addresses = [self._address(device) for device in devices]
        made = await self._ledger.write(
            lambda c: [self._codes.sticker(c, address, who) for address in addresses]
        )
        return [code_view(each, self._clock.now_ms()) for each in made]

    async def revoke_code(self, code: str, who: Actor) -> CodeView:
        """Have a code be good for nothing; again is no error. CodeUnknown."""
        revoked = await self._ledger.write(lambda connection: self._codes.revoke(connection, code, who))
        return code_view(revoked, self._clock.now_ms())

    async def accounts(self) -> Sequence[StaffAccount]:
        """Show the accounts, newest first."""
        return [account_view(each) for each in await self._ledger.read(self._accounts.listed)]

    async def open_account(self, note: str, who: Actor) -> OpenedAccount:
        """Make an account; its key is shown this once."""
        return await self._opened(lambda connection: self._accounts.open(connection, note, who))

    async def new_key(self, ident: str, who: Actor) -> OpenedAccount:
        """Give an account another key; the one before opens nothing any more. AccountMissing."""
        return await self._opened(lambda connection: self._accounts.new_key(connection, ident, who))

    async def top_up(
        self, ident: str, fen: int, who: Actor, note: str, request: str | None = None
    ) -> StaffAccount:
        """Write that somebody has paid in `fen`, or, below zero, that this was a mistake, which needs a note.

        The same `request` again changes nothing. AccountMissing; InvalidMessage: nothing to write, or more
        than there is to take back.
        """
        funded = await self._ledger.write(
            lambda connection: self._accounts.top_up(connection, ident, fen, who, note, request)
        )
        return account_view(funded)

    async def close_account(self, ident: str, fen: int, who: Actor, reason: str) -> StaffAccount:
        """Close an account and write that `fen`, all that is left in it, is paid back; again is no error.

        AccountMissing; AccountRefused says what is in the way.
        """
        funded = await self._ledger.write(
            lambda connection: self._accounts.close(connection, ident, fen, who, reason)
        )
        return account_view(funded)

    async def _opened(self, work: Callable[[Connection], Opened]) -> OpenedAccount:
        opened = await self._ledger.write(work)
        return OpenedAccount(account=account_view(opened.funded), key=opened.key)

    def _address(self, device: str) -> Address:
        address = Address(self._site, *device.partition("/")[::2])
        if not self._connectors.known(address):
            raise InvalidMessage(f"there is no connector {device!r}", code="unknown-device")
        return address
