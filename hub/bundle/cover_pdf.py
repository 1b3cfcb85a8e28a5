"""The cover as PDF. The same cover gives the same bytes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Final, cast

from fpdf.enums import MethodReturnValue
from fpdf.fonts import FontFace

from hub.bundle.cover import Both, Cover, Table
from hub.bundle.paper import H1, H2, MARGIN, SMALL, STEP, TEXT, Paper
from hub.monthly.look import HEAD, INK, LINE, QUIET, ROWS

_HIGH: Final = 24.0
_WIDTHS: Final = (50, 110)
_PADDING: Final = 1.2
_LINES: Final = 25
"""In one row: a row of a table must fit on a page, and half of one always does."""


def cover_pdf(cover: Cover, made: datetime) -> bytes:
    """Write the PDF."""
    paper = _Paper(made)
    paper.set_title(cover.title.zh)
    paper.add_page()
    paper.say(cover.site, TEXT, colour=QUIET)
    paper.say(Both(cover.title.zh), H1, "B")
    paper.say(Both(cover.title.en), TEXT, colour=QUIET)
    paper.ln(2)
    paper.lines(cover.lines)
    paper.chart(cover)
    for table in cover.tables:
        paper.ruled(table)
    paper.ln(STEP)
    paper.say(cover.note, SMALL, colour=QUIET)
    return bytes(paper.output())


class _Paper(Paper):
    def __init__(self, made: datetime) -> None:
        super().__init__(made)
        self.set_auto_page_break(True, margin=MARGIN + 4)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-MARGIN)
        self.letters(SMALL, colour=QUIET)
        self.cell(0, STEP, f"{self.page_no()}", align="C")

    def lines(self, lines: Sequence[tuple[Both, Both]]) -> None:
        """Write names and values."""
        self.letters(TEXT)
        self.set_draw_color(LINE)
        label_face = FontFace(color=QUIET)
        with self.table(
            col_widths=_WIDTHS,
            borders_layout="HORIZONTAL_LINES",
            first_row_as_headings=False,
            line_height=STEP,
            padding=(0.5, _PADDING),
            text_align="LEFT",
        ) as table:
            for label, value in lines:
                for name, text in self._rows((label.joined(), value.joined("\n")), _WIDTHS):
                    row = table.row()
                    row.cell(name, style=label_face)
                    row.cell(text)

    def ruled(self, found: Table) -> None:
        """Write a table with its title."""
        self._title(found.title)
        if not found.rows:
            self.say(Both("无", "none"), TEXT, colour=QUIET)
            return
        self.letters(SMALL)
        self.set_draw_color(LINE)
        self.set_fill_color(255)
        with self.table(
            col_widths=tuple(found.widths),
            borders_layout="HORIZONTAL_LINES",
            line_height=STEP - 0.6,
            headings_style=FontFace(emphasis="BOLD", fill_color=HEAD, color=INK),
            padding=(0.4, 1.0),
            text_align="LEFT",
        ) as table:
            for cells in (found.head, *found.rows):
                for texts in self._rows([each.joined() for each in cells], found.widths):
                    row = table.row()
                    for text in texts:
                        row.cell(text)
        if found.note.zh:
            self.say(found.note, SMALL, colour=QUIET)

    def _rows(self, texts: Sequence[str], widths: Sequence[float]) -> Iterator[Sequence[str]]:
        """Yield a row in the letters that there are, as several rows where it does not fit on a page."""
        share = self.epw / sum(widths)
        parts = [
            self._parts(self.set_in(text), wide * share) for text, wide in zip(texts, widths, strict=True)
        ]
        yield from zip_longest(*parts, fillvalue="")

    def _parts(self, text: str, wide: float) -> Sequence[str]:
        """Cut what breaks into more lines than one row has."""
        if len(text) <= _LINES:
            return [text]
        inside = wide - 2 * (_PADDING + self.c_margin)
        measured = self.multi_cell(
            inside, STEP, text, align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        lines = cast("list[str]", measured)
        if len(lines) <= _LINES:
            return [text]
        return ["\n".join(lines[at : at + _LINES]) for at in range(0, len(lines), _LINES)]

    def chart(self, cover: Cover) -> None:
        """Draw how many rows there are of each part of the time."""
        most = max(cover.bars, default=0)
        if not most:
            return
        self._title(Both("数据在时间上的分布", "Rows over time"))
        self._room(_HIGH + STEP * 2)
        top, width = self.get_y() + 1, self.epw / len(cover.bars)
        self.set_fill_color(ROWS[0])
        for place, number in enumerate(cover.bars):
            high = number * _HIGH / most
            self.rect(MARGIN + place * width + 0.3, top + _HIGH - high, width - 0.6, high, style="F")
        self.set_y(top + _HIGH + 0.5)
        self.letters(SMALL, colour=QUIET)
        third = self.epw / 3
        said = f"最多一段 {most:,} 行 · at most {most:,} rows"
        for text, align in ((cover.span[0], "L"), (said, "C"), (cover.span[1], "R")):
            self.cell(third, STEP, self.set_in(text), align=align)
        self.ln(STEP)

    def _title(self, text: Both) -> None:
        self._room(26)
        self.ln(STEP)
        self.say(text, H2, "B")
        self.set_draw_color(INK)
        self.line(MARGIN, self.get_y(), MARGIN + self.epw, self.get_y())
        self.ln(1)

    def _room(self, high: float) -> None:
        if self.will_page_break(high):
            self.add_page()
