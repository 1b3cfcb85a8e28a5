"""A whole case as one HTML page to read and to print, that needs nothing else: no script, no address. Pure.

The page is built as a tree of elements, so that whatever stands in a text stays text.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
from msgspec import Struct

from hub.alarms.view import CaseView
from hub.evidence.case_words import Language, word

MOST_PICTURE_BYTES: Final = 2 * 1024 * 1024
MOST_PAGE_BYTES: Final = 24 * 1024 * 1024
"""Of all pictures in a page; those beyond are named by their hash alone."""

_FACTS: Final = (
    "priority",
    "state",
    "suppression",
    "count",
    "raised",
    "last",
    "returned",
    "acknowledged",
    "acknowledged_by",
    "assigned_to",
    "closed",
    "version",
)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_NAMED: Final = frozenset(("priority", "state", "suppression", "kind", "what"))
_ORDER: Final = (
    "number",
    "state",
    "respond_by",
    "resolve_by",
    "responded",
    "done",
    "done_by",
    "closed",
    "assigned_to",
    "place",
    "text",
)
_SIGNATURES: Final = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"RIFF": "webp"}

_STYLE: Final = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #14181f; background: #fff;
  font: 11pt/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; }
th, td { border: 1px solid #9aa4b2; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: #eef1f5; font-weight: 600; } tr, figure { break-inside: avoid; }
code { font: 9pt/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
figure { margin: 1rem 0; } img { max-width: 100%; max-height: 16cm; border: 1px solid #9aa4b2; }
footer { margin-top: 2rem; border-top: 1px solid #9aa4b2; padding-top: .5rem; }
.missing { color: #a40000; font-weight: 600; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""


class PageSettings(Struct, frozen=True, kw_only=True):
    """For whom a page is made: `site` and `areas` are titles by language, `made_by` a principal."""

    language: Language
    zone: tzinfo
    site: Mapping[str, str]
    made: datetime
    made_by: str
    areas: Mapping[str, Mapping[str, str]] = {}


def case_page(case: CaseView, pictures: Mapping[str, bytes], settings: PageSettings) -> str:
    """Write the page. `pictures`: bytes by SHA-256 of those to be shown in it."""
    return _Page(settings).write(case, pictures)


def picture_kind(content: bytes) -> str | None:
    """Return which kind of picture it is that every browser shows, None if it is none."""
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)


def wanted_pictures(evidence: Iterable[Any]) -> list[str]:
    """Return the SHA-256 of the pieces that a page would show, if they are pictures of a fair size."""
    total, wanted = 0, []
    for piece in map(msgspec.to_builtins, evidence):
        size = piece.get("size") or 0
        shown = piece.get("sha256") and piece.get("kind") in ("picture", "snapshot") and not piece.get("gone")
        if shown and size <= MOST_PICTURE_BYTES and total + size <= MOST_PAGE_BYTES:
            total += size
            wanted.append(piece["sha256"])
    return wanted


class _Page:
    def __init__(self, settings: PageSettings) -> None:
        self._settings = settings
        self._language = settings.language

    def write(self, case: CaseView, pictures: Mapping[str, bytes]) -> str:
        title = self._title(case.title) or case.key
        root = Element("html", lang=self._language)
        head = SubElement(root, "head")
        SubElement(head, "meta", charset="utf-8")
        SubElement(head, "meta", name="robots", content="noindex")
        SubElement(head, "title").text = f"{title} · {case.raised}"
        SubElement(head, "style").text = _STYLE
        body = SubElement(root, "body")
        SubElement(body, "p").text = f"{self._title(self._settings.site)} · {self._word('case')}"
        SubElement(body, "h1").text = title
        self._facts(body, case)
        self._instructions(body, case)
        self._trace(body, msgspec.to_builtins(case.trace))
        self._timeline(body, [msgspec.to_builtins(each) for each in case.timeline])
        self._evidence(body, [msgspec.to_builtins(each) for each in case.evidence], pictures)
        self._orders(body, [msgspec.to_builtins(each) for each in case.orders])
        self._footer(body)
        return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"

    def _facts(self, body: Element, case: CaseView) -> None:
        self._heading(body, "facts")
        area = self._settings.areas.get(case.area or "", {})
        facts = {
            "number": case.id,
            "device": f"{case.site}/{case.kind}/{case.device}",
            "area": self._title(area) or case.area,
            "key": case.key,
        }
        known = msgspec.to_builtins(case)
        facts |= {name: self._shown(name, known[name]) for name in _FACTS}
        self._pairs(body, facts | ({"data": case.data} if case.data else {}))

    def _instructions(self, body: Element, case: CaseView) -> None:
        if case.rationale:
            self._heading(body, "rationale")
            SubElement(body, "p").text = self._title(case.rationale)
        if case.steps:
            self._heading(body, "steps")
            steps = SubElement(body, "ol")
            for step in case.steps:
                SubElement(steps, "li").text = self._title(step)

    def _trace(self, body: Element, trace: Mapping[str, Any]) -> None:
        self._heading(body, "trace")
        self._pairs(body, {name: self._shown(name, at) for name, at in trace.items()})

    def _timeline(self, body: Element, entries: Sequence[Mapping[str, Any]]) -> None:
        self._heading(body, "timeline")
        columns = ("n", "time", "what", "who", "post", "note", "data")
        rows = [
            {
                "n": each["n"],
                "time": self._time(each["ts"]),
                "what": self._word(each["kind"]),
                "who": self._word("hub") if each["who"] == "hub" else each["who"],
                "post": each["post"],
                "note": each["note"],
                "data": each["data"] or None,
            }
            for each in entries
        ]
        self._table(body, columns, rows)

    def _evidence(
        self, body: Element, pieces: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes]
    ) -> None:
        self._heading(body, "evidence")
        shown = [each for each in pieces if each["state"] != "done"]
        if not shown:
            SubElement(body, "p").text = self._word("none")
        for piece in shown:
            self._piece(body, piece, pictures.get(piece["sha256"] or ""))

    def _piece(self, body: Element, piece: Mapping[str, Any], picture: bytes | None) -> None:
        figure = SubElement(body, "figure")
        caption = SubElement(figure, "figcaption")
        SubElement(caption, "strong").text = f"{self._word(piece['kind'])} · {piece['device']}"
        kind = picture_kind(picture) if picture is not None else None
        if picture is not None and kind is not None:
            source = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
            SubElement(figure, "img", src=source, alt=f"{self._word(piece['kind'])} {piece['sha256']}")
        elif piece["sha256"]:
            SubElement(caption, "span").text = f" ({self._word('not_shown')})"
        names = ("state", "made", "received", "skew_ms", "size", "gone", "held")
        facts = {"SHA-256": piece["sha256"]} | {name: self._shown(name, piece[name]) for name in names}
        self._pairs(figure, facts | {"data": piece["details"] or None})
        if piece["error"]:
            SubElement(figure, "p", {"class": "missing"}).text = f"{self._word('error')}: {piece['error']}"

    def _orders(self, body: Element, orders: Sequence[Mapping[str, Any]]) -> None:
        self._heading(body, "orders")
        if not orders:
            SubElement(body, "p").text = self._word("none")
        for order in orders:
            title = order.get("kind_title") or order.get("title") or {}
            SubElement(body, "h3").text = self._title(title)
            self._pairs(body, {name: self._shown(name, order.get(name)) for name in _ORDER})

    def _footer(self, body: Element) -> None:
        footer = SubElement(body, "footer")
        made = self._settings.made.astimezone(self._settings.zone).isoformat(" ", "seconds")
        SubElement(footer, "p").text = f"{self._word('printed')} {made} · {self._settings.made_by}"
        SubElement(footer, "p").text = self._word("check")

    def _heading(self, body: Element, key: str) -> None:
        SubElement(body, "h2").text = self._word(key)

    def _pairs(self, parent: Element, facts: Mapping[str, Any]) -> None:
        """Write a table of what is known; what is not is left out."""
        table = SubElement(SubElement(parent, "table"), "tbody")
        for name, value in facts.items():
            if value is not None and value is not False:
                row = SubElement(table, "tr")
                SubElement(row, "th", scope="row").text = self._word(name)
                self._cell(row, value)

    def _table(self, parent: Element, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        table = SubElement(parent, "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        for name in columns:
            SubElement(head, "th", scope="col").text = self._word(name)
        body = SubElement(table, "tbody")
        for each in rows:
            row = SubElement(body, "tr")
            for name in columns:
                self._cell(row, each[name])

    def _cell(self, row: Element, value: Any) -> None:
        cell = SubElement(row, "td")
        if isinstance(value, dict):
            SubElement(cell, "code").text = msgspec.json.encode(value).decode()
        elif isinstance(value, str) and len(value) == 64 and " " not in value:
            SubElement(cell, "code").text = value
        else:
            cell.text = "" if value is None else "✓" if value is True else str(value)

    def _shown(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and _TIME.fullmatch(value):
            return self._time(value)
        if isinstance(value, str) and name in _NAMED:
            return self._word(value)
        return value

    def _time(self, text: str) -> str:
        moment = datetime.fromisoformat(text).astimezone(self._settings.zone)
        return moment.isoformat(" ", "milliseconds")

    def _title(self, words: Mapping[str, str]) -> str:
        return words.get(self._language) or next(iter(words.values()), "")

    def _word(self, key: str) -> str:
        return word(key, self._language)
