"""The steps of a hub with an alarm: a transaction, a message over the broker, a message to a contact."""

from contract.mqtt import Connection
from hub.ledger.transactions import Transactions
from hub.notify.sender import AppriseSender
from tests.hub.crash.mortal import Steps


def mark(steps: Steps) -> None:
    """Let the hub's own code take these steps."""
    steps.after(Transactions, "_write")
    steps.after(AppriseSender, "send")
    steps.after(Connection, "publish")
