"""Who acts where a command writes to the ledger."""

from typing import Final

from hub.alarms.alarm import Actor

CLI: Final = Actor(who="cli")
"""Whoever may write to the ledger from this machine's command line."""
