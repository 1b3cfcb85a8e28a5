"""What goes to the library at a pace of its own: a kind by itself, or a kind for a subscription. Pure."""

from typing import Final

from msgspec import Struct

from hub.viid.settings import Kind, Watched

KINDS: Final[tuple[Kind | Watched, ...]] = (*Kind, *Watched)
_NAMED: Final = {each.value: each for each in KINDS}


class Stream(Struct, frozen=True, kw_only=True):
    """Passes or devices. `subscription`: the number of the one it is for; 0: the feed sends by itself."""

    kind: Kind | Watched
    subscription: int = 0

    @property
    def key(self) -> str:
        """Its name in the ledger: `faces`, or `faces/7`."""
        return f"{self.kind.value}/{self.subscription}" if self.subscription else self.kind.value


def stream_of(key: str) -> Stream:
    """Return the stream of a name in the ledger."""
    kind, _, number = key.partition("/")
    return Stream(kind=_NAMED[kind], subscription=int(number or 0))
