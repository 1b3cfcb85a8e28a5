"""Transactions of OCPP 2.0.1 (part 2 E) as charges.

A transaction may begin with a vehicle that is plugged in and nobody who pays: it is a charge once somebody is
named, or power flows. A station that was away tells all of it later, in order, with its own times. Some use a
name again: under an order that is waited for it is another charge.
"""

from collections.abc import Sequence
from typing import Final

from drivers.charger.link import Began, Ear, Ended, Reading
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.session import Session, read
from drivers.charger.ocpp.v201 import words
from drivers.charger.ocpp.v201.bays import Bays
from drivers.charger.ocpp.v201.messages import TransactionEvent
from drivers.charger.ocpp.v201.meters import readings
from drivers.charger.ocpp.verdicts import judged, verdict

STOPPING: Final = frozenset({"StopAuthorized", "Deauthorized"})
"""Triggers by which a token ends a charge."""

STARTED: Final = "Started"
ENDED: Final = "Ended"


class Transactions:
    """What a station says of its transactions."""

    def __init__(self, session: Session, bays: Bays) -> None:
        self._session = session
        self._post = session.post
        self._bays = bays

    async def take(self, payload: Payload) -> Reply:
        """Take one event; answered once it is kept."""
        said = read(TransactionEvent, payload)
        transaction = said.transaction_info.transaction_id
        connector = said.evse.id if said.evse else self._connector(transaction)
        ear = self._post.concerned(connector, "a transaction")
        if ear is None:
            return self._verdict(said, admitted=said.event_type == ENDED)
        found = list(readings(said.meter_value, transaction, self._post))
        if said.event_type == STARTED:
            self._bays.forget(transaction)
        self._bays.met(transaction, connector or 0, _first(found))
        admitted = await self._begin(ear, said, found)
        for each in found:
            await ear.metered(each)
        if said.event_type == ENDED and ear.knows(transaction):
            await self._end(ear, said, found)
        if not said.offline:
            self._show(connector or 0, ear, said)
        return self._verdict(said, admitted=admitted)

    async def _begin(self, ear: Ear, said: TransactionEvent, found: Sequence[Reading]) -> bool:
        """Take that a charge began, if it has; say whether it may go on."""
        transaction, order = said.transaction_info.transaction_id, self._order(said)
        ends = said.event_type == ENDED
        known = ear.knows(transaction) and not (order and ear.admits(order))
        if not known and not (_took(found) if ends else order is not None or _powered(said)):
            return True
        admitted = self._post.admitted(ear, transaction, order or "")
        if not known:
            began = Began(
                transaction=transaction,
                order=order,
                at=self._post.when(said.timestamp),
                meter=self._bays.meter(transaction),
            )
            await ear.began(began)
        return admitted or ends

    async def _end(self, ear: Ear, said: TransactionEvent, found: Sequence[Reading]) -> None:
        ended = Ended(
            transaction=said.transaction_info.transaction_id,
            order=None,  # a token in this event is of whoever ended it
            at=self._post.when(said.timestamp),
            why=words.REASONS[said.transaction_info.stopped_reason],
            meter=_first(found[::-1]),
        )
        await ear.ended(ended)

    def _show(self, connector: int, ear: Ear, said: TransactionEvent) -> None:
        bay = self._bays.at(connector)
        if said.event_type == ENDED:
            bay.ends()
        else:
            bay.charges(said.transaction_info.charging_state)
        ear.status(bay.status(self._post.when(said.timestamp)))

    def _order(self, said: TransactionEvent) -> str | None:
        """Return who charges; a token that ends a charge says nothing of it."""
        token = said.id_token
        if token is not None and token.id_token and said.trigger_reason not in STOPPING:
            return token.id_token
        return self._post.asked_for(said.transaction_info.remote_start_id)

    def _connector(self, transaction: str) -> int | None:
        """Return where a transaction is that does not say so: only its first event must."""
        return self._bays.place(transaction) or self._post.connector_of(transaction)

    def _verdict(self, said: TransactionEvent, *, admitted: bool) -> Reply:
        answer = {"idTokenInfo": verdict(admitted=admitted)} if said.id_token else {}
        ident, stop = said.transaction_info.transaction_id, "RequestStopTransaction"
        return judged(self._session, answer, admitted=admitted, stop=stop, transaction=ident)


def _powered(said: TransactionEvent) -> bool:
    return said.transaction_info.charging_state in words.POWERED


def _first(found: Sequence[Reading]) -> int | None:
    return next((each.meter for each in found if each.meter is not None), None)


def _took(found: Sequence[Reading]) -> bool:
    return (_first(found[::-1]) or 0) > (_first(found) or 0)
