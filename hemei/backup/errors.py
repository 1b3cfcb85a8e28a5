"""What goes wrong with a backup on purpose."""

from contract.errors import HemeiError


class BackupError(HemeiError):
    """A backup could not be made or restored, or is not what its manifest says; nothing half is left."""

    default_code = "backup"
