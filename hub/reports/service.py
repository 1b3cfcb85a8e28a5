"""Makes reports for the API."""

from collections.abc import Callable, Iterable

from contract.errors import InvalidMessage
from hub.alarms.definition import Definition
from hub.ledger.transactions import Transactions
from hub.posts.post import Post
from hub.reports.load import Load, load
from hub.reports.queries import ReportQueries
from hub.reports.tender import TenderRow, tender
from hub.selfwatch.clocks import Offset


class Reports:
    """One tenant's reports. `offset` says how wrong the clock is, as well as is known."""

    def __init__(
        self,
        ledger: Transactions,
        tenant: str,
        definitions: Iterable[Definition] = (),
        posts: Iterable[Post] = (),
        offset: Callable[[], Offset | None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        delayed = frozenset(each.key for each in definitions if each.on_delay_s > 0)
        self._queries = ReportQueries(tenant, delayed)
        self._posts = {post.id: post for post in posts}
        self._offset = offset

    async def load(self, start_ms: int, end_ms: int, post: str | None = None) -> Load:
        """Measure the alarm load of a stretch, everywhere or at one post; InvalidMessage: no such post."""
        areas = self._areas(post)
        cases = await self._ledger.read(
            lambda connection: self._queries.cases(connection, start_ms, end_ms, areas)
        )
        occurrences = await self._ledger.read(
            lambda connection: self._queries.occurrences(connection, start_ms, end_ms)
        )
        return load(cases, occurrences, start_ms, end_ms)

    async def tender(self, start_ms: int, end_ms: int) -> list[TenderRow]:
        """Compare what the site shows in a stretch with what tenders ask for."""
        offset = self._offset()
        clock = None if offset is None else (offset.seconds, offset.source)
        found = await self._ledger.read(
            lambda connection: self._queries.evidence(connection, start_ms, end_ms, clock)
        )
        return tender(found)

    def _areas(self, post: str | None) -> frozenset[str] | None:
        if post is None:
            return None
        if post not in self._posts:
            known = ", ".join(self._posts) or "none"
            raise InvalidMessage(f"there is no post {post!r}; there are: {known}", code="unknown-post")
        return frozenset(self._posts[post].areas) or None
