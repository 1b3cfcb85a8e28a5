"""Shows what would leave, exactly as it would: counts, first rows, pictures. Lives on the hub's event loop.

The rows come through the same source as those of a bundle, and are written as its CSV is: the same columns,
in the same order, in the same words. Only the names of picture files are not known before a bundle is made.
Where there are very many, what is withheld is counted over the first of them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import tzinfo
from itertools import islice
from typing import Final

from contract.clock import Clock
from hub.bundle.source import MediaFile, TableSpec, Withheld
from hub.bundle.tables import cells, told_of
from hub.disclosure.bases import LegalBasis, Reveal
from hub.disclosure.reading.bounds import Surroundings
from hub.disclosure.reading.media import MediaDoor
from hub.disclosure.reading.reader import Reader
from hub.disclosure.reading.source import LedgerSource
from hub.disclosure.reading.veil import IN_PICTURES
from hub.disclosure.scope import DataKind, Scope
from hub.disclosure.view import (
    PreviewColumn,
    PreviewPicture,
    PreviewTable,
    PreviewView,
    PreviewWithheld,
    both,
)
from hub.media import MediaStore

ROWS: Final = 20
LOOKED_AT: Final = 20_000
SAMPLES: Final = 24
MOST_KNOWN: Final = 500
MASK: Final = "**"
_FIRST: Final = {"zh-CN": f"（前 {LOOKED_AT} 条中）", "en": f" (of the first {LOOKED_AT})"}


class Preview:
    """Implements `hub.disclosure.previewing.Previewer`."""

    def __init__(
        self,
        reader: Reader,
        media: MediaStore,
        around: Callable[[], Surroundings],
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._reader = reader
        self._media = media
        self._around = around
        self._clock = clock
        self._zone = zone
        self._plain: OrderedDict[tuple[str, str], bool] = OrderedDict()

    async def preview(self, basis: LegalBasis, scope: Scope) -> PreviewView:
        """Show what would leave if it were approved now."""
        shown = await asyncio.to_thread(self._shown, basis, scope, self._around())
        for each in shown.samples:
            self._plain[basis.key, each.of] = not each.masked
        while len(self._plain) > MOST_KNOWN:
            self._plain.popitem(last=False)
        return shown

    async def picture(self, basis: LegalBasis, sha256: str) -> bytes | None:
        """Return a picture as the last preview that had it showed it; if none had, as a bystander's."""
        all_plain = basis.reveals >= {*IN_PICTURES, Reveal.BYSTANDERS}
        plain = self._plain.get((basis.key, sha256), all_plain)
        return await asyncio.to_thread(self._picture, sha256, plain=plain)

    def _picture(self, sha256: str, *, plain: bool) -> bytes | None:
        given = MediaDoor(self._media).given(sha256, plain=plain)
        return next((content for file, content in given if file.suffix == "jpg"), None)

    def _shown(self, basis: LegalBasis, scope: Scope, around: Surroundings) -> PreviewView:
        cut = self._reader.cut(scope, self._clock.now_ms())
        known = self._reader.with_areas(around)
        with self._reader.source(basis, scope, cut, known, thorough=False) as source:
            counts = {DataKind(each.name): source.count(each.name) for each in source.tables()}
            survey = source.survey(LOOKED_AT)
            more = any(number > LOOKED_AT for number in counts.values())
            media = list(survey.media.values())
            return PreviewView(
                counts=counts,
                pictures=sum(each.kind == "picture" for each in media),
                clips=sum(each.kind == "clip" for each in media),
                tables=[_table(source, each, self._zone) for each in source.tables()],
                withheld=[_withheld(each, more=more) for each in survey.tally.withheld()],
                samples=[_sample(each) for each in media if each.kind == "picture"][:SAMPLES],
            )


def _table(source: LedgerSource, spec: TableSpec, zone: tzinfo) -> PreviewTable:
    rows = [cells(spec, row, zone) for row in islice(source.rows(spec.name, None), ROWS)]
    columns = [
        PreviewColumn(key=column.key, zh=column.zh, en=column.en, masked=any(MASK in row[n] for row in rows))
        for n, column in enumerate(told_of(spec))
    ]
    return PreviewTable(kind=DataKind(spec.name), columns=columns, rows=rows)


def _withheld(each: Withheld, *, more: bool) -> PreviewWithheld:
    why = {language: text + _FIRST[language] * more for language, text in each.why.items()}
    return PreviewWithheld(what=each.what, number=each.number, why=both(why))


def _sample(file: MediaFile) -> PreviewPicture:
    return PreviewPicture(of=file.of, masked=file.masked)
