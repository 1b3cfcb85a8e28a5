"""The monthly report as one HTML page to read and to print: no script, nothing from elsewhere. Pure.

The page is built as a tree of elements, so that whatever stands in a text stays text.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from hub.monthly.chart import HEIGHT, LETTER, WIDTH, draw
from hub.monthly.look import BAD, GOOD, HEAD, INK, LINE, QUIET, ROWS, tone
from hub.monthly.view import MonthBars, MonthFigure, MonthlyReport, MonthPart, MonthTable
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

STYLE: Final = f"""
:root {{ color-scheme: light; }}
@page {{ size: A4; margin: 14mm 14mm 16mm; }}
body {{ margin: 2rem auto; max-width: 54rem; padding: 0 1rem; color: {INK}; background: #fff;
  font: 10.5pt/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }}
header p {{ margin: 0; color: {QUIET}; }} h1 {{ font-size: 1.7rem; line-height: 1.25; margin: 0 0 .35rem; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 2px solid {INK}; }}
h3 {{ font-size: 1rem; margin: 1.1rem 0 .3rem; }} h2, h3 {{ break-after: avoid; }}
.notice {{ margin: .75rem 0 0; padding: .4rem .75rem; border-left: 4px solid {BAD}; background: {HEAD}; }}
header .notice {{ color: {INK}; }}
.short {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem;
  margin: 1.25rem 0 0; padding: 0; list-style: none; }}
