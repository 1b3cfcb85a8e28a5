"""What tests of hand-overs have: an officer's telephone over real HTTP, and a ledger on each database."""

from tests.hub.notify.conftest import ledger, receiver

__all__ = ["ledger", "receiver"]
