"""Puts the parts of the police desk together, for the hub and for its API."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from contract.clock import Clock
from contract.things import Words
from hub.alarms.alarm import Actor
from hub.bundle.times import moment
from hub.disclosure.bases import in_force
from hub.disclosure.book import Book
from hub.disclosure.desk import DISCARDED, DisclosureDesk
from hub.disclosure.moves import Terms
from hub.disclosure.previewing import Previewer, Signer
from hub.disclosure.record import Record, record_of
from hub.disclosure.refusals import NotThere
from hub.disclosure.request import Disclosure
from hub.disclosure.scope import Scope
from hub.disclosure.settings import DisclosureSettings
from hub.disclosure.sheet import register_sheet
from hub.disclosure.store import DisclosureStore, Wanted
from hub.disclosure.view import (
    BasisList,
    ExportDetail,
    ExportPage,
    ExportView,
    PreviewView,
    basis_view,
    export_detail,
    export_view,
)
from hub.ledger.transactions import Transactions

logger = logging.getLogger(__name__)

LOOK_S: Final = 60.0
"""How often it is looked whose time is over."""

PREVIEWED: Final = "previewed"
EXPORTED: Final = "register-exported"


class DisclosureSite(Struct, frozen=True, kw_only=True):
    """What is known of the site. `folder`: where bundles lie, each disclosure's in one of its own."""

    tenant: str
    title: Words
    zone: ZoneInfo
    folder: Path
    settings: DisclosureSettings


class Disclosures:
    """Everything of disclosures of one tenant. Lives on the hub's event loop.

    `previewer` and `signer` are given by who reads the data and who signs bundles.
    """

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        site: DisclosureSite,
        *,
        previewer: Previewer | None = None,
        signer: Signer | None = None,
    ) -> None:
        settings = site.settings
        self.previewer = previewer
        self.signer = signer
        self._ledger = ledger
        self._site = site
        book = Book(DisclosureStore(site.tenant), clock, site.zone, settings.decide_days)
        terms = Terms(in_force(settings.bases), settings.decide_days, settings.keep_days)
        self.desk = DisclosureDesk(ledger, book, terms)

    async def run(self) -> None:
        """End what nobody decides, makes or fetches in time, until cancelled."""
        while True:
            try:
                await self.desk.lapse()
            except Exception:  # a full disk, a fault of ours: the hub goes on, it is tried again
                logger.exception("disclosures whose time is over are left as they are; it is tried again")
            await asyncio.sleep(LOOK_S)

    def folder_of(self, disclosure: Disclosure) -> Path:
        """Return where the files of a disclosure's bundle lie."""
        return self._site.folder / disclosure.id

    def bases(self) -> BasisList:
        """Show the legal bases that the site knows."""
        return BasisList(bases=[basis_view(each) for each in self.desk.terms.bases.values()])

    def view(self, disclosure: Disclosure) -> ExportView:
        """Show a disclosure."""
        return export_view(disclosure, self.desk.progress(disclosure.id))

    async def detail(self, ident: str) -> ExportDetail:
        """Show a disclosure with its way. Unknown."""
        found = await self.desk.get(ident)
        return export_detail(found, self.desk.progress(ident), await self.desk.way(ident))

    async def page(self, wanted: Wanted) -> ExportPage:
        """List disclosures, the newest first."""
        found = await self.desk.find(wanted)
        more = len(found) == wanted.limit
        return ExportPage(
            exports=[self.view(each) for each in found], next=found[-1].number if more else None
        )

    async def sheet(self, wanted: Wanted, by: Actor, about: str, filters: Mapping[str, Any]) -> str:
        """Write the register for a spreadsheet; who takes it away is in the audit first."""
        found = await self.desk.find(wanted)
        details: dict[str, Any] = {"rows": len(found), "asked": dict(filters)}
        await self._ledger.write(lambda c: self.desk.book.audit(c, by, EXPORTED, about, "", details))
        return await asyncio.to_thread(register_sheet, found, self._site.zone)

    async def preview(self, basis: str, scope: Scope, by: Actor) -> PreviewView:
        """Show what would leave; that somebody looks is in the audit first. DisclosureRefused, Unknown."""
        await self.desk.check(basis, scope, by)
        terms, previewer = self.desk.basis(basis), self._previewer()
        await self._ledger.write(lambda c: self.desk.book.looked(c, by, PREVIEWED, basis, scope))
        return await previewer.preview(terms, scope)

    async def picture(self, basis: str, sha256: str) -> bytes | None:
        """Return a picture as it would leave; None if there is no such picture. Unknown."""
        return await self._previewer().picture(self.desk.basis(basis), sha256)

    async def file(self, ident: str, suffix: str, by: Actor) -> Path:
        """Return a file of a bundle; that somebody fetches it is on record first. NotThere, Unknown.

        `suffix` empty: the bundle itself; else what lies beside the ZIP, such as `.sha256`.
        """
        found = await self.desk.get(ident)
        if found.made is None:
            raise NotThere("its bundle is not made yet")
        name = f"{found.number}.zip{suffix}" if suffix else found.made.name
        path = self.folder_of(found) / name
        if not await asyncio.to_thread(path.is_file):
            raise NotThere("there is no such file any more")
        await self.desk.taken(ident, by, name)
        return path

    async def record(self, ident: str) -> tuple[str, bytes]:
        """Return a disclosure's number and the hand-over record of its bundle, a PDF; its files may be gone.

        NotThere: the bundle is not made yet, or will not be handed over any more. Unknown.
        """
        found = await self.desk.get(ident)
        if found.made is None or found.state in DISCARDED:
            raise NotThere("its bundle is not made yet, or was withdrawn or has expired")
        record = record_of(found, found.made, self._site.title, self._site.zone)
        said_ms = found.handed_ms or found.made.made_ms
        return found.number, await asyncio.to_thread(_pdf, record, moment(said_ms))

    def _previewer(self) -> Previewer:
        if self.previewer is None:
            raise NotThere("this hub cannot show what would leave", code="no-preview")
        return self.previewer


def _pdf(record: Record, made: datetime) -> bytes:
    from hub.disclosure.record_pdf import record_pdf  # noqa: PLC0415 - its library takes seconds to load, and many hubs never need it

    return record_pdf(record, made)
