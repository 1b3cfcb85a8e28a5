"""What goes to the library at a pace of its own: a kind by itself, or a kind for a subscription. Pure."""

from msgspec import Struct

from hub.viid.settings import Kind


class Stream(Struct, frozen=True, kw_only=True):
    """A stream of passes. `subscription`: the number of the one it is for; 0: the feed sends by itself."""

    kind: Kind
    subscription: int = 0

    @property
    def key(self) -> str:
        """Its name in the ledger: `faces`, or `faces/7`."""
        return f"{self.kind.value}/{self.subscription}" if self.subscription else self.kind.value


def stream_of(key: str) -> Stream:
    """Return the stream of a name in the ledger."""
    kind, _, number = key.partition("/")
    return Stream(kind=Kind(kind), subscription=int(number or 0))
