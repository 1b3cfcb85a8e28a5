"""The register in the ledger, for the commands that change it beside a running hub.

What they change is in the audit; the hub pushes it to gates and doors within seconds.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from contract.clock import SystemClock
from contract.errors import ConfigurationError
from hemei.command_line import CLI
from hemei.settings import ledger_url
from hemei.site import Site
from hub.ledger.engine import open_ledger
from hub.ledger.transactions import Transactions
from hub.register.importing.export import exported
from hub.register.importing.view import ImportRow, ImportView, ImportWhat
from hub.register.service import Register, RegisterSite
from hub.register.view import LevelView
from hub.register.visit_view import NewLink

PIECE: Final = 64 * 1024
ROWS_SHOWN: Final = 20


@asynccontextmanager
async def register_of(site: Site) -> AsyncIterator[Register]:
    """Open the register of the site's ledger."""
    table = site.tables.site
    engine = open_ledger(ledger_url(site))
    try:
        with ThreadPoolExecutor(1) as thread:
            known = RegisterSite(
                id=table.id,
                tenant=table.tenant,
                title=table.title,
                zone=ZoneInfo(table.timezone),
                settings=site.tables.register,
            )
            register = Register(Transactions(engine, thread), SystemClock(), known, lambda: None)
            await register.begin()
            yield register
    finally:
        engine.dispose()


async def previewed(register: Register, what: ImportWhat, file: Path) -> ImportView:
    """Read a table and see what it would do; ConfigurationError if it cannot be read."""
    content = await asyncio.to_thread(_content, file)
    made = await register.imports.upload(_pieces(content), what, file.name, CLI)
    await register.imports.work()
    preview = await register.imports.get(made.id)
    if preview.problem is not None:
        text = preview.problem.text
        raise ConfigurationError(f"{file}: {text['zh-CN']} · {text['en']}")
    return preview


async def bad_rows(register: Register, preview: ImportView) -> list[ImportRow]:
    """Return the first rows that would be left out."""
    return list((await register.imports.rows(preview.id, "bad", 0, ROWS_SHOWN)).rows)


async def confirmed(register: Register, preview: ImportView) -> ImportView:
    """Do what was previewed. RegisterChanged."""
    await register.imports.apply(preview.id, preview.plan or "", CLI)
    await register.imports.work()
    return await register.imports.get(preview.id)


async def forgotten(register: Register, preview: ImportView) -> None:
    """Forget a preview."""
    await register.imports.cancel(preview.id, CLI)


async def levels(register: Register) -> list[LevelView]:
    """Return the access levels."""
    return list((await register.levels.all()).levels)


async def link(register: Register, room: str) -> NewLink:
    """Give the household of a room another visitor link; ConfigurationError if there is none so called."""
    found = [each for each in (await register.households.rooms(room)).rooms if each.room == room]
    if not found:
        raise ConfigurationError(f"{room!r}: there is no such room; allowed: such as 3-2-501")
    return await register.households.new_link(found[0].household, CLI)


async def export(register: Register, what: ImportWhat) -> str:
    """Return everybody, or everything, as CSV in the columns of an import."""
    return await register.imports.export(exported, what, "zh-CN", CLI)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as wrong:
        raise ConfigurationError(f"{file}: {wrong.strerror}") from wrong


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]
