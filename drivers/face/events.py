"""The events of a face terminal, by their CloudEvents types; the same as other doors have, where they do."""

from typing import Final

from contract import passes

GRANTED: Final = passes.ACCESS_GRANTED
DENIED: Final = passes.ACCESS_DENIED
STRANGER: Final = passes.STRANGER
LIVENESS_FAILED: Final = passes.LIVENESS_FAILED
FACE_REMOVED: Final = passes.FACE_REMOVED
OPENED: Final = "hemei.door.door-opened"
CLOSED: Final = "hemei.door.door-closed"
FORCED: Final = "hemei.door.door-forced"
HELD_OPEN: Final = "hemei.door.door-held-open"
REQUEST_TO_EXIT: Final = "hemei.door.request-to-exit"
TAMPER: Final = "hemei.door.tamper"
TAMPER_RESTORED: Final = "hemei.door.tamper-restored"
FIRE_RELEASED: Final = "hemei.door.fire-released"
FIRE_RELEASE_ENDED: Final = "hemei.door.fire-release-ended"
