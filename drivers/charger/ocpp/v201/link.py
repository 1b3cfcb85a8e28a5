"""What a connector asks of its OCPP 2.0.1 station."""

from drivers.charger.link import Limits
from drivers.charger.ocpp.asking import ACCEPTED, SCHEDULED, Asking
from drivers.charger.ocpp.frames import Payload


class Link201(Asking):
    """See `drivers.charger.link.Link`."""

    async def start(self, order: str, limits: Limits) -> None:
        """RequestStartTransaction (F01), with a profile that ends what nobody supervises."""
        request: Payload = {
            "evseId": self.connector,
            "idToken": {"idToken": order, "type": "Central"},
            "remoteStartId": self.session.post.asks_for(order),
        }
        schedule = await self.schedule(limits.power, limits.seconds)
        if schedule is not None:
            request["chargingProfile"] = self._profile(schedule)
        await self.ask("RequestStartTransaction", request)

    async def stop(self, transaction: str, order: str | None) -> None:
        """RequestStopTransaction (F03)."""
        await self.ask("RequestStopTransaction", {"transactionId": transaction[:36]})

    async def limit(self, transaction: str, power: int) -> None:
        """SetChargingProfile (K01)."""
        profile = self._profile(await self.changed_schedule(power))
        profile["transactionId"] = transaction[:36]
        await self.ask("SetChargingProfile", {"evseId": self.connector, "chargingProfile": profile})

    async def set_available(self, *, available: bool) -> None:
        """ChangeAvailability (G03)."""
        status = "Operative" if available else "Inoperative"
        request = {"operationalStatus": status, "evse": {"id": self.connector}}
        await self.ask("ChangeAvailability", request, SCHEDULED)

    async def unlock(self) -> None:
        """UnlockConnector (F05)."""
        where = {"evseId": self.connector, "connectorId": 1}
        await self.ask("UnlockConnector", where, frozenset({"Unlocked"}))

    async def reset(self) -> None:
        """Reset (B12); the station ends its transactions first."""
        await self.ask("Reset", {"type": "Immediate"}, SCHEDULED)

    async def refresh(self) -> None:
        """TriggerMessage (F06); readings come with the transaction, if there is one."""
        where = {"id": self.connector}
        await self.trigger("StatusNotification", {"evse": where | {"connectorId": 1}})
        for what in ("TransactionEvent", "MeterValues"):
            await self.trigger(what, {"evse": where}, ACCEPTED | {"Rejected", "NotImplemented"})

    def _profile(self, schedule: Payload) -> Payload:
        return {
            "id": self.connector,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": [{"id": self.connector, **schedule}],
        }
