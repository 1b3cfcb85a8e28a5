"""What an OCPP 2.0.1 station says, taken in and answered."""

from collections.abc import Mapping
from typing import Final

from drivers.charger.link import Link
from drivers.charger.ocpp.central import Central
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.session import Handler, Session, read
from drivers.charger.ocpp.v201 import messages
from drivers.charger.ocpp.v201.bays import Bays
from drivers.charger.ocpp.v201.events import take_event
from drivers.charger.ocpp.v201.link import Link201
from drivers.charger.ocpp.v201.meters import readings
from drivers.charger.ocpp.v201.setup import set_up
from drivers.charger.ocpp.v201.transactions import Transactions
from drivers.charger.ocpp.verdicts import verdict

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
            "TransactionEvent": self._transactions.take,
            "NotifyEvent": self._events,
            **dict.fromkeys(UNUSED, self._nothing),
        }

    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""
        return Link201(self.session, connector, self.known)

    async def learn(self) -> None:
        """Ask for its variables, change what matters here."""
        await set_up(self.session, self.known)

    def product(self, payload: Payload) -> str:
        """Return what a BootNotification says."""
        return read(messages.Boot, payload).product

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
        return Reply({"idTokenInfo": verdict(admitted=self.admits(token))})

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
