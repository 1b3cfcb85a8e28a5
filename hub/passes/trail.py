"""What people do with the record of passes is in the audit, in the same transaction."""

from typing import Final

from hub.alarms.alarm import Actor

EXPORTED: Final = "passes.exported"
LEFT: Final = "passes.left"
PURGED: Final = "passes.purged"
ITSELF: Final = Actor(who="hub")
