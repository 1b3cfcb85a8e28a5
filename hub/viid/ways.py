"""How objects of one stream are made, wrapped and addressed. Blocking where pictures are read."""

from collections.abc import Sequence
from typing import Protocol

from hub.passes.record import Pass
from hub.viid.items import Item, Maker
from hub.viid.profile import Shape, wrapped
from hub.viid.settings import Kind
from hub.viid.stream import Stream


class Way(Protocol):
    """The way of a stream. `receiver`: where it goes; `document`: the authority's paper."""

    kind: Kind
    stream: Stream
    receiver: str
    document: str

    @property
    def path(self) -> str:
        """Where requests are posted."""

    def knows(self, told: Pass) -> bool:
        """Whether the pass's device has an id here."""

    def item(self, told: Pass) -> Item:
        """Make the object of a pass."""

    def body(self, items: Sequence[Item]) -> bytes:
        """Write a request with some objects."""


class ByItself:
    """A kind that the feed sends by itself."""

    def __init__(self, kind: Kind, maker: Maker, *, receiver: str, document: str) -> None:
        self.kind = kind
        self.stream = Stream(kind=kind)
        self.receiver = receiver
        self.document = document
        self._maker = maker

    @property
    def path(self) -> str:
        """Where the profile says that the kind is posted."""
        return self._shape.path

    def knows(self, told: Pass) -> bool:
        """Whether the pass's device has an id."""
        return f"{told.kind}/{told.device}" in self._maker.devices

    def item(self, told: Pass) -> Item:
        """Make the object of a pass."""
        return self._maker.item(self.kind, told)

    def body(self, items: Sequence[Item]) -> bytes:
        """Write a request with some objects."""
        return wrapped(self._shape, [each.document for each in items])

    @property
    def _shape(self) -> Shape:
        return self._maker.shape(self.kind)
