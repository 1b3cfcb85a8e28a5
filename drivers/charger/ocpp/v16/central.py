"""What an OCPP 1.6 post says, taken in and answered."""

from collections.abc import Mapping

from drivers.charger.link import Began, Ended, Link, Status
from drivers.charger.ocpp.central import Central
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.samples import MOST_WH
from drivers.charger.ocpp.session import Handler, read
from drivers.charger.ocpp.v16 import messages, words
from drivers.charger.ocpp.v16.link import Link16
from drivers.charger.ocpp.v16.meters import readings
from drivers.charger.ocpp.v16.setup import set_up
from drivers.charger.ocpp.verdicts import judged, verdict


class Central16(Central):
    """The central system to one post."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What is done with each request."""
        return {
            **super().handlers,
            "StartTransaction": self._start,
            "StopTransaction": self._stop,
            "DiagnosticsStatusNotification": self._progress,
            "SignedFirmwareStatusNotification": self._progress,
        }

    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""
        return Link16(self.session, connector, self.known)

    async def learn(self) -> None:
        """Ask for its configuration, change what matters here."""
        await set_up(self.session, self.known)

    def product(self, payload: Payload) -> str:
        """Return what a BootNotification says."""
        return read(messages.Boot, payload).product

    async def _status(self, payload: Payload) -> Reply:
        """Take how a connector is; of the post as a whole, connector 0, only a danger is everybody's."""
        said = read(messages.StatusNotification, payload)
        ear = self.post.ear(said.connector_id)
        if ear is not None:
            ear.status(self._read_status(said))
        for error, trouble in words.TROUBLES.items():
            await self.post.danger(said.connector_id, trouble, active=said.error_code == error)
        return Reply({})

    def _read_status(self, said: messages.StatusNotification) -> Status:
        state = words.STATES[said.status]
        return Status(
            state=state,
            fault=words.fault(said.status, said.error_code),
            plugged=words.PLUGGED.get(state),
            at=self.post.when(said.timestamp) if said.timestamp else None,
        )

    async def _authorize(self, payload: Payload) -> Reply:
        tag = read(messages.Authorize, payload).id_tag
        return Reply({"idTagInfo": verdict(admitted=self.admits(tag))})

    async def _start(self, payload: Payload) -> Reply:
        """Take that a charge began: it did, whether somebody admitted it or not, and maybe long ago."""
        said = read(messages.StartTransaction, payload)
        ident = words.number(self.post.name, said)
        transaction = str(ident)
        ear = self.post.concerned(said.connector_id, "a charge began")
        admitted = ear is not None and self.post.admitted(ear, transaction, said.id_tag)
        if ear is not None:
            began = Began(
                transaction=transaction,
                order=said.id_tag,
                at=self.post.when(said.timestamp),
                meter=_meter(said.meter_start),
            )
            await ear.began(began)
        answer = {"transactionId": ident, "idTagInfo": verdict(admitted=admitted)}
        stop = "RemoteStopTransaction"
        return judged(self.session, answer, admitted=admitted, stop=stop, transaction=ident)

    async def _stop(self, payload: Payload) -> Reply:
        said = read(messages.StopTransaction, payload)
        transaction = str(said.transaction_id)
        ear = self.post.concerned(self.post.connector_of(transaction), "a charge ended")
        if ear is None:
            return Reply({})
        for reading in readings(said.transaction_data, transaction, self.post):
            await ear.metered(reading)
        ended = Ended(
            transaction=transaction,
            order=None,  # the idTag of the message is of whoever ended it
            at=self.post.when(said.timestamp),
            why=words.REASONS[said.reason],
            meter=_meter(said.meter_stop),
        )
        await ear.ended(ended)
        return Reply({})

    async def _meter_values(self, payload: Payload) -> Reply:
        said = read(messages.MeterValues, payload)
        ear = self.post.ear(said.connector_id)
        known = (
            said.transaction_id is not None and said.transaction_id > 0
        )  # posts say -1 or 0 before they know
        transaction = str(said.transaction_id) if known else None
        if ear is not None:
            for reading in readings(said.meter_value, transaction, self.post):
                await ear.metered(reading)
        return Reply({})


def _meter(register: int) -> int | None:
    """Return a meter's register; a broken meter may show anything."""
    return register if 0 <= register <= MOST_WH else None
