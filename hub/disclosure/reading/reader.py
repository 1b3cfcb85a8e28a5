"""Opens a disclosure's data, for whoever shows or makes it. Blocking."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from hub.disclosure.bases import LegalBasis
from hub.disclosure.reading.bounds import Cut, Surroundings, areas_known, cut_at
from hub.disclosure.reading.media import MediaDoor
from hub.disclosure.reading.shown import Asked
from hub.disclosure.reading.source import LedgerSource
from hub.disclosure.scope import Scope
from hub.history.beside import open_beside
from hub.history.influx.settings import InfluxSettings
from hub.media import MediaStore


class Places(Struct, frozen=True, kw_only=True):
    """Where a hub keeps its data."""

    tenant: str
    media_dir: Path
    history_file: Path
    influx: InfluxSettings | None = None


class Reader:
    """One tenant's data on its way out."""

    def __init__(self, engine: Engine, places: Places) -> None:
        self._engine = engine
        self._places = places

    def cut(self, scope: Scope, at_ms: int) -> Cut:
        """Find up to where the ledger was written when a scope was approved, or now."""
        with self._engine.connect() as connection:
            return cut_at(connection, self._places.tenant, scope, at_ms)

    @contextmanager
    def source(
        self, basis: LegalBasis, scope: Scope, cut: Cut, around: Surroundings, *, thorough: bool = True
    ) -> Iterator[LedgerSource]:
        """Open what leaves of a scope; ValueError if that is more than the basis allows.

        Not `thorough`: pictures are not looked at, and so have no name yet under which they leave.
        """
        if excess := basis.too_wide(scope):
            raise ValueError("; ".join(excess))
        asked = Asked(
            engine=self._engine,
            tenant=self._places.tenant,
            scope=scope,
            basis=basis,
            cut=cut,
            around=around,
        )
        history = open_beside(self._places.history_file, self._places.influx)
        try:
            store = MediaStore(self._places.media_dir)
            yield LedgerSource(asked, history, MediaDoor(store, thorough=thorough))
        finally:
            history.close()

    def with_areas(self, around: Surroundings) -> Surroundings:
        """Add where devices stood that are gone, or that nobody says anything of."""
        with self._engine.connect() as connection:
            known = areas_known(connection, self._places.tenant)
        return replace(around, areas={**known, **around.areas})
