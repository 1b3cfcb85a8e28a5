"""What is done about charging is in the audit, in the same transaction."""

from typing import Final

from hub.alarms.alarm import Actor

RESIDENT: Final = "resident"
"""Whoever stands at a post with a phone: nobody in particular."""
ITSELF: Final = Actor(who="charging")
"""The hub, when it ends a charge by itself."""
