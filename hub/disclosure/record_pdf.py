"""The hand-over record as PDF: one page, whatever stands on it. The same record gives the same bytes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from hub.bundle.cover import Both, groups
from hub.bundle.paper import H1, MARGIN, SMALL, STEP, TEXT, Paper
from hub.disclosure.record import Line, Record
from hub.monthly.look import HEAD, LINE, QUIET

_STEP: Final = 4.3
_LEAST, _MOST = 0.9, 3.6
"""Between two rows."""

_LABEL: Final = 44.0
_SUM: Final = 11.0
_GAP: Final = 1.6
_DIGEST: Final = 2 * _STEP + 2 + _GAP
_SIGNED: Final = 41.0
"""How high the boxes are in which people sign, at the bottom of the page."""

_SIGNS: Final = (
    (Both("移交人", "Handed over by"), Both("工号", "Staff No.")),
    (Both("接收人", "Received by"), Both("警号", "Police No.")),
)


def record_pdf(record: Record, made: datetime) -> bytes:
    """Write the PDF; `made`: the time that the file says."""
    paper = _Paper(made)
    paper.set_title(record.title.zh)
    paper.add_page()
    paper.heading(record.site)
    paper.say(Both(record.title.zh), H1, "B")
    paper.say(Both(record.title.en), TEXT, colour=QUIET)
    paper.ln(1.5)
    paper.rows(record)
    for name, digest in record.sums:
        paper.digest(name, digest)
    paper.check(record)
    paper.signatures(record)
    return bytes(paper.output())


class _Paper(Paper):
    def __init__(self, made: datetime) -> None:
        super().__init__(made)
        self.set_auto_page_break(False)
        self.set_top_margin(MARGIN - 3)
        self._boxes = self.h - MARGIN + 3 - _SIGNED - 2 * _STEP
        self.set_draw_color(LINE)

    def heading(self, site: Both) -> None:
        """Write whose paper it is, on one line."""
        self.letters(TEXT, colour=QUIET)
        self.cell(0, STEP, self._one_line(site.joined()), new_x="LMARGIN", new_y="NEXT")

    def rows(self, record: Record) -> None:
        """Write names and what is said of each, as far apart as the page allows."""
        self.letters(TEXT)
        said = [self._fitting(line) for line in record.lines]
        below = len(record.sums) * _DIGEST + (len(record.commands) + 2) * _STEP + _GAP
        room = self._boxes - self.get_y() - below - sum(map(len, said)) * _STEP
        apart = min(max(room / len(said), _LEAST), _MOST)
        for line, texts in zip(record.lines, said, strict=True):
            self._row(line.label, texts, apart)

    def _row(self, label: Both, texts: Sequence[str], apart: float) -> None:
        self.set_xy(MARGIN, self.get_y() + apart / 2)
        self.letters(TEXT, colour=QUIET)
        self.cell(_LABEL, _STEP, self.set_in(label.joined()))
        self.letters(TEXT)
        for text in texts:
            self.set_x(MARGIN + _LABEL)
            self.cell(self.epw - _LABEL, _STEP, text, new_x="LMARGIN", new_y="NEXT")
        bottom = self.get_y() + apart / 2
        self.line(MARGIN, bottom, MARGIN + self.epw, bottom)
        self.set_y(bottom)

    def digest(self, name: Both, digest: str) -> None:
        """Write a digest, its groups side by side on a ground of their own."""
        self.ln(_GAP)
        self.letters(SMALL, colour=QUIET)
        self.cell(0, _STEP, self._one_line(name.joined()), new_x="LMARGIN", new_y="NEXT")
        self.letters(_SUM, "B")
        self.set_fill_color(HEAD)
        each = groups(digest)
        for group in each:
            self.cell(self.epw / len(each), _STEP + 2, group, align="C", fill=True)
        self.ln(_STEP + 2)

    def check(self, record: Record) -> None:
        """Say how to compare the digests."""
        self.ln(_GAP)
        for whose, command in record.commands:
            self.letters(SMALL, colour=QUIET)
            self.cell(_LABEL, _STEP - 0.3, whose)
            self.letters(TEXT)
            self.cell(0, _STEP - 0.3, self._one_line(command), new_x="LMARGIN", new_y="NEXT")
        self._small(record.advice)

    def signatures(self, record: Record) -> None:
        """Draw where people sign, and where the seal goes."""
        top, wide = self._boxes, self.epw / (len(_SIGNS) + 1)
        for place, (who, number) in enumerate(_SIGNS):
            self._box(who, MARGIN + place * wide, top, wide)
            names = (Both("姓名", "Name"), number, Both("签名", "Signature"), Both("日期", "Date"))
            for row, name in enumerate(names):
                self._to_fill_in(name, MARGIN + place * wide, top + 8 + row * 8, wide)
        self._box(record.seal, MARGIN + len(_SIGNS) * wide, top, wide)
        self.set_xy(MARGIN, top + _SIGNED + 1)
        self._small(record.note)

    def _box(self, title: Both, left: float, top: float, wide: float) -> None:
        self.rect(left, top, wide, _SIGNED)
        self.set_xy(left + 1, top + 1)
        self.letters(TEXT, "B")
        self.cell(wide - 2, _STEP, self.set_in(title.joined()))

    def _to_fill_in(self, name: Both, left: float, top: float, wide: float) -> None:
        self.set_xy(left + 1, top)
        self.letters(SMALL, colour=QUIET)
        self.cell(wide - 2, _STEP, self.set_in(name.joined()))
        self.line(left + 25, top + _STEP, left + wide - 3, top + _STEP)

    def _small(self, text: Both) -> None:
        """Write a text, each language on a line of its own."""
        self.letters(SMALL, colour=QUIET)
        for each in text:
            self.cell(0, _STEP - 0.6, self.set_in(each), new_x="LMARGIN", new_y="NEXT")

    def _fitting(self, line: Line) -> list[str]:
        """Return the lines of as many items as there is room for, and of how many more there are."""
        for shown in range(len(line.items), 0, -1):
            left = len(line.items) - shown
            more = f"{line.between}另有 {left} {line.counted} and {left} more" if left else ""
            lines = self._lines(line.between.join(line.items[:shown]) + more)
            if len(lines) <= line.most:
                return lines
        kept = self._lines(line.items[0])[: line.most]
        return [*kept[:-1], self._one_line(kept[-1] + "……", self.epw - _LABEL)]

    def _lines(self, text: str) -> list[str]:
        wide = self.epw - _LABEL
        found = self.multi_cell(wide, _STEP, self.set_in(text), dry_run=True, output="LINES", align="L")
        return cast("list[str]", found)

    def _one_line(self, text: str, wide: float | None = None) -> str:
        """Return what fits into one line."""
        room, shown = (wide or self.epw) - 2 * self.c_margin, self.set_in(text)
        while self.get_string_width(shown) > room:
            shown = shown.rstrip("…")[:-1] + "…"
        return shown
