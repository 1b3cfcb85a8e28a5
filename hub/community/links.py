"""Links to the residents' public page: made and revoked by administrators, opened by whoever has one."""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, insert, select, update

from contract.clock import Clock
from contract.errors import Refused
from hub.access.secret import Secret, digest, new_secret
from hub.community.schema import links
from hub.ledger.transactions import Transactions

DAY_MS: Final = 86_400_000
Within = Callable[[Connection], None]
"""What is written in the transaction of a change: the audit."""


class PageUnknown(Refused):
    """There never was such a link."""

    default_code = "link-unknown"


class PageGone(Refused):
    """The link was revoked, or its time is over."""

    default_code = "link-gone"


class CommunityLink(Struct, frozen=True, kw_only=True):
    """A link without its secret; times in ms since 1970."""

    id: str
    name: str
    made_ms: int
    made_by: str
    expires_ms: int | None
    revoked_ms: int | None

    def over(self, now_ms: int) -> bool:
        """Whether it opens nothing any more."""
        return self.revoked_ms is not None or (self.expires_ms is not None and self.expires_ms <= now_ms)


class CommunityLinks:
    """One tenant's links."""

    def __init__(self, ledger: Transactions, clock: Clock, tenant: str) -> None:
        self._ledger = ledger
        self._clock = clock
        self._tenant = tenant

    async def all(self) -> Sequence[CommunityLink]:
        """Return those that open the page, the newest first."""
        query = (
            select(links).where(links.c.tenant == self._tenant).order_by(links.c.made_ms.desc(), links.c.id)
        )
        found = await self._ledger.read(
            lambda connection: [_link(row) for row in connection.execute(query).mappings()]
        )
        now_ms = self._clock.now_ms()
        return [each for each in found if not each.over(now_ms)]

    async def make(
        self, name: str, days: int | None, who: str, within: Callable[[str], Within]
    ) -> tuple[CommunityLink, Secret]:
        """Make a link; `within` says, of its id, what the audit is told."""
        now_ms, secret = self._clock.now_ms(), new_secret()
        link = CommunityLink(
            id=secrets.token_hex(8),
            name=name,
            made_ms=now_ms,
            made_by=who,
            expires_ms=None if days is None else now_ms + days * DAY_MS,
            revoked_ms=None,
        )

        def work(connection: Connection) -> None:
            values = {each: getattr(link, each) for each in CommunityLink.__struct_fields__}
            connection.execute(insert(links).values(tenant=self._tenant, digest=secret.digest, **values))
            within(link.id)(connection)

        await self._ledger.write(work)
        return link, secret

    async def revoke(self, ident: str, who: str, within: Within) -> bool:
        """Have a link open nothing any more; False: there is none that does."""
        mine = (links.c.tenant == self._tenant, links.c.id == ident, links.c.revoked_ms.is_(None))
        now_ms = self._clock.now_ms()

        def work(connection: Connection) -> bool:
            change = update(links).where(*mine).values(revoked_ms=now_ms, revoked_by=who)
            changed = connection.execute(change).rowcount == 1
            if changed:
                within(connection)
            return changed

        return await self._ledger.write(work)

    async def check(self, key: str) -> None:
        """Let whoever has the secret of a link pass. PageUnknown, PageGone."""
        query = select(links).where(links.c.tenant == self._tenant, links.c.digest == digest(key))
        row = await self._ledger.read(lambda connection: connection.execute(query).mappings().first())
        if row is None:
            raise PageUnknown("there is no such page; ask whoever gave you the address for the right one")
        if _link(row).over(self._clock.now_ms()):
            raise PageGone("this address was withdrawn; ask the property office for the new one")


def _link(row: RowMapping) -> CommunityLink:
    return CommunityLink(**{each: row[each] for each in CommunityLink.__struct_fields__})
