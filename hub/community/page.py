"""The residents' public page (议事堂): one month's totals, for a phone first, and to hang up printed. Pure.

No script and nothing from elsewhere. The QR code of the page's own address is for the print.
"""

import base64
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from msgspec import Struct

from hub.community.totals import Total, totals
from hub.monthly.look import HEAD, INK, LINE, QUIET
from hub.monthly.view import MonthlyReport, Words
from hub.monthly.wording import UNKNOWN, Language, moment, month_title, text_of

STYLE: Final = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
@page {{ size: A4; margin: 12mm 16mm; }}
body {{ margin: 0; color: {INK}; background: {HEAD};
  font: 1.0625rem/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }}
main {{ max-width: 44rem; margin: 0 auto; padding: 1rem 1rem 2rem; }}
header p {{ margin: 0; color: {QUIET}; }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: .1rem 0 .2rem; }}
h2 {{ font-size: 1rem; margin: 0 0 .25rem; color: {QUIET}; font-weight: 600; }}
nav {{ display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 1rem; }}
nav a {{ display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 .9rem;
  border-radius: 4px; border: 1px solid {QUIET}; background: #fff; color: {INK}; text-decoration: none; }}
nav a:last-child {{ margin-left: auto; }}
a:focus-visible {{ outline: 3px solid {INK}; outline-offset: 2px; }}
section {{ background: #fff; border: 1px solid {LINE}; border-radius: 6px; padding: .75rem 1rem;
  margin: 0 0 .75rem; break-inside: avoid; }}
dl {{ margin: 0; }} dl div {{ display: grid; grid-template-columns: 1fr auto; gap: 0 1rem;
  align-items: baseline;
  padding: .5rem 0; border-top: 1px solid {LINE}; }} dl div:first-child {{ border-top: 0; }}
dt {{ overflow-wrap: anywhere; }}
dd {{ margin: 0; text-align: right; font-variant-numeric: tabular-nums; }}
dd b {{ font-size: 1.3rem; font-weight: 600; }}
dd small {{ display: block; color: {QUIET}; font-size: .85rem; }}
footer {{ color: {QUIET}; font-size: .9rem; }} footer p {{ margin: .25rem 0; }}
img {{ display: none; }}
@media print {{ body {{ background: #fff; }} main {{ max-width: none; padding: 0; }} nav {{ display: none; }}
  body {{ font-size: 10pt; }} dd b {{ font-size: 12pt; }} h1 {{ font-size: 18pt; margin-bottom: 3mm; }}
  section {{ padding: 1.5mm 4mm; margin-bottom: 2mm; }} dl div {{ padding: .6mm 0; }}
  dd small {{ display: inline; margin-left: 3mm; }}
  img {{ display: block; width: 30mm; height: 30mm; margin-top: 3mm; }} }}
"""
_ZH: Final = {
    "public": "小区月度公开",
    "other": "English",
    "earlier": "上一个月",
    "later": "下一个月",
    "before": "上月 {value}",
    "unknown": "未知",
    "private": "这里只有全月合计，没有车牌、姓名、房号，看不出任何人的行踪；小于 5 的数写作“少于5”。",
    "key": "“未知”不是零：没有记录。",
    "made": "统计于 {time}",
    "scan": "扫码在手机上查看",
    "nothing": "这个月没有记录。",
    "sorry": "打不开这个页面",
}
_EN: Final = {
    "public": "The community's month",
    "other": "中文",
    "earlier": "Month before",
    "later": "Next month",
    "before": "before: {value}",
    "unknown": "not known",
    "private": "Only totals of the whole month: no plates, no names, no rooms, nothing of where anybody was."
    " Counts below 5 are shown as “fewer than 5”.",
    "key": "“Not known” is not nought: nothing was recorded.",
    "made": "Counted at {time}",
    "scan": "Scan to see it on a phone",
    "nothing": "Nothing was recorded in this month.",
    "sorry": "This page cannot be opened",
}
_WORDS: Final = {"zh-CN": _ZH, "en": _EN}
_OTHER: Final[dict[Language, Language]] = {"zh-CN": "en", "en": "zh-CN"}


class Around(Struct, frozen=True, kw_only=True):
    """What the page leads to: the months beside it (None: none), and its own address as a QR code (SVG)."""

    earlier: str | None
    later: str | None
    qr: str


def community_page(report: MonthlyReport, language: Language, around: Around) -> str:
    """Write the page."""
    words = _WORDS[language]
    title = f"{words['public']} · {month_title(report.month, language)}"
    root, main = _begin(language, title)
    head = SubElement(main, "header")
    SubElement(head, "p").text = text_of(report.site, language)
    SubElement(head, "h1").text = title
    _lead(main, report.month, language, around)
    if report.begun is None or report.begun >= report.end:
        SubElement(main, "p").text = words["nothing"]
    else:
        for named, found in totals(report, language):
            _group(main, named, found, language)
    footer = SubElement(main, "footer")
    made = words["made"].format(time=moment(report.as_of, ZoneInfo(report.timezone)))
    for text in (words["private"], words["key"], made):
        SubElement(footer, "p").text = text
    source = f"data:image/svg+xml;base64,{base64.b64encode(around.qr.encode()).decode()}"
    SubElement(footer, "img", src=source, alt=words["scan"])
    return _text(root)


def sorry_page(reason: Words, language: Language) -> str:
    """Write why there is nothing to see, in both languages."""
    root, main = _begin(language, _WORDS[language]["sorry"])
    for each in (language, _OTHER[language]):
        part = SubElement(main, "section", lang=each)
        SubElement(part, "h1").text = _WORDS[each]["sorry"]
        SubElement(part, "p").text = text_of(reason, each)
    return _text(root)


def _begin(language: Language, title: str) -> tuple[Element, Element]:
    root = Element("html", lang=language)
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="robots", content="noindex")
    SubElement(head, "title").text = title
    SubElement(head, "style").text = STYLE
    return root, SubElement(SubElement(root, "body"), "main")


def _lead(main: Element, month: str, language: Language, around: Around) -> None:
    words = _WORDS[language]
    nav = SubElement(main, "nav")
    for key, to in (("earlier", around.earlier), ("later", around.later)):
        if to is not None:
            SubElement(nav, "a", href=f"?month={to}&language={language}").text = words[key]
    other = _OTHER[language]
    link = SubElement(nav, "a", href=f"?month={month}&language={other}", lang=other, hreflang=other)
    link.text = words["other"]


def _group(main: Element, title: Words, found: Sequence[Total], language: Language) -> None:
    words = _WORDS[language]
    section = SubElement(main, "section")
    SubElement(section, "h2").text = text_of(title, language)
    rows = SubElement(section, "dl")
    for each in found:
        row = SubElement(rows, "div")
        SubElement(row, "dt").text = text_of(each.title, language)
        cell = SubElement(row, "dd")
        SubElement(cell, "b").text = words["unknown"] if each.value == UNKNOWN else each.value
        if each.before is not None:
            SubElement(cell, "small").text = words["before"].format(value=each.before)


def _text(root: Element) -> str:
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
