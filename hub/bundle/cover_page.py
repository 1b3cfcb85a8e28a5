"""The cover as one HTML page that needs nothing else: no script, no address. Pure.

Built as a tree of elements, so that whatever stands in a text stays text.
"""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from hub.bundle.cover import Both, Cover, Table
from hub.monthly.look import HEAD, INK, LINE, QUIET, ROWS

_STYLE: Final = f"""
body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: {INK}; background: #fff;
  font: 15px/1.55 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }}
h1 {{ font-size: 1.9rem; margin: 0; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid {INK}; padding-bottom: .2rem; }}
small {{ color: {QUIET}; font-size: .82em; font-weight: normal; margin-left: .5em; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid {LINE};
  overflow-wrap: anywhere; }}
thead th {{ background: {HEAD}; }}
tbody th {{ font-weight: normal; color: {QUIET}; width: 13rem; }}
.wide {{ overflow-x: auto; }}
.note {{ color: {QUIET}; }}
svg {{ width: 100%; height: 7rem; display: block; }}
.span {{ display: flex; justify-content: space-between; color: {QUIET}; font-size: .82em; }}
@media (max-width: 40rem) {{ tbody th {{ width: 7rem; }} body {{ font-size: 14px; }}
  small {{ display: block; margin: 0; }} }}
@media print {{ body {{ margin: 0; max-width: none; }} tr {{ break-inside: avoid; }} }}
"""
_HIGH: Final = 100
_WIDE: Final = 10


def cover_page(cover: Cover) -> bytes:
    """Write the page."""
    root = Element("html", lang="zh-CN")
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="robots", content="noindex")
    SubElement(head, "title").text = cover.title.zh
    SubElement(head, "style").text = _STYLE
    body = SubElement(SubElement(root, "body"), "main")
    _text(SubElement(body, "p", {"class": "note"}), cover.site)
    _text(SubElement(body, "h1"), cover.title)
    _lines(body, cover)
    _chart(body, cover)
    for table in cover.tables:
        _table(body, table)
    _text(SubElement(body, "p", {"class": "note"}), cover.note)
    text: bytes = tostring(root, encoding="utf-8", method="html", short_empty_elements=False)
    return b"<!doctype html>\n" + text


def _text(element: Element, text: Both) -> None:
    element.text = text.zh
    if text.en:
        SubElement(element, "small", lang="en").text = text.en


def _lines(body: Element, cover: Cover) -> None:
    rows = SubElement(SubElement(body, "table", style="margin-top: 1rem"), "tbody")
    for label, value in cover.lines:
        row = SubElement(rows, "tr")
        _text(SubElement(row, "th", scope="row"), label)
        _text(SubElement(row, "td"), value)


def _chart(body: Element, cover: Cover) -> None:
    most = max(cover.bars, default=0)
    if not most:
        return
    _text(SubElement(body, "h2"), Both("数据在时间上的分布", "Rows over time"))
    said = f"最多一段 {most:,} 行 · at most {most:,} rows in one part"
    box = f"0 0 {_WIDE * len(cover.bars)} {_HIGH}"
    look = {"viewBox": box, "preserveAspectRatio": "none", "role": "img", "aria-label": said}
    svg = SubElement(body, "svg", look)
    for place, number in enumerate(cover.bars):
        high = number * _HIGH / most
        across = {"x": f"{place * _WIDE + 1}", "width": f"{_WIDE - 2}"}
        down = {"y": f"{_HIGH - high:.2f}", "height": f"{high:.2f}"}
        SubElement(svg, "rect", across | down | {"fill": ROWS[0]})
    span = SubElement(body, "div", {"class": "span"})
    for each in (cover.span[0], said, cover.span[1]):
        SubElement(span, "span").text = each


def _table(body: Element, table: Table) -> None:
    _text(SubElement(body, "h2"), table.title)
    if not table.rows:
        _text(SubElement(body, "p", {"class": "note"}), Both("无", "none"))
        return
    element = SubElement(SubElement(body, "div", {"class": "wide"}), "table")
    head = SubElement(SubElement(element, "thead"), "tr")
    for each in table.head:
        _text(SubElement(head, "th", scope="col"), each)
    rows = SubElement(element, "tbody")
    for cells in table.rows:
        row = SubElement(rows, "tr")
        for each in cells:
            _text(SubElement(row, "td"), each)
    if table.note.zh:
        _text(SubElement(body, "p", {"class": "note"}), table.note)
