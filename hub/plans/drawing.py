"""Reads of an SVG what must be known before it is shown: that it is one, how large, and that it can be drawn.

It is only ever shown as a picture: pages have it in an `<img>`, where nothing in it runs or is fetched, and a
browser that opens its address is told to let nothing run either. So it need not be cleaned. But a few hundred
bytes of `<use>` within `<use>` can ask a browser for billions of shapes: what would be drawn is counted.
"""

import math
import re
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from msgspec import Struct, field

from contract.errors import InvalidMessage

MOST_SHAPES: Final = 200_000
"""Elements, each as often as it is drawn."""

MOST_DEEP: Final = 200
"""Elements within elements."""

DEFAULT_WIDTH: Final = 300
DEFAULT_HEIGHT: Final = 150
"""Of a drawing that says nothing of its size (CSS 2.1 §10.3.2)."""

_NAMESPACE: Final = "{http://www.w3.org/2000/svg}"
_HREFS: Final = ("href", "{http://www.w3.org/1999/xlink}href")
_LENGTH: Final = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[0-9]{1,2})?)\s*(?:px)?\s*", re.IGNORECASE)


class Size(Struct, frozen=True):
    """Width and height, in pixels or in units of the drawing; only their ratio matters."""

    width: int
    height: int


class _Part(Struct):
    """An element: its name if it has one, how many are in it, and what it draws once more."""

    name: str | None
    count: int = 1
    uses: list[str] = field(default_factory=list)


class _Reader:
    """What the parser tells of elements; no tree is kept."""

    def __init__(self) -> None:
        self.size = Size(DEFAULT_WIDTH, DEFAULT_HEIGHT)
        self._open: list[_Part] = []
        self._named: dict[str, _Part] = {}
        self._whole: _Part | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's begin."""
        name = tag.removeprefix(_NAMESPACE)
        if not self._open:
            if name != "svg":
                raise InvalidMessage("this is no SVG; allowed: a drawing whose root is <svg>", code="no-svg")
            self.size = _size(attributes)
        if len(self._open) >= MOST_DEEP:
            raise InvalidMessage(f"its elements lie more than {MOST_DEEP} deep", code="too-large")
        part = _Part(attributes.get("id"))
        if name == "use":
            part.uses += [attributes[each].removeprefix("#") for each in _HREFS if each in attributes]
        self._open.append(part)

    def end(self, _tag: str) -> None:
        """Take an element's end."""
        part = self._open.pop()
        if part.name is not None:
            self._named.setdefault(part.name, part)
        if not self._open:
            self._whole = part
            return
        around = self._open[-1]
        around.count += part.count
        around.uses += part.uses
        if around.count > MOST_SHAPES or len(around.uses) > MOST_SHAPES:
            raise _too_many()

    def close(self) -> None:
        """Take the end; InvalidMessage if the drawing would draw too much."""
        if self._whole is not None and self._drawn(self._whole, {}, ()) > MOST_SHAPES:
            raise _too_many()

    def _drawn(self, part: _Part, known: dict[str, int], within: tuple[str, ...]) -> int:
        """Count what a part draws; what draws itself draws nothing (SVG 2 §5.6.2)."""
        total = part.count
        for name in part.uses:
            if name in within or name not in self._named:
                continue
            if name not in known:
                known[name] = self._drawn(self._named[name], known, (*within, name))
            total += known[name]
        return total


def measure(svg: bytes) -> Size:
    """Return how large a drawing is; InvalidMessage if it is none, or more than a browser should draw."""
    reader = _Reader()
    parser = DefusedXMLParser(target=reader, forbid_dtd=False)
    try:
        parser.feed(svg)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as wrong:
        raise InvalidMessage(f"this is no SVG: {wrong}", code="no-svg") from wrong
    return reader.size


def _size(attributes: dict[str, str]) -> Size:
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    said = (attributes.get("width", ""), attributes.get("height", "")), tuple(box[2:4])
    for lengths in said:
        numbers = [each for each in map(_length, lengths) if each is not None]
        if len(numbers) == len(("width", "height")):
            return Size(*numbers)
    return Size(DEFAULT_WIDTH, DEFAULT_HEIGHT)


def _length(text: str) -> int | None:
    """Read a length; None if it is none in pixels, such as 100 %."""
    found = _LENGTH.fullmatch(text)
    number = float(found[1]) if found else 0.0
    return max(1, round(number)) if math.isfinite(number) and 0 < number < 10**6 else None


def _too_many() -> InvalidMessage:
    return InvalidMessage(
        f"it draws more than {MOST_SHAPES} shapes; leave out what nobody sees", code="too-large"
    )
