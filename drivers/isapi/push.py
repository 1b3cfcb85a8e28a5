"""What a device pushes: a document, and the pictures that come with it, whichever way they came."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from drivers.isapi.document import Node

MOST_PICTURES: Final = 6
"""As many as a camera has to a vehicle (`NET_ITS_PLATE_RESULT`)."""

PICTURE_WAIT_S: Final = 0.2
"""So long a document waits for its pictures, which follow at its heels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG by the name that the device gave it, `licensePlatePicture.jpg` for one; it may give none."""

    name: str
    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Push:
    """Something that a device says. `flaw`: what of it could not be read, for the log; mostly empty."""

    document: Node
    pictures: tuple[Picture, ...] = ()
    flaw: str = ""

    @property
    def event(self) -> str:
        """What kind of event it is, in lower case: `anpr`, `accesscontrollerevent`; empty if it is none."""
        return event_of(self.document)

    @property
    def active(self) -> bool:
        """Whether it says that something is; heartbeats say that a `videoloss` is not."""
        return is_active(self.document)


def event_of(document: Node) -> str:
    """Return the type of an alert in lower case, empty if it is none."""
    return document.word("eventType").lower()


def is_active(document: Node) -> bool:
    """Whether an alert says that something is."""
    return document.word("eventState").lower() != "inactive"


class Gathering:
    """Puts documents and pictures together that come one after the other. Times in monotonic seconds."""

    def __init__(self) -> None:
        self._document: Node | None = None
        self._pictures: list[Picture] = []
        self._since_s = 0.0

    def document(self, document: Node, now_s: float) -> Iterator[Push]:
        """Take a document: whatever waits for pictures waits no longer."""
        yield from self.rest()
        self._document, self._since_s = document, now_s
        if not is_active(document) or _announced(document) == 0:
            yield from self.rest()

    def picture(self, picture: Picture) -> Iterator[Push]:
        """Take a picture of the document before it; one that belongs to none is of no use."""
        if self._document is None:
            return
        self._pictures.append(picture)
        if len(self._pictures) >= (_announced(self._document) or MOST_PICTURES):
            yield from self.rest()

    def due(self, now_s: float) -> Iterator[Push]:
        """Give what has waited long enough."""
        if self._document is not None and now_s - self._since_s >= PICTURE_WAIT_S:
            yield from self.rest()

    def rest(self) -> Iterator[Push]:
        """Give what still waits."""
        if self._document is not None:
            push = Push(self._document, tuple(self._pictures))
            self._document, self._pictures = None, []
            yield push


def _announced(document: Node) -> int | None:
    """Return how many pictures a document says that it has, None if it does not say."""
    said = document.word("picNum") or document.word("AccessControllerEvent", "picturesNumber")
    return min(int(said), MOST_PICTURES) if said.isascii() and said.isdigit() and len(said) < 4 else None
