"""How an EVSE of OCPP 2.0.1 is: put together from its connector's status, its transaction and its parts."""

from datetime import datetime
from typing import Final, NamedTuple

from drivers.charger.link import Status
from drivers.charger.ocpp.v201 import words
from drivers.charger.words import ConnectorState, Fault

OCCUPIED: Final = "Occupied"

REMEMBERED: Final = 64
"""Transactions of which the place is kept in memory."""


class Place(NamedTuple):
    """Where a transaction is, and what the meter showed when it was first heard of."""

    connector: int
    meter: int | None


class Bay:
    """What was last said of one EVSE."""

    def __init__(self) -> None:
        self.connector = OCCUPIED
        self.charging: str | None = None
        self.finished = False
        self.fault = Fault.NONE

    def connects(self, status: str) -> None:
        """Take the connector's status."""
        self.connector = status
        if status == "Available":
            self.finished, self.charging = False, None

    def charges(self, state: str | None) -> None:
        """Take what the transaction does; None: nothing new."""
        if state is not None:
            self.finished, self.charging = False, state
            if self.connector not in ("Faulted", "Unavailable"):
                self.connector = OCCUPIED

    def ends(self) -> None:
        """Take that the transaction has ended."""
        self.finished, self.charging = True, None

    def status(self, at: datetime | None) -> Status:
        """Say how it is now."""
        state = words.STATES.get(self.connector) or self._occupied()
        fault = self.fault
        if state is ConnectorState.FAULTED and fault is Fault.NONE:
            fault = Fault.OTHER
        return Status(state=state, fault=fault, plugged=self._plugged(), at=at)

    def _occupied(self) -> ConnectorState:
        if self.finished:
            return ConnectorState.FINISHING
        return words.CHARGING[self.charging or "EVConnected"]

    def _plugged(self) -> bool | None:
        """`Idle` is a transaction without a vehicle: somebody is admitted, and has not plugged in."""
        if self.connector == OCCUPIED:
            return self.charging != "Idle"
        return False if self.connector == "Available" else None


class Bays:
    """All of a station, from one connection to the next."""

    def __init__(self) -> None:
        self.known: dict[int, Bay] = {}
        self._places: dict[str, Place] = {}

    def at(self, connector: int) -> Bay:
        """Return the EVSE with that number."""
        return self.known.setdefault(connector, Bay())

    def met(self, transaction: str, connector: int, meter: int | None) -> None:
        """Take where a transaction is; its first meter reading stays."""
        before = self._places.pop(transaction, None)
        first = before.meter if before and before.meter is not None else meter
        self._places[transaction] = Place(connector, first)
        if len(self._places) > REMEMBERED:
            self._places.pop(next(iter(self._places)))

    def forget(self, transaction: str) -> None:
        """Take that a transaction begins: the name may have been another one's."""
        self._places.pop(transaction, None)

    def place(self, transaction: str) -> int | None:
        """Return where a transaction is, if it has said so."""
        place = self._places.get(transaction)
        return place.connector if place else None

    def meter(self, transaction: str) -> int | None:
        """Return what the meter showed at first."""
        place = self._places.get(transaction)
        return place.meter if place else None
