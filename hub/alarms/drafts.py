"""Definitions as somebody writes them: where those in force stand, and one that is to be tried."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from hub.alarms.definition import Definition


class Origin(Struct, frozen=True, kw_only=True):
    """Where a definition in force is written.

    `source`: `hub`, a device family, or `site`. `file` and `place`: the site file and the table in it that
    changes what ships, or adds it; None: as it ships.
    """

    source: str
    file: str | None = None
    place: str | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """A definition to be tried, and the TOML that puts it into the site file."""

    definition: Definition
    toml: str


class Drafting(Protocol):
    """Knows the site file. What is wrong is an InvalidMessage that names every key and what is allowed."""

    def origin(self, key: str) -> Origin | None:
        """Return where a definition is written; None for one that the hub makes by itself."""
        ...

    def read(self, toml: str) -> Draft:
        """Read one `[[alarm]]` or one `[alarm_change.KEY]`."""
        ...

    def change(self, key: str, fields: Mapping[str, Any]) -> Draft:
        """Give single fields of a definition in force anew."""
        ...
