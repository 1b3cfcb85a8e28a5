"""Pictures and clips on their way out: as they were taken, in blocks, or not at all, with the reason."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, NamedTuple

from contract.errors import InvalidMessage
from hub.bundle.source import MediaFile, MediaKind
from hub.disclosure.reading.pictures import pixelated
from hub.media import MediaStore

MOST_REMEMBERED: Final = 20_000
"""Pictures of which is known what became of them: some hundred bytes each."""

_JPEG, _PNG, _MP4 = b"\xff\xd8\xff", b"\x89PNG", b"ftyp"
_HEAD: Final = 12


class Stays(NamedTuple):
    """Something that does not leave, and why: a word of `withheld.WHY`."""

    why: str
    kind: MediaKind = "picture"


Leaving = MediaFile | Stays


class MediaDoor:
    """Shows what leaves of the files of a store. Blocking; for one thread at a time.

    `thorough`: files are read whole. Without, what is there is taken to be what its name and its first bytes
    say, and what is masked has no SHA-256 yet.
    """

    def __init__(self, store: MediaStore, *, thorough: bool = True) -> None:
        self._store = store
        self._thorough = thorough
        self._known: OrderedDict[tuple[str, bool], Leaving] = OrderedDict()

    def leaving(self, of: str, *, plain: bool) -> Leaving:
        """Say what leaves of a file; `plain`: as it was taken."""
        known = self._known.get((of, plain))
        if known is None:
            known = self._look(of, plain=plain)[0] if self._thorough else self._glance(of, plain=plain)
            self._known[of, plain] = known
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known

    def given(self, of: str, *, plain: bool) -> Iterator[tuple[MediaFile, bytes]]:
        """Yield a file as it leaves, if it does."""
        file, content = self._look(of, plain=plain)
        if isinstance(file, MediaFile):
            yield file, content

    def _glance(self, of: str, *, plain: bool) -> Leaving:
        path = self._store.path(of)
        if path is None:
            return Stays("pictures-gone")
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if plain or head[4:8] == _MP4:
            return _clip(of, plain=plain) if head[4:8] == _MP4 else _plain(of, head)[0]
        return MediaFile(sha256="", of=of, masked=True, kind="picture", suffix="jpg")

    def _look(self, of: str, *, plain: bool) -> tuple[Leaving, bytes]:
        path = self._store.path(of)
        try:
            content = path.read_bytes() if path is not None else None
        except FileNotFoundError:
            content = None  # its days were over just now
        if content is None:
            return Stays("pictures-gone"), b""
        if hashlib.sha256(content).hexdigest() != of:
            return Stays("pictures-damaged"), b""
        if content[4:8] == _MP4:
            return _clip(of, plain=plain), content
        return _plain(of, content) if plain else _masked(of, content)


def _clip(of: str, *, plain: bool) -> Leaving:
    if not plain:
        return Stays("clips", "clip")
    return MediaFile(sha256=of, of=of, masked=False, kind="clip", suffix="mp4")


def _plain(of: str, content: bytes) -> tuple[Leaving, bytes]:
    for magic, suffix in ((_JPEG, "jpg"), (_PNG, "png")):
        if content.startswith(magic):
            return MediaFile(sha256=of, of=of, masked=False, kind="picture", suffix=suffix), content
    return Stays("pictures-unreadable"), b""


def _masked(of: str, content: bytes) -> tuple[Leaving, bytes]:
    try:
        made = pixelated(content)
    except InvalidMessage:
        return Stays("pictures-unreadable"), b""
    sha256 = hashlib.sha256(made).hexdigest()
    return MediaFile(sha256=sha256, of=of, masked=True, kind="picture", suffix="jpg"), made
