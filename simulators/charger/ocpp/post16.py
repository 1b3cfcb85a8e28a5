"""A post of OCPP 1.6J: what it tells."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ocpp.v16 import ChargePoint, call

from simulators.charger.ocpp.answering import routes
from simulators.charger.ocpp.answers16 import Answers16
from simulators.charger.ocpp.bays import Bay, Wish
from simulators.charger.ocpp.dialect import Session
from simulators.charger.ocpp.outbox import Letter
from simulators.charger.ocpp.post import ANSWERED_S, FIRMWARE, MESSAGES, MODEL, VENDOR, OcppPost
from simulators.charger.ocpp.readings import sampled_16
from simulators.charger.ocpp.words16 import ERRORS, NO_ERROR, REASONS, status
from simulators.charger.outlet import Charge, Outlet, Trip, Why

NEVER_NAMED = -1  # the transaction of a StartTransaction that got no answer to its end
SERIAL_LENGTH = 25


class Post16(OcppPost):
    """A post of 1.6J."""

    protocol = "ocpp1.6"

    def session(self, socket: Any) -> Session:
        """Return a session with its handlers."""
        session = ChargePoint(self.wire.post, socket, response_timeout=ANSWERED_S, logger=MESSAGES)
        session.route_map = routes(self, Answers16(self).handlers())
        return session

    def boot(self, reason: str) -> Any:
        """Return a BootNotification; 1.6 has no place for the reason."""
        del reason
        return call.BootNotification(
            charge_point_vendor=VENDOR,
            charge_point_model=MODEL,
            firmware_version=FIRMWARE,
            charge_point_serial_number=self.wire.post[:SERIAL_LENGTH],
        )

    def heartbeat(self) -> Any:
        """Return a Heartbeat."""
        return call.Heartbeat()

    def statuses(self, bays: Sequence[Bay]) -> list[Any]:
        """Return a StatusNotification of the post itself, connector 0, and one of each connector."""
        told = [self._status(0, ("Available", NO_ERROR))]
        for bay in bays:
            bay.told = state = self._state(bay)
            told.append(self._status(bay.outlet.number, state))
        return told

    def tell(self, bay: Bay) -> None:
        """Tell a status that changed."""
        state = self._state(bay)
        if self.connected and state != bay.told:
            bay.told = state
            self.say(self._status(bay.outlet.number, state))

    def began(self, bay: Bay, charge: Charge, wish: Wish) -> None:
        """Keep a StartTransaction; its answer names the transaction."""
        started = call.StartTransaction(
            connector_id=bay.outlet.number, id_tag=wish.order, meter_start=charge.meter, timestamp=self.now
        )

        def taken(answer: Any) -> None:
            bay.outlet.rename(charge, str(answer.transaction_id))
            self.judged(bay, charge, answer.id_tag_info["status"])

        self.outbox.put(Letter(message=started, kept=True, taken=taken))

    def metered(self, bay: Bay, charge: Charge, context: str) -> None:
        """Keep MeterValues of a charge."""
        values = self._values(bay, context)
        if values:
            self.outbox.put(
                Letter(
                    make=lambda: call.MeterValues(
                        connector_id=bay.outlet.number, meter_value=values, transaction_id=_number(charge)
                    ),
                    kept=True,
                )
            )

    def ended(self, outlet: Outlet, charge: Charge, why: Why) -> None:
        """Keep a StopTransaction."""
        self.bays[outlet.number].charge_over()
        now, meter = self.now, outlet.connector.meter
        self.outbox.put(
            Letter(
                make=lambda: call.StopTransaction(
                    meter_stop=meter,
                    timestamp=now,
                    transaction_id=_number(charge),
                    reason=REASONS.get(why, "Other"),
                ),
                kept=True,
            )
        )

    def authorize(self, order: str, then: Callable[[], None]) -> None:
        """Ask with Authorize."""

        def taken(answer: Any) -> None:
            if answer.id_tag_info["status"] == "Accepted":
                then()

        self.outbox.put(Letter(message=call.Authorize(id_tag=order), taken=taken))

    def alarmed(self, what: str, *, active: bool) -> None:
        """Tell of an opened door (security whitepaper §4.8); smoke and flood are each connector's status."""
        if what == "door" and active:
            self.say(
                call.SecurityEventNotification(
                    type="TamperDetectionActivated", timestamp=self.now, tech_info=None
                )
            )

    def triggers(self) -> Mapping[str, Callable[[Sequence[Bay]], None]]:
        """Return what TriggerMessage can ask for (§7.22)."""
        return {
            "BootNotification": lambda _: self.say(self.boot("Triggered")),
            "Heartbeat": lambda _: self.say(self.heartbeat()),
            "StatusNotification": self._say_statuses,
            "MeterValues": self._say_meters,
        }

    def _say_statuses(self, bays: Sequence[Bay]) -> None:
        for message in self.statuses(bays)[1:]:
            self.say(message)

    def _say_meters(self, bays: Sequence[Bay]) -> None:
        for bay in bays:
            values, charge = self._values(bay, "Trigger"), bay.outlet.charge
            if values:
                self.say(
                    call.MeterValues(
                        connector_id=bay.outlet.number,
                        meter_value=values,
                        transaction_id=_number(charge) if charge else None,
                    )
                )

    def _values(self, bay: Bay, context: str) -> list[dict[str, Any]]:
        which = "MeterValuesAlignedData" if context == "Sample.Clock" else "MeterValuesSampledData"
        sampled = sampled_16(bay.connector, self.settings.list(which), context)
        return [{"timestamp": self.now, "sampled_value": sampled}] if sampled else []

    def _state(self, bay: Bay) -> tuple[str, str]:
        """Return status and error code, or what is wrong in the vendor's own words."""
        if bay.outlet.trip is not Trip.NONE:
            return "Faulted", ERRORS[bay.outlet.trip]
        if self.smoke or self.flood:
            return "Faulted", "smoke" if self.smoke else "flood"
        return status(bay), NO_ERROR

    def _status(self, number: int, state: tuple[str, str]) -> Any:
        word, error = state
        own = error in ("smoke", "flood")
        return call.StatusNotification(
            connector_id=number,
            status=word,
            error_code="OtherError" if own else error,
            timestamp=self.now,
            vendor_id=VENDOR if own else None,
            vendor_error_code=error if own else None,
        )


def _number(charge: Charge) -> int:
    return int(charge.transaction) if charge.transaction.isdigit() else NEVER_NAMED
