"""What a page is made of: headings, tables, cells, words and times as its readers are used to. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

import msgspec
from msgspec import Struct

from hub.evidence.case_words import Language, word

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_NAMED: Final = frozenset(("priority", "state", "suppression", "kind", "what"))
STYLE: Final = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #14181f; background: #fff;
  font: 11pt/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; }
th, td { border: 1px solid #9aa4b2; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: #eef1f5; font-weight: 600; white-space: nowrap; } td:first-child { white-space: nowrap; }
thead ~ tbody td:nth-child(-n+4) { white-space: nowrap; } tr, figure { break-inside: avoid; }
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


class Sheet:
    """Writes parts of a page in one language."""

    def __init__(self, settings: PageSettings) -> None:
        self.settings = settings
        self.language = settings.language

    def heading(self, body: Element, key: str) -> None:
        """Begin a part."""
        SubElement(body, "h2").text = self.word(key)

    def pairs(self, parent: Element, facts: Mapping[str, Any]) -> None:
        """Write a table of what is known; what is not is left out."""
        table = SubElement(SubElement(parent, "table"), "tbody")
        for name, value in facts.items():
            if value is not None and value is not False:
                row = SubElement(table, "tr")
                SubElement(row, "th", scope="row").text = self.word(name)
                self.cell(row, value)

    def table(self, parent: Element, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows under a head."""
        table = SubElement(parent, "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        for name in columns:
            SubElement(head, "th", scope="col").text = self.word(name)
        body = SubElement(table, "tbody")
        for each in rows:
            row = SubElement(body, "tr")
            for name in columns:
                self.cell(row, each[name])

    def cell(self, row: Element, value: Any) -> None:
        """Write a cell: what is data and hashes as code, a tick for what is so."""
        cell = SubElement(row, "td")
        if isinstance(value, dict):
            SubElement(cell, "code").text = msgspec.json.encode(value).decode()
        elif isinstance(value, str) and len(value) == 64 and " " not in value:
            SubElement(cell, "code").text = value
        else:
            cell.text = "" if value is None else "✓" if value is True else str(value)

    def shown(self, name: str, value: Any) -> Any:
        """Return a value as people read it: a time, a word."""
        if isinstance(value, str) and _TIME.fullmatch(value):
            return self.time(value)
        if isinstance(value, str) and name in _NAMED:
            return self.word(value)
        return value

    def time(self, text: str) -> str:
        """Write an RFC 3339 time in the site's zone."""
        moment = datetime.fromisoformat(text).astimezone(self.settings.zone)
        return moment.isoformat(" ", "milliseconds")

    def title(self, words: Mapping[str, str]) -> str:
        """Return a text in the page's language, in any other if there is none."""
        return words.get(self.language) or next(iter(words.values()), "")

    def word(self, key: str) -> str:
        """Return what something is called."""
        return word(key, self.language)
