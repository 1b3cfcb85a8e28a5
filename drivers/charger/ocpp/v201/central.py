"""What an OCPP 2.0.1 station says, taken in and answered."""

from collections.abc import Mapping
from typing import Final

from drivers.charger.link import Link
from drivers.charger.ocpp.central import Central
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.session import BOOT, Handler, Session, read
from drivers.charger.ocpp.v201 import messages
from drivers.charger.ocpp.v201.bays import Bays
from drivers.charger.ocpp.v201.events import take_event
from drivers.charger.ocpp.v201.link import Link201
from drivers.charger.ocpp.v201.meters import readings
from drivers.charger.ocpp.v201.setup import set_up
from drivers.charger.ocpp.v201.transactions import Transactions

UNUSED: Final = (
    "NotifyReport",
    "NotifyMonitoringReport",
    "NotifyChargingLimit",
    "ClearedChargingLimit",
    "ReservationStatusUpdate",
)
"""What a station reports and nobody here needs."""


class Central201(Central):
    """The CSMS to one station."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._bays = session.post.keep(Bays)
        self._transactions = Transactions(session, self._bays)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What is done with each request."""
        return {
            **super().handlers,
            BOOT: self._boot,
            "StatusNotification": self._status,
            "Authorize": self._authorize,
            "TransactionEvent": self._transactions.take,
            "MeterValues": self._meter_values,
            "NotifyEvent": self._events,
            **dict.fromkeys(UNUSED, self._nothing),
        }

    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""
        return Link201(self.session, connector, self.known)

    async def set_up(self) -> None:
        """Learn what the station can do, and tell it what to report."""
        try:
            await set_up(self.session, self.known)
        finally:
            self.known.told.set()

    async def _boot(self, payload: Payload) -> Reply:
        return self.boots(read(messages.Boot, payload).product)

    async def _status(self, payload: Payload) -> Reply:
        said = read(messages.StatusNotification, payload)
        ear = self.post.ear(said.evse_id)
        if ear is not None:
            bay = self._bays.at(said.evse_id)
            bay.connects(said.connector_status)
            ear.status(bay.status(self.post.when(said.timestamp)))
        return Reply({})

    async def _authorize(self, payload: Payload) -> Reply:
        token = read(messages.Authorize, payload).id_token.id_token
        admitted = any(ear.admits(token) for ear in self.post.ears())
        return Reply({"idTokenInfo": {"status": "Accepted" if admitted else "Invalid"}})

    async def _meter_values(self, payload: Payload) -> Reply:
        said = read(messages.MeterValues, payload)
        ear = self.post.ear(said.evse_id)
        if ear is not None:
            for reading in readings(said.meter_value, None, self.post):
                await ear.metered(reading)
        return Reply({})

    async def _events(self, payload: Payload) -> Reply:
        for event in read(messages.NotifyEvent, payload).event_data:
            await take_event(self.post, self._bays, event)
        return Reply({})

    async def _nothing(self, _: Payload) -> Reply:
        return Reply({})
