"""The monthly report as PDF, A4, with the letters that it needs inside: it looks the same on every machine.

The letters are a subset of Noto Sans CJK SC (`fonts/README.md`); fpdf2 embeds of them what a report uses. A
character that they lack is shown as 〓, and the end of the report says how many there are.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from importlib.resources import as_file, files
from typing import Final
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.fonts import FontFace, TTFFont
from fpdf.table import Table

from hub.monthly.chart import HEIGHT, LETTER, WIDTH, draw
from hub.monthly.look import BAD, GOOD, HEAD, INK, LINE, QUIET, ROWS, tone
from hub.monthly.view import MonthBars, MonthFigure, MonthlyReport, MonthPart, MonthTable, Words
from hub.monthly.wording import (
    Language,
    amount,
    cell,
    change,
    moment,
    month_title,
    notices,
    summary_of,
    text_of,
    word,
)

FAMILY: Final = "report"
FONTS: Final = {"": "report-regular.otf", "B": "report-bold.otf"}
LACKING: Final = "〓"
"""A geta: what Chinese printers set where they have no type (GB/T 2312, row 1)."""

MARGIN: Final = 14.0
"""Millimetres, as all measures here but those of letters, which are points."""

_TEXT, _SMALL, _H1, _H2, _H3, _SHORT = 9.5, 8.0, 19.0, 13.0, 10.5, 14.0
_LINE: Final = 5.2
_SHORT_COLUMNS: Final = 4
_SHORT_HIGH: Final = 17.0
_GAP: Final = 2.0
_MM_PER_POINT: Final = 25.4 / 72
_TONES: Final = {"good": GOOD, "bad": BAD, None: INK}


def monthly_pdf(report: MonthlyReport, language: Language, made_by: str) -> bytes:
    """Write the PDF."""
    paper = _Paper(report, language)
    paper.write(made_by)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, report: MonthlyReport, language: Language) -> None:
        super().__init__(format="A4")
        self.report = report
        self.language: Language = language
        self.zone = ZoneInfo(report.timezone)
        self.lacking = 0
        for style, name in FONTS.items():
            with as_file(files("hub.monthly") / "fonts" / name) as path:
                self.add_font(FAMILY, style, path)
        font = self.fonts[FAMILY]
        self.known = frozenset(font.ttfont.getBestCmap() if isinstance(font, TTFFont) else ())
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.set_lang(language)
        self.set_creation_date(datetime.fromisoformat(report.as_of))

    def write(self, made_by: str) -> None:  # type: ignore[override]  # FPDF's own writes text; this writes all
        name = month_title(self.report.month, self.language)
        self.set_title(f"{name} {text_of(self.report.site, self.language)}")
        self.add_page()
        self._head(name)
        for part in self.report.parts:
            self._part(part)
        self.ln(_LINE)
        self._say(word("key", self.language), _SMALL, colour=QUIET)
        made = (
            f"{word('made', self.language)} {moment(self.report.as_of, self.zone)} ({self.report.timezone})"
        )
        self._say(f"{made} · {made_by}", _SMALL, colour=QUIET)
        if self.lacking:
            self._say(word("missing", self.language, count=self.lacking), _SMALL, colour=BAD)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-MARGIN)
        self._letters(_SMALL, colour=QUIET)
        self.cell(0, _LINE, word("page", self.language, page=self.page_no()), align="C")

    def _head(self, name: str) -> None:
        report = self.report
        self._say(self._text(report.site), _TEXT, colour=QUIET)
        self._say(f"{word('report', self.language)} · {name}", _H1, "B")
        self._say(self._span("span", (report.start, report.end)), _TEXT, colour=QUIET)
        if report.compared is not None:
            self._say(self._span("against", report.compared), _TEXT, colour=QUIET)
        for each in notices(report, self.zone, self.language):
            self._say(each, _TEXT, "B", colour=BAD)
        self.ln(_GAP)
        self._short(summary_of(report))

    def _span(self, key: str, span: tuple[str, str]) -> str:
        return f"{word(key, self.language)} {moment(span[0], self.zone)} – {moment(span[1], self.zone)}"

    def _short(self, figures: Sequence[MonthFigure]) -> None:
        width = (self.epw - _GAP * (_SHORT_COLUMNS - 1)) / _SHORT_COLUMNS
        top = self.get_y()
        for index, figure in enumerate(figures):
            row, column = divmod(index, _SHORT_COLUMNS)
            self._box(MARGIN + column * (width + _GAP), top + row * (_SHORT_HIGH + _GAP), width, figure)
        rows = -(-len(figures) // _SHORT_COLUMNS)
        self.set_xy(MARGIN, top + rows * (_SHORT_HIGH + _GAP))

    def _box(self, x: float, y: float, width: float, figure: MonthFigure) -> None:
        self.set_draw_color(LINE)
        self.rect(x, y, width, _SHORT_HIGH)
        lines = (
            (self._text(figure.title), _SMALL, "", QUIET, 1.0),
            (amount(figure.value, figure.unit, self.language), _SHORT, "B", INK, 5.5),
            (change(figure, self.language), _SMALL, "", self._tone(figure), 11.5),
        )
        for text, size, style, colour, down in lines:
            self._letters(size, style, colour)
            self.set_xy(x + 1, y + down)
            self.cell(width - 2, _LINE, self._set(text))

    def _part(self, part: MonthPart) -> None:
        self._room(40)
        self.ln(_LINE)
        self._say(self._text(part.title), _H2, "B")
        self.set_draw_color(INK)
        self.line(MARGIN, self.get_y(), MARGIN + self.epw, self.get_y())
        self.ln(1)
        self._figures(part.figures)
        for chart in part.bars:
            self._chart(chart)
        for table in part.tables:
            self._table(table)
        self.ln(1)
        for each in part.unknown:
            self._say(f"· {self._text(each)}", _SMALL, colour=QUIET)

    def _figures(self, figures: Sequence[MonthFigure]) -> None:
        with self._ruled((46, 17, 17, 20), (False, True, True, True)) as table:
            self._headed(
                table, [word(name, self.language) for name in ("figure", "value", "before", "change")]
            )
            for figure in figures:
                note = f"\n{self._text(figure.note)}" if figure.note else ""
                row = table.row()
                row.cell(self._set(self._text(figure.title) + note))
                for value in (figure.value, figure.before):
                    row.cell(amount(value, figure.unit, self.language))
                row.cell(self._set(change(figure, self.language)), style=FontFace(color=self._tone(figure)))

    def _table(self, found: MonthTable) -> None:
        self._room(24)
        self.ln(_GAP)
        self._say(self._text(found.title), _H3, "B")
        if not found.rows:
            self._say(word("nothing", self.language), _TEXT)
            return
        numbers = [column.unit is not None for column in found.columns]
        with self._ruled([18 if number else 40 for number in numbers], numbers) as table:
            self._headed(table, [self._text(column.title) for column in found.columns])
            for cells in found.rows:
                row = table.row()
                for column, value in zip(found.columns, cells, strict=True):
                    row.cell(self._set(cell(value, column.unit, self.language)))

    def _chart(self, chart: MonthBars) -> None:
        scale = self.epw / WIDTH
        self._room(HEIGHT * scale + 14)
        self.ln(_GAP)
        self._caption(chart)
        left, top = MARGIN, self.get_y()
        drawing = draw(chart, lambda value: amount(value, chart.unit, self.language))
        self.set_draw_color(LINE)
        for line in drawing.lines:
            y = top + line.y * scale
            self.line(left + line.x * scale, y, left + (line.x + line.width) * scale, y)
        for bar in drawing.bars:
            self.set_fill_color(ROWS[bar.row])
            sides = (bar.x * scale + left, bar.y * scale + top, bar.width * scale, bar.height * scale)
            self.rect(*sides, style="F")
        self._letters(LETTER * scale / _MM_PER_POINT, colour=QUIET)
        for letters in drawing.letters:
            text = self._set(letters.text)
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[letters.anchor] * self.get_string_width(text)
            self.text(left + letters.x * scale - back, top + letters.y * scale, text)
        self.set_xy(MARGIN, top + HEIGHT * scale)

    def _caption(self, chart: MonthBars) -> None:
        self._letters(_H3, "B")
        title = self._text(chart.title)
        self.cell(self.get_string_width(title) + 4, _LINE, self._set(title))
        self._letters(_SMALL)
        for index, series in enumerate(chart.series if len(chart.series) > 1 else ()):
            self.set_fill_color(ROWS[index])
            self.rect(self.get_x(), self.get_y() + 1.4, 2.4, 2.4, style="F")
            self.set_x(self.get_x() + 3)
            name = self._set(self._text(series.title))
            self.cell(self.get_string_width(name) + 4, _LINE, name)
        self.ln(_LINE + 1)

    def _ruled(self, widths: Sequence[int], numbers: Sequence[bool]) -> AbstractContextManager[Table]:
        """Begin a table whose columns of numbers end at their right."""
        self._letters(_TEXT)
        self.set_draw_color(LINE)
        self.set_fill_color(255)
        return self.table(
            col_widths=tuple(widths),
            text_align=tuple("RIGHT" if number else "LEFT" for number in numbers),
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", fill_color=HEAD, color=INK),
            line_height=_LINE,
            padding=(0.5, 1.2),
        )

    def _headed(self, table: Table, titles: Sequence[str]) -> None:
        row = table.row()
        for title in titles:
            row.cell(self._set(title))

    def _say(self, text: str, size: float, style: str = "", colour: str = INK) -> None:
        self._letters(size, style, colour)
        high = max(_LINE, size * _MM_PER_POINT * 1.45)
        self.multi_cell(0, high, self._set(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _letters(self, size: float, style: str = "", colour: str = INK) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(colour)

    def _set(self, text: str) -> str:
        """Return a text in the letters that there are."""
        lacking = sum(ord(each) not in self.known and each != "\n" for each in text)
        if not lacking:
            return text
        self.lacking += lacking
        return "".join(each if ord(each) in self.known or each == "\n" else LACKING for each in text)

    def _room(self, high: float) -> None:
        """Begin a page if so much does not fit on this one."""
        if self.will_page_break(high):
            self.add_page()

    def _text(self, words: Words) -> str:
        return text_of(words, self.language)

    def _tone(self, figure: MonthFigure) -> str:
        return _TONES[tone(figure.better, figure.value, figure.before)]
