"""What ISAPI devices write, XML or JSON, as one kind of tree: bounded, without namespaces, in any case.

Firmwares differ in all of it: `http://www.isapi.org/ver20/XMLSchema`, `http://www.hikvision.com/ver20/XMLSchema`
and `http://www.std-cgi.com/ver10/XMLSchema` name the same elements, and JSON the same members.
"""

import codecs
import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from contract.errors import InvalidMessage

LONGEST: Final = 512 * 1024
"""Bytes; an alert with all that a camera knows about a vehicle has some five thousand."""

DEEPEST: Final = 24
MOST_NODES: Final = 10_000
SHOWN: Final = 40

_AROUND: Final = " \t\r\n\0"
"""Firmwares send the end of their strings along."""

_DECLARED: Final = re.compile(rb"""^\s*<\?xml\b[^>]{0,100}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "latin-1",
    "utf-16": "utf-16",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
}
"""What they declare, and what reads it; Python has codecs that nobody outside should choose."""


@dataclass(slots=True)
class Node:
    """An element, or a member: its name in lower case without namespace, its text, and what is in it."""

    name: str
    text: str = ""
    inside: list["Node"] = field(default_factory=list)

    def at(self, *path: str) -> "Node | None":
        """Return the first node at `path` below this one, None if there is none."""
        node: Node | None = self
        for name in path:
            node = next((each for each in node.inside if each.name == name.lower()), None) if node else None
        return node

    def word(self, *path: str) -> str:
        """Return the text at `path`, without blanks around it; empty if there is none."""
        found = self.at(*path)
        return found.text if found else ""

    def every(self, name: str) -> Iterator["Node"]:
        """Give all nodes called `name` directly in this one, as a list in JSON is read, too."""
        return (each for each in self.inside if each.name == name.lower())


def read_document(body: bytes, charset: str = "") -> Node:
    """Read XML or JSON, whichever it is; JSON gets a root without a name.

    `charset` is what the transport says of the encoding. InvalidMessage if it is neither, too long, too deep,
    or has a document type: entities are how small XML becomes large, or reads our files.
    """
    if len(body) > LONGEST:
        raise InvalidMessage(f"a document of {len(body)} bytes")
    text = _decoded(body, charset).strip(_AROUND)
    if text.startswith("<"):
        return _read_xml(text)
    if text.startswith("{"):
        return _read_json(text)
    raise InvalidMessage("neither XML nor JSON")


def _decoded(body: bytes, charset: str) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.match(body)
    named = declared[1].decode("ascii") if declared else charset
    likely = _ENCODINGS.get(named.lower(), "utf-8")
    for encoding in (likely, "gb18030"):  # some write GBK, whatever they declare
        with contextlib.suppress(UnicodeError):
            return body.decode(encoding)
    raise InvalidMessage("text in no encoding that we know")


class _Building:
    """Takes what a parser finds (`xml.etree.ElementTree.XMLParser(target=…)`) and builds nodes."""

    def __init__(self) -> None:
        self.root = Node("")
        self._open: list[Node] = []
        self._texts: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: object) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_NODES:
            raise InvalidMessage("XML too deep, or with too many elements")
        node = Node(tag.rpartition("}")[2].lower())
        self._texts.clear()
        if self._open:
            self._open[-1].inside.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        node = self._open.pop()
        if not node.inside:
            node.text = "".join(self._texts).strip()
        self._texts.clear()

    def data(self, text: str) -> None:
        self._texts.append(text)

    def close(self) -> Node:
        return self.root


def _read_xml(text: str) -> Node:
    building = _Building()
    parser = XMLParser(target=building, forbid_dtd=True)
    try:
        parser.feed(_without_declaration(text))
        parser.close()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InvalidMessage(f"no XML that we read ({type(error).__name__})") from None
    return building.root


def _without_declaration(text: str) -> str:
    """Cut off what names the encoding: the text is decoded."""
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def _read_json(text: str) -> Node:
    try:
        said = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise InvalidMessage(f"no JSON ({type(error).__name__})") from None
    return _Grafting().node("", said, 0)


class _Grafting:
    """Makes nodes of what was JSON."""

    def __init__(self) -> None:
        self._count = 0

    def node(self, name: str, said: Any, deep: int) -> Node:
        self._count += 1
        if deep > DEEPEST or self._count > MOST_NODES:
            raise InvalidMessage("JSON too deep, or with too many members")
        node = Node(name.lower())
        if isinstance(said, dict):
            for member, value in said.items():
                values = value if isinstance(value, list) else [value]
                node.inside.extend(self.node(member, each, deep + 1) for each in values)
        elif isinstance(said, bool):
            node.text = "true" if said else "false"
        elif isinstance(said, str | int | float):
            node.text = str(said).strip()
        return node


def shown(text: str) -> str:
    """Return a device's own word as it may stand in a log line."""
    return "".join(each if each.isprintable() else "·" for each in text[:SHOWN])