.short li {{ border: 1px solid {LINE}; border-radius: 4px; padding: .5rem .65rem; break-inside: avoid; }}
.short b {{ display: block; font-size: 1.35rem; line-height: 1.3; font-weight: 600; }}
.short span {{ color: {QUIET}; }} .short small {{ display: block; font-size: .85em; }}
table {{ border-collapse: collapse; width: 100%; }} thead {{ display: table-header-group; }}
th, td {{ border-bottom: 1px solid {LINE}; padding: .25rem .5rem; text-align: left; vertical-align: top; }}
th {{ font-weight: 600; }} thead th {{ background: {HEAD}; white-space: nowrap; }}
tbody th {{ font-weight: 400; }}
td small, th small {{ display: block; color: {QUIET}; }} tr, figure {{ break-inside: avoid; }}
.n {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
.good {{ color: {GOOD}; }} .bad {{ color: {BAD}; }}
figure {{ margin: 1rem 0; }} figcaption {{ font-weight: 600; }}
svg {{ display: block; width: 100%; height: auto; }}
.key {{ display: inline-block; width: .7em; height: .7em; margin: 0 .3em 0 1em; }}
.r0 {{ background: {ROWS[0]}; fill: {ROWS[0]}; }} .r1 {{ background: {ROWS[1]}; fill: {ROWS[1]}; }}
figcaption span {{ font-weight: 400; }}
ul.unknown {{ margin: .75rem 0 0; padding-left: 1.2rem; color: {QUIET}; font-size: .92em; }}
footer {{ margin-top: 2rem; border-top: 1px solid {LINE}; padding-top: .5rem; color: {QUIET}; }}
.scrolling {{ overflow-x: auto; }}
@media (max-width: 40rem) {{ .scrolling table {{ font-size: .85rem; }}
  thead th, thead .n {{ white-space: normal; }}
  th, td {{ padding: .25rem .2rem; }} tbody th {{ min-width: 6.5em; }} }}
@media print {{ body {{ margin: 0; max-width: none; padding: 0; print-color-adjust: exact; }}
  .scrolling {{ overflow: visible; }} }}
"""


def monthly_page(report: MonthlyReport, language: Language, made_by: str) -> str:
    """Write the page."""
    return _Page(report, language).write(made_by)


class _Page:
    def __init__(self, report: MonthlyReport, language: Language) -> None:
        self.report = report
        self.language = language
        self.zone = ZoneInfo(report.timezone)

    def write(self, made_by: str) -> str:
        report = self.report
        name = month_title(report.month, self.language)
        root = Element("html", lang=self.language)
        head = SubElement(root, "head")
        SubElement(head, "meta", charset="utf-8")
        SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
        SubElement(head, "meta", name="robots", content="noindex")
        SubElement(head, "title").text = f"{name} · {text_of(report.site, self.language)}"
        SubElement(head, "style").text = STYLE
        main = SubElement(SubElement(root, "body"), "main")
        self._head(main, name)
        for part in report.parts:
            self._part(main, part)
        footer = SubElement(main, "footer")
        SubElement(footer, "p").text = word("key", self.language)
        made = moment(report.as_of, self.zone)
        SubElement(footer, "p").text = f"{word('made', self.language)} {made} ({report.timezone}) · {made_by}"
        return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"

    def _head(self, main: Element, name: str) -> None:
        report = self.report
        head = SubElement(main, "header")
        SubElement(head, "p").text = text_of(report.site, self.language)
        SubElement(head, "h1").text = f"{word('report', self.language)} · {name}"
        SubElement(head, "p").text = self._span("span", (report.start, report.end))
        if report.compared is not None:
            SubElement(head, "p").text = self._span("against", report.compared)
        for each in notices(report, self.zone, self.language):
            SubElement(head, "p", {"class": "notice"}).text = each
        short = SubElement(main, "ul", {"class": "short", "aria-label": word("summary", self.language)})
        for figure in summary_of(report):
            self._short(short, figure)

    def _span(self, key: str, span: tuple[str, str]) -> str:
        return f"{word(key, self.language)} {moment(span[0], self.zone)} – {moment(span[1], self.zone)}"

    def _short(self, parent: Element, figure: MonthFigure) -> None:
        item = SubElement(parent, "li")
        SubElement(item, "span").text = text_of(figure.title, self.language)
        SubElement(item, "b").text = amount(figure.value, figure.unit, self.language)
        told = SubElement(item, "small", self._toned(figure))
        told.text = change(figure, self.language) or "\u00a0"

    def _toned(self, figure: MonthFigure, *classes: str) -> dict[str, str]:
        names = [*classes, tone(figure.better, figure.value, figure.before)]
        return {"class": " ".join(filter(None, names))} if any(names) else {}

    def _part(self, main: Element, part: MonthPart) -> None:
        section = SubElement(main, "section", id=part.key)
        SubElement(section, "h2").text = text_of(part.title, self.language)
        self._figures(section, part.figures)
        for chart in part.bars:
            self._chart(section, chart)
        for table in part.tables:
            self._table(section, table)
        notes = SubElement(section, "ul", {"class": "unknown", "aria-label": word("unknown", self.language)})
        for each in part.unknown:
            SubElement(notes, "li").text = text_of(each, self.language)

    def _figures(self, section: Element, figures: Sequence[MonthFigure]) -> None:
        table = SubElement(self._scrolling(section), "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        for name in ("figure", "value", "before", "change"):
            number = {} if name == "figure" else {"class": "n"}
            SubElement(head, "th", {"scope": "col"} | number).text = word(name, self.language)
        body = SubElement(table, "tbody")
        for figure in figures:
            row = SubElement(body, "tr", {"data-figure": figure.key})
            named = SubElement(row, "th", scope="row")
            named.text = text_of(figure.title, self.language)
            if figure.note:
                SubElement(named, "small").text = text_of(figure.note, self.language)
            for value in (figure.value, figure.before):
                SubElement(row, "td", {"class": "n"}).text = amount(value, figure.unit, self.language)
            SubElement(row, "td", self._toned(figure, "n")).text = change(figure, self.language)

    def _table(self, section: Element, found: MonthTable) -> None:
        SubElement(section, "h3").text = text_of(found.title, self.language)
        if not found.rows:
            SubElement(section, "p").text = word("nothing", self.language)
            return
        table = SubElement(self._scrolling(section), "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        for column in found.columns:
            number = {"class": "n"} if column.unit else {}
            SubElement(head, "th", {"scope": "col"} | number).text = text_of(column.title, self.language)
        body = SubElement(table, "tbody")
        for cells in found.rows:
            row = SubElement(body, "tr")
            for column, value in zip(found.columns, cells, strict=True):
                number = {"class": "n"} if column.unit else {}
                SubElement(row, "td", number).text = cell(value, column.unit, self.language)

    def _scrolling(self, section: Element) -> Element:
        """Begin what a phone moves sideways, by its keys too."""
        place = {
            "class": "scrolling",
            "tabindex": "0",
            "role": "group",
            "aria-label": word("figure", self.language),
        }
        return SubElement(section, "div", place)

    def _chart(self, section: Element, chart: MonthBars) -> None:
        figure = SubElement(section, "figure")
        caption = SubElement(figure, "figcaption")
        caption.text = text_of(chart.title, self.language)
        if len(chart.series) > 1:
            for index, series in enumerate(chart.series):
                SubElement(caption, "span", {"class": f"key r{index}"})
                SubElement(caption, "span").text = text_of(series.title, self.language)
        svg_chart(figure, chart, self.language)


def svg_chart(parent: Element, chart: MonthBars, language: Language) -> None:
    """Draw a chart as SVG, with what it shows told to who cannot see it."""
    drawing = draw(chart, lambda value: amount(value, chart.unit, language))
    svg = SubElement(
        parent,
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
            "role": "img",
            "aria-label": _told(chart, language),
        },
    )
    for line in drawing.lines:
        ends = {"x1": _n(line.x), "x2": _n(line.x + line.width), "y1": _n(line.y), "y2": _n(line.y)}
        SubElement(svg, "line", ends | {"stroke": LINE})
    for bar in drawing.bars:
        place = {"x": _n(bar.x), "y": _n(bar.y), "width": _n(bar.width), "height": _n(bar.height)}
        SubElement(svg, "rect", place | {"fill": ROWS[bar.row]})
    for letters in drawing.letters:
        place = {"x": _n(letters.x), "y": _n(letters.y), "text-anchor": letters.anchor}
        SubElement(svg, "text", place | {"font-size": _n(LETTER), "fill": QUIET}).text = letters.text


def _told(chart: MonthBars, language: Language) -> str:
    """Say the sum and the highest of each row."""
    said = [text_of(chart.title, language)]
    for series in chart.series:
        known = [
            (value, label)
            for value, label in zip(series.values, chart.labels, strict=True)
            if value is not None
        ]
        value, label = max(known, default=(0, ""), key=lambda each: each[0])
        total = amount(sum(each for each, _ in known), chart.unit, language)
        most = amount(value, chart.unit, language)
        said.append(f"{text_of(series.title, language)}: Σ {total}, max {most} ({label})")
    return "; ".join(said)


def _n(value: float) -> str:
    return f"{value:.1f}"
