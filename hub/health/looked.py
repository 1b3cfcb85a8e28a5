"""What was seen at the last look, as figures that Prometheus may ask for without a wait. Pure."""

from typing import Final

from msgspec import Struct

from hub.health.backup import LastBackup
from hub.health.forecast import DAY_MS, Forecast, Sample

FIGURES: Final = (
    "ledger_size_bytes",
    "history_size_bytes",
    "media_size_bytes",
    "disk_size_bytes",
    "disk_free_bytes",
    "disk_full_seconds",
    "backup_last_timestamp_seconds",
    "backup_last_size_bytes",
    "backup_last_verified",
)


class Looked(Struct, frozen=True, kw_only=True):
    """The newest measurement of the disk, what it foretells, and the last backup."""

    room: Sample | None = None
    foretold: Forecast = Forecast()
    backup: LastBackup | None = None

    def figure(self, name: str) -> float | None:
        """Return a figure by its name; None: it is not known."""
        return {**self._sizes(), **self._backup()}.get(name)

    def _sizes(self) -> dict[str, float | None]:
        room, days = self.room, self.foretold.days
        if room is None:
            return {}
        return {
            "ledger_size_bytes": room.ledger_bytes,
            "history_size_bytes": room.history_bytes,
            "media_size_bytes": room.media_bytes,
            "disk_size_bytes": room.total_bytes,
            "disk_free_bytes": room.free_bytes,
            "disk_full_seconds": None if days is None else days * DAY_MS / 1000,
        }

    def _backup(self) -> dict[str, float | None]:
        last = self.backup
        if last is None or last.made is None:
            return {}
        return {
            "backup_last_timestamp_seconds": last.made.timestamp(),
            "backup_last_size_bytes": last.bytes,
            "backup_last_verified": last.verified,
        }
