"""The steps of a charge: a transaction of charging, an action written down, an action published."""

from typing import Any

from contract.mqtt import Connection
from hub.actions.records import ActionTable
from hub.ledger.transactions import Transactions
from tests.hub.crash.mortal import Steps


def mark(steps: Steps) -> None:
    """Let the hub's own code take these steps."""
    steps.after(Transactions, "_write", counts=_of_charging)
    steps.after(ActionTable, "add")
    steps.after(Connection, "publish", counts=_an_action)


def _of_charging(result: Any, _: Transactions, work: Any) -> bool:
    return work.__module__.startswith("hub.charging.") and result is not False


def _an_action(_: None, _link: Connection, topic: str, *_payload: bytes) -> bool:
    return topic.endswith("/action")
