"""What is kept of a bundle when its files are gone, to be written on paper: counts, software, stamp."""

from msgspec import Struct

from contract.things import Words


class Counted(Struct, frozen=True, kw_only=True):
    """So many of something: the rows of a table, or what was withheld for a reason."""

    what: Words
    number: int


class Stamped(Struct, frozen=True, kw_only=True):
    """When a time stamp was made, and the name that its server gives itself."""

    at_ms: int
    by: str


class Contents(Struct, frozen=True, kw_only=True):
    """What is in a bundle, in short. `stamp` None: it has none."""

    tables: tuple[Counted, ...]
    pictures: int
    clips: int
    withheld: tuple[Counted, ...]
    software: str
    stamp: Stamped | None = None
