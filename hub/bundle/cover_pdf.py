"""The cover as PDF, A4, with the letters that it needs inside. The same cover gives the same bytes.

A character that the letters lack is shown as 〓, as in the monthly report, whose letters these are.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import as_file, files
from typing import Final

from fpdf import FPDF
from fpdf.fonts import FontFace, TTFFont

from hub.bundle.cover import Both, Cover, Table
from hub.monthly.look import HEAD, INK, LINE, QUIET, ROWS

_FAMILY: Final = "cover"
_FONTS: Final = {"": "report-regular.otf", "B": "report-bold.otf"}
_LACKING: Final = "〓"
_MARGIN: Final = 14.0
_STEP: Final = 5.0
_HIGH: Final = 24.0
_TEXT, _SMALL, _H1, _H2 = 9.0, 7.5, 19.0, 12.0
_MM_PER_POINT: Final = 25.4 / 72


def cover_pdf(cover: Cover, made: datetime) -> bytes:
    """Write the PDF."""
    paper = _Paper(made)
    paper.set_title(cover.title.zh)
    paper.add_page()
    paper.say(cover.site, _TEXT, colour=QUIET)
    paper.say(Both(cover.title.zh), _H1, "B")
    paper.say(Both(cover.title.en), _TEXT, colour=QUIET)
    paper.ln(2)
    paper.lines(cover.lines)
    paper.chart(cover)
    for table in cover.tables:
        paper.ruled(table)
    paper.ln(_STEP)
    paper.say(cover.note, _SMALL, colour=QUIET)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, made: datetime) -> None:
        super().__init__(format="A4")
        for style, name in _FONTS.items():
            with as_file(files("hub.monthly") / "fonts" / name) as path:
                self.add_font(_FAMILY, style, path)
        font = self.fonts[_FAMILY]
        self.known = frozenset(font.ttfont.getBestCmap() if isinstance(font, TTFFont) else ())
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 4)
        self.set_lang("zh-CN")
        self.set_creation_date(made)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-_MARGIN)
        self._letters(_SMALL, colour=QUIET)
        self.cell(0, _STEP, f"{self.page_no()}", align="C")

    def say(self, text: Both, size: float, style: str = "", colour: str = INK) -> None:
        """Write a text on lines of its own."""
        self._letters(size, style, colour)
        high = max(_STEP, size * _MM_PER_POINT * 1.45)
        self.multi_cell(0, high, self._set(_joined(text)), align="L", new_x="LMARGIN", new_y="NEXT")

    def lines(self, lines: Sequence[tuple[Both, Both]]) -> None:
        """Write names and values."""
        self._letters(_TEXT)
        self.set_draw_color(LINE)
        label_face = FontFace(color=QUIET)
        with self.table(
            col_widths=(50, 110),
            borders_layout="HORIZONTAL_LINES",
            first_row_as_headings=False,
            line_height=_STEP,
            padding=(0.5, 1.2),
            text_align="LEFT",
        ) as table:
            for label, value in lines:
                row = table.row()
                row.cell(self._set(_joined(label)), style=label_face)
                row.cell(self._set(_joined(value, "\n")))

    def ruled(self, found: Table) -> None:
        """Write a table with its title."""
        self._title(found.title)
        if not found.rows:
            self.say(Both("无", "none"), _TEXT, colour=QUIET)
            return
        self._letters(_SMALL)
        self.set_draw_color(LINE)
        self.set_fill_color(255)
        with self.table(
            col_widths=tuple(found.widths),
            borders_layout="HORIZONTAL_LINES",
            line_height=_STEP - 0.6,
            headings_style=FontFace(emphasis="BOLD", fill_color=HEAD, color=INK),
            padding=(0.4, 1.0),
            text_align="LEFT",
        ) as table:
            for cells in (found.head, *found.rows):
                row = table.row()
                for each in cells:
                    row.cell(self._set(_joined(each)))
        if found.note.zh:
            self.say(found.note, _SMALL, colour=QUIET)

    def chart(self, cover: Cover) -> None:
        """Draw how many rows there are of each part of the time."""
        most = max(cover.bars, default=0)
        if not most:
            return
        self._title(Both("数据在时间上的分布", "Rows over time"))
        self._room(_HIGH + _STEP * 2)
        top, width = self.get_y() + 1, self.epw / len(cover.bars)
        self.set_fill_color(ROWS[0])
        for place, number in enumerate(cover.bars):
            high = number * _HIGH / most
            self.rect(_MARGIN + place * width + 0.3, top + _HIGH - high, width - 0.6, high, style="F")
        self.set_y(top + _HIGH + 0.5)
        self._letters(_SMALL, colour=QUIET)
        third = self.epw / 3
        said = f"最多一段 {most:,} 行 · at most {most:,} rows"
        for text, align in ((cover.span[0], "L"), (said, "C"), (cover.span[1], "R")):
            self.cell(third, _STEP, self._set(text), align=align)
        self.ln(_STEP)

    def _title(self, text: Both) -> None:
        self._room(26)
        self.ln(_STEP)
        self.say(text, _H2, "B")
        self.set_draw_color(INK)
        self.line(_MARGIN, self.get_y(), _MARGIN + self.epw, self.get_y())
        self.ln(1)

    def _room(self, high: float) -> None:
        if self.will_page_break(high):
            self.add_page()

    def _letters(self, size: float, style: str = "", colour: str = INK) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(colour)

    def _set(self, text: str) -> str:
        """Return a text in the letters that there are."""
        return "".join(each if each == "\n" or ord(each) in self.known else _LACKING for each in text)


def _joined(text: Both, between: str = "  ") -> str:
    return f"{text.zh}{between}{text.en}" if text.en else text.zh
