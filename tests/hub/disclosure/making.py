"""A desk and a maker of bundles on a yard, as a hub has them; each bundle is made by a real process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from contract.clock import from_epoch_ms
from hub.disclosure.making.worker import Maker
from hub.disclosure.moves import Press
from hub.disclosure.request import Disclosure, Progress
from hub.disclosure.service import Disclosures, DisclosureSite
from hub.disclosure.states import Step
from tests.hub.disclosure.made import CHEN, ZHAO, draft
from tests.hub.disclosure.yard import DECIDED_MS, NOTHING, SCOPE, TENANT, Yard


class Works:
    """`command` in place of `hemei export` may hold it within bounds."""

    def __init__(self, yard: Yard, command: tuple[str, ...] | None = None) -> None:
        self.yard = yard
        yard.clock.set_wall(from_epoch_ms(DECIDED_MS))
        settings = yard.settings
        site = DisclosureSite(
            tenant=TENANT,
            title=settings.title,
            zone=ZoneInfo("Asia/Shanghai"),
            folder=settings.disclosures_dir,
            settings=settings.disclosure,
        )
        self.desk = Disclosures(yard.ledger, yard.clock, site).desk
        if command is not None:
            settings = replace(settings, export_command=command)
        self.maker = Maker(self.desk, yard.ledger, settings, yard.clock, lambda: NOTHING)
        self.on_progress: Callable[[Progress], None] = lambda _progress: None
        kept = self.desk.progressed

        def progressed(ident: str, progress: Progress) -> None:
            kept(ident, progress)
            self.on_progress(progress)

        self.desk.progressed = progressed  # type: ignore[method-assign]  # a test looks on

    async def released(self, **fields: Any) -> Disclosure:
        """Have something released."""
        asked = await self.desk.request(draft(**{"scope": SCOPE} | fields), ZHAO)
        return await self.press(asked, Step.APPROVE)

    async def press(self, found: Disclosure, step: Step, **fields: Any) -> Disclosure:
        """Press on what was seen."""
        by = CHEN if step is Step.APPROVE else ZHAO
        press = Press(step=step, **fields)
        return await self.desk.press(found.id, found.version, press, by, releases=by is CHEN)

    def folder(self, found: Disclosure) -> Path:
        """Return where its bundle is made."""
        return self.yard.settings.disclosures_dir / found.id
