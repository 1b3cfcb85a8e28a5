"""The parts of an endless multipart body (RFC 2046 §5.1), from bytes as they come; bounded, hard to upset.

Cameras write such bodies by hand: a Content-Length may be missing or wrong, lines may end with LF alone,
bytes may lie between parts. What makes no sense is told as `Nonsense`, and the next boundary is looked for.
"""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

LONGEST_HEAD: Final = 8 * 1024
LONGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes; a picture of a camera has some hundred thousand."""

_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_BOUNDARY: Final = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `kind` is its media type in lower case, empty where it says none."""

    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Nonsense:
    """Bytes that are no part of a multipart body; `what` says why."""

    what: str


Found: TypeAlias = Part | Nonsense


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary that a Content-Type names, None where it names none."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().lstrip().startswith("multipart/"):
        return None
    boundary = (found[1] or found[2]).encode("ascii", "replace")
    return boundary if boundary != b"--" else None


def _never(part: Part) -> bool:
    return False


@dataclass(slots=True)
class _Head:
    kind: str = ""
    length: int | None = None


Step: TypeAlias = Generator[Found, None, bool]
"""What one look at the bytes gives, and whether another look may give more."""


@dataclass
class Multipart:
    """Takes bytes and gives what is in them.

    `whole` says of a part without a length whether it is complete already: else it is complete when the next
    one begins, which may take a heartbeat's time.
    """

    boundary: bytes
    whole: Callable[[Part], bool] = _never
    _bytes: bytearray = field(default_factory=bytearray)
    _head: _Head | None = None
    _inside: bool = False
    _searched: int = 0
    _mark: re.Pattern[bytes] = field(init=False)
    _end_mark: re.Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        # RFC 2046 §5.1.1 writes two hyphens before it; some cameras count them as a part of it.
        counted = self.boundary.removeprefix(b"--")
        mark = (b"--" if counted == self.boundary else b"--(?:--)?") + re.escape(counted)
        self._mark, self._end_mark = re.compile(mark), re.compile(rb"\r?\n" + mark)

    @property
    def _longest_mark(self) -> int:
        return len(b"\r\n--" + self.boundary)

    def feed(self, data: bytes) -> Iterator[Found]:
        """Give all that is complete."""
        self._bytes += data
        progress = True
        while progress:
            if self._head is not None:
                progress = yield from self._body(self._head)
            elif self._inside:
                progress = yield from self._headers()
            else:
                progress = yield from self._seek()

    def _seek(self) -> Step:
        mark = self._mark.search(self._bytes)
        end = mark.start() if mark else max(0, len(self._bytes) - self._longest_mark + 1)
        skipped = bytes(self._bytes[:end])
        del self._bytes[: mark.end() if mark else end]
        self._inside = mark is not None
        if skipped.strip():
            yield Nonsense("bytes between parts")
        return self._inside

    def _headers(self) -> Step:
        if self._bytes.startswith(b"--"):  # the last one; what follows is no part
            self._inside = False
            return True
        blank = _BLANK.search(self._bytes, 0, LONGEST_HEAD)
        if blank is None:
            if len(self._bytes) < LONGEST_HEAD:
                return False
            self._inside = False
            yield Nonsense("the head of a part is too long")
            return True
        first, *lines = bytes(self._bytes[: blank.start()]).decode("utf-8", "replace").split("\n")
        del self._bytes[: blank.end()]
        self._inside, self._searched = False, 0
        if first.strip():
            yield Nonsense("no line end after a boundary")
            return True
        self._head = _head(lines)
        return True

    def _body(self, head: _Head) -> Step:
        end = self._end()
        if (
            head.length is not None
            and head.length <= len(self._bytes)
            and (end is None or head.length <= end)
        ):
            yield self._cut(head, head.length)
            return True
        if end is not None:
            if head.length is not None:
                yield Nonsense("Content-Length is wrong")
            yield self._cut(head, end)
            return True
        if (head.length or len(self._bytes)) > LONGEST_BODY:
            self._head = None
            yield Nonsense("a part is too long")
            return True
        early = Part(head.kind, bytes(self._bytes)) if head.length is None else None
        if early is not None and self.whole(early):
            yield self._cut(head, len(self._bytes))
        return False

    def _end(self) -> int | None:
        """Return where the body ends by the next boundary, None where that has not come yet."""
        if self._mark.match(self._bytes):
            return 0
        mark = self._end_mark.search(self._bytes, self._searched)
        self._searched = mark.start() if mark else max(0, len(self._bytes) - self._longest_mark)
        return mark.start() if mark else None

    def _cut(self, head: _Head, length: int) -> Part:
        part = Part(head.kind, bytes(self._bytes[:length]))
        del self._bytes[:length]
        self._head = None
        return part


def _head(lines: list[str]) -> _Head:
    head = _Head()
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip()
        if name.strip().lower() == "content-type":
            head.kind = value.partition(";")[0].strip().lower()
        elif name.strip().lower() == "content-length" and re.fullmatch("[0-9]{1,12}", value):
            head.length = int(value)
    return head
