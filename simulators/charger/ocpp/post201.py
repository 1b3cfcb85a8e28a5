"""A post of OCPP 2.0.1: what it tells. Each connector is an EVSE with one connector."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ocpp.v201 import ChargePoint, call

from simulators.charger.ocpp.answering import routes
from simulators.charger.ocpp.answers201 import Answers201
from simulators.charger.ocpp.bays import Bay, Wish
from simulators.charger.ocpp.dialect import Session
from simulators.charger.ocpp.events import Events
from simulators.charger.ocpp.outbox import Letter
from simulators.charger.ocpp.post import ANSWERED_S, FIRMWARE, MESSAGES, MODEL, VENDOR, OcppPost
from simulators.charger.ocpp.readings import sampled_201
from simulators.charger.ocpp.words201 import ALARMS, REASONS, TRIGGERS, TRIPS, status
from simulators.charger.options import Options
from simulators.charger.outlet import Charge, Outlet, Trip, Why
from simulators.charger.wire import PostWire
from simulators.clock import Clock

SERIAL_LENGTH = 25
SAMPLED = {
    "Transaction.Begin": "TxStartedMeasurands",
    "Transaction.End": "TxEndedMeasurands",
    "Sample.Clock": "MeterValuesAlignedData",
}
"""Which setting says what is measured; in all other contexts it is `MeterValuesSampledData`."""


class Post201(OcppPost):
    """A post of 2.0.1."""

    protocol = "ocpp2.0.1"

    def __init__(self, wire: PostWire, options: Options, clock: Clock) -> None:
        super().__init__(wire, options, clock)
        self._events = Events(lambda: self.now)

    def session(self, socket: Any) -> Session:
        """Return a session with its handlers."""
        session = ChargePoint(self.wire.post, socket, response_timeout=ANSWERED_S, logger=MESSAGES)
        session.route_map = routes(self, Answers201(self).handlers())
        return session

    def boot(self, reason: str) -> Any:
        """Return a BootNotification."""
        return call.BootNotification(
            charging_station={
                "vendor_name": VENDOR,
                "model": MODEL,
                "firmware_version": FIRMWARE,
                "serial_number": self.wire.post[:SERIAL_LENGTH],
            },
            reason=reason,
        )

    def heartbeat(self) -> Any:
        """Return a Heartbeat."""
        return call.Heartbeat()

    def statuses(self, bays: Sequence[Bay]) -> list[Any]:
        """Return a StatusNotification of each connector, and what is wrong now."""
        for bay in bays:
            bay.told = self._status_word(bay)
        alarms = [ALARMS[name] for name, is_so in (("smoke", self.smoke), ("flood", self.flood)) if is_so]
        trips = [(bay, TRIPS[bay.outlet.trip]) for bay in bays if bay.outlet.trip is not Trip.NONE]
        return [
            *(self._status(bay) for bay in bays),
            *(self._events.tell(part, active=True) for part in alarms),
            *(self._events.tell(part, active=True, number=bay.outlet.number) for bay, part in trips),
        ]

    def tell(self, bay: Bay) -> None:
        """Tell what changed: a status, what tripped, how a charge goes."""
        word = self._status_word(bay)
        if self.connected and bay.told != word:
            bay.told = word
            self.say(self._status(bay))
        if bay.told_trip is not bay.outlet.trip:
            self._tell_trip(bay, bay.told_trip, active=False)
            self._tell_trip(bay, bay.outlet.trip, active=True)
            bay.told_trip = bay.outlet.trip
        charge = bay.outlet.charge
        if charge is not None and bay.charging != bay.told_charging:
            self._updated(bay, charge, "ChargingStateChanged", None)

    def began(self, bay: Bay, charge: Charge, wish: Wish) -> None:
        """Keep that a charge began (E02): somebody may charge, and a vehicle is there."""
        bay.told_charging = bay.charging
        info = {"charging_state": bay.charging, "remote_start_id": wish.remote_id}
        more = {
            "id_token": {"id_token": wish.order, "type": wish.kind},
            "meter_value": self._values(bay, "Transaction.Begin"),
        }
        trigger = "Authorized" if wish.remote_id is None else "RemoteStart"
        event = self._event(bay, charge, "Started", trigger, info, **more)

        def taken(answer: Any) -> None:
            if answer.id_token_info is not None:
                self.judged(bay, charge, answer.id_token_info["status"])

        self.outbox.put(Letter(message=event, kept=True, taken=taken))

    def metered(self, bay: Bay, charge: Charge, context: str) -> None:
        """Keep a reading of a charge."""
        values = self._values(bay, context)
        if values:
            trigger = "MeterValueClock" if context == "Sample.Clock" else "MeterValuePeriodic"
            self._updated(bay, charge, trigger, values)

    def ended(self, outlet: Outlet, charge: Charge, why: Why) -> None:
        """Keep that a charge ended (E06 to E08)."""
        bay = self.bays[outlet.number]
        info = {"stopped_reason": REASONS.get(why, "Other")}
        values = self._values(bay, "Transaction.End")
        trigger = TRIGGERS.get(why, "AbnormalCondition")
        event = self._event(bay, charge, "Ended", trigger, info, meter_value=values)
        self._keep(event)
        bay.charge_over()

    def authorize(self, order: str, then: Callable[[], None]) -> None:
        """Ask with Authorize (C01)."""

        def taken(answer: Any) -> None:
            if answer.id_token_info["status"] == "Accepted":
                then()

        asked = call.Authorize(id_token={"id_token": order, "type": "ISO14443"})
        self.outbox.put(Letter(message=asked, taken=taken))

    def alarmed(self, what: str, *, active: bool) -> None:
        """Tell what a sensor of the post found (N07)."""
        self._keep(self._events.tell(ALARMS[what], active=active))

    def triggers(self) -> Mapping[str, Callable[[Sequence[Bay]], None]]:
        """Return what TriggerMessage can ask for (F06)."""
        return {
            "BootNotification": lambda _: self.say(self.boot("Triggered")),
            "Heartbeat": lambda _: self.say(self.heartbeat()),
            "StatusNotification": self._say_statuses,
            "MeterValues": self._say_meters,
            "TransactionEvent": self._say_transactions,
        }

    def _say_statuses(self, bays: Sequence[Bay]) -> None:
        for bay in bays:
            self.say(self._status(bay))

    def _say_meters(self, bays: Sequence[Bay]) -> None:
        for bay in bays:
            values = self._values(bay, "Trigger")
            if values:
                self.say(call.MeterValues(evse_id=bay.outlet.number, meter_value=values))

    def _say_transactions(self, bays: Sequence[Bay]) -> None:
        for bay in bays:
            if bay.outlet.charge is not None:
                self._updated(bay, bay.outlet.charge, "Trigger", self._values(bay, "Trigger"))

    def _tell_trip(self, bay: Bay, trip: Trip, *, active: bool) -> None:
        if trip in TRIPS:
            self._keep(self._events.tell(TRIPS[trip], active=active, number=bay.outlet.number))

    def _keep(self, message: Any) -> None:
        self.outbox.put(Letter(message=message, kept=True))

    def _status_word(self, bay: Bay) -> str:
        faulted = bay.outlet.trip is not Trip.NONE or self.smoke or self.flood
        return "Faulted" if faulted else status(bay)

    def _status(self, bay: Bay) -> Any:
        return call.StatusNotification(
            timestamp=self.now,
            connector_status=self._status_word(bay),
            evse_id=bay.outlet.number,
            connector_id=1,
        )

    def _values(self, bay: Bay, context: str) -> list[dict[str, Any]] | None:
        names = self.settings.list(SAMPLED.get(context, "MeterValuesSampledData"))
        sampled = sampled_201(bay.connector, names, context)
        return [{"timestamp": self.now, "sampled_value": sampled}] if sampled else None

    def _updated(self, bay: Bay, charge: Charge, trigger: str, values: list[dict[str, Any]] | None) -> None:
        bay.told_charging = bay.charging
        info = {"charging_state": bay.charging}
        event = self._event(bay, charge, "Updated", trigger, info, meter_value=values)
        self._keep(event)

    def _event(
        self, bay: Bay, charge: Charge, type: str, trigger: str, info: Mapping[str, Any], **more: Any
    ) -> Any:
        bay.sequence += 1
        return call.TransactionEvent(
            event_type=type,
            timestamp=self.now,
            trigger_reason=trigger,
            seq_no=bay.sequence - 1,
            transaction_info={"transaction_id": charge.transaction, **info},
            evse={"id": bay.outlet.number, "connector_id": 1},
            offline=not self.connected,
            **more,
        )
