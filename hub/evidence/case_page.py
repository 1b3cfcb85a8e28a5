"""A whole case as one HTML page to read and to print, that needs nothing else: no script, no address. Pure.

The page is built as a tree of elements, so that whatever stands in a text stays text.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from hub.alarms.view import CaseView
from hub.evidence.case_sheet import STYLE, PageSettings, Sheet

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
    "test",
)
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


class _Page(Sheet):
    def write(self, case: CaseView, pictures: Mapping[str, bytes]) -> str:
        title = self.title(case.title) or case.key
        root = Element("html", lang=self.language)
        head = SubElement(root, "head")
        SubElement(head, "meta", charset="utf-8")
        SubElement(head, "meta", name="robots", content="noindex")
        SubElement(head, "title").text = f"{title} · {case.raised}"
        SubElement(head, "style").text = STYLE
        body = SubElement(root, "body")
        SubElement(body, "p").text = f"{self.title(self.settings.site)} · {self.word('case')}"
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
        self.heading(body, "facts")
        area = self.settings.areas.get(case.area or "", {})
        facts = {
            "number": case.id,
            "device": f"{case.site}/{case.kind}/{case.device}",
            "area": self.title(area) or case.area,
            "key": case.key,
        }
        known = msgspec.to_builtins(case)
        facts |= {name: self.shown(name, known[name]) for name in _FACTS}
        self.pairs(body, facts | ({"data": case.data} if case.data else {}))

    def _instructions(self, body: Element, case: CaseView) -> None:
        if case.rationale:
            self.heading(body, "rationale")
            SubElement(body, "p").text = self.title(case.rationale)
        if case.steps:
            self.heading(body, "steps")
            steps = SubElement(body, "ol")
            for step in case.steps:
                SubElement(steps, "li").text = self.title(step)

    def _trace(self, body: Element, trace: Mapping[str, Any]) -> None:
        self.heading(body, "trace")
        self.pairs(body, {name: self.shown(name, at) for name, at in trace.items()})

    def _timeline(self, body: Element, entries: Sequence[Mapping[str, Any]]) -> None:
        self.heading(body, "timeline")
        columns = ("n", "time", "what", "who", "post", "note", "data")
        rows = [
            {
                "n": each["n"],
                "time": self.time(each["ts"]),
                "what": self.word(each["kind"]),
                "who": self.word("hub") if each["who"] == "hub" else each["who"],
                "post": each["post"],
                "note": each["note"],
                "data": each["data"] or None,
            }
            for each in entries
        ]
        self.table(body, columns, rows)

    def _evidence(
        self, body: Element, pieces: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes]
    ) -> None:
        self.heading(body, "evidence")
        shown = [each for each in pieces if each["state"] != "done"]
        if not shown:
            SubElement(body, "p").text = self.word("none")
        for piece in shown:
            self._piece(body, piece, pictures.get(piece["sha256"] or ""))

    def _piece(self, body: Element, piece: Mapping[str, Any], picture: bytes | None) -> None:
        figure = SubElement(body, "figure")
        caption = SubElement(figure, "figcaption")
        SubElement(caption, "strong").text = f"{self.word(piece['kind'])} · {piece['device']}"
        kind = picture_kind(picture) if picture is not None else None
        if picture is not None and kind is not None:
            source = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
            SubElement(figure, "img", src=source, alt=f"{self.word(piece['kind'])} {piece['sha256']}")
        elif piece["sha256"]:
            SubElement(caption, "span").text = f" ({self.word('not_shown')})"
        names = ("state", "made", "received", "skew_ms", "size", "gone", "held")
        facts = {"SHA-256": piece["sha256"]} | {name: self.shown(name, piece[name]) for name in names}
        self.pairs(figure, facts | {"data": piece["details"] or None})
        if piece["error"]:
            SubElement(figure, "p", {"class": "missing"}).text = f"{self.word('error')}: {piece['error']}"

    def _orders(self, body: Element, orders: Sequence[Mapping[str, Any]]) -> None:
        self.heading(body, "orders")
        if not orders:
            SubElement(body, "p").text = self.word("none")
        for order in orders:
            title = order.get("kind_title") or order.get("title") or {}
            SubElement(body, "h3").text = self.title(title)
            self.pairs(body, {name: self.shown(name, order.get(name)) for name in _ORDER})

    def _footer(self, body: Element) -> None:
        footer = SubElement(body, "footer")
        made = self.settings.made.astimezone(self.settings.zone).isoformat(" ", "seconds")
        SubElement(footer, "p").text = f"{self.word('printed')} {made} · {self.settings.made_by}"
        SubElement(footer, "p").text = self.word("check")
