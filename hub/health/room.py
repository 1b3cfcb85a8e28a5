"""Measures once an hour how much room is left and who takes it. Blocking."""

import os
import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, insert, select, text

from hub.health.forecast import DAY_MS, Sample
from hub.health.schema import samples
from hub.settings import HubSettings

KEPT_DAYS: Final = 30
LOOKED_AT_DAYS: Final = 7
"""A site that grew yesterday is not measured by what it was a month ago."""


class RoomStore:
    """One tenant's samples."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def add(self, connection: Connection, sample: Sample) -> None:
        """Write a sample, and forget those that are too old; two of one moment are one."""
        old = (samples.c.tenant == self._tenant, samples.c.at_ms < sample.at_ms - KEPT_DAYS * DAY_MS)
        connection.execute(delete(samples).where(*old))
        same = (samples.c.tenant == self._tenant, samples.c.at_ms == sample.at_ms)
        connection.execute(delete(samples).where(*same))
        values = {name: getattr(sample, name) for name in Sample.__struct_fields__}
        connection.execute(insert(samples).values(tenant=self._tenant, **values))

    def last(self, connection: Connection, now_ms: int) -> list[Sample]:
        """Return those of the last days, oldest first."""
        ours = (samples.c.tenant == self._tenant, samples.c.at_ms >= now_ms - LOOKED_AT_DAYS * DAY_MS)
        rows = connection.execute(select(samples).where(*ours).order_by(samples.c.at_ms)).mappings()
        return [Sample(**{name: row[name] for name in Sample.__struct_fields__}) for row in rows]


def measure(settings: HubSettings, connection: Connection, now_ms: int) -> Sample:
    """Measure the disk below the data folder, and what the hub itself has there."""
    usage = shutil.disk_usage(settings.data_dir)
    return Sample(
        at_ms=now_ms,
        free_bytes=usage.free,
        total_bytes=usage.used + usage.free,
        ledger_bytes=_ledger(connection),
        history_bytes=_history(settings),
        media_bytes=_folder(settings.media_dir),
    )


def _ledger(connection: Connection) -> int | None:
    if connection.dialect.name == "postgresql":
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar()
    file = connection.engine.url.database
    return _files(Path(file)) if file else None


def _history(settings: HubSettings) -> int | None:
    """Return what history takes on this disk: where a server keeps it, what waits for that."""
    return _folder(settings.influx.buffer_dir) if settings.influx else _files(settings.history_file)


def _files(file: Path) -> int | None:
    """Return the size of an SQLite database with what is not merged into it yet; None: there is none."""
    found = [each for each in (file, Path(f"{file}-wal")) if each.exists()]
    return sum(each.stat().st_size for each in found) if found else None


def _folder(folder: Path) -> int:
    total, waiting = 0, [str(folder)] if folder.is_dir() else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total
