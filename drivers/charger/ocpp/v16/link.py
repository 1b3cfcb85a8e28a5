"""What a connector asks of its OCPP 1.6 post."""

from contract.errors import DeviceError
from drivers.charger.link import Limits
from drivers.charger.ocpp.asking import ACCEPTED, SCHEDULED, Asking
from drivers.charger.ocpp.frames import Payload


class Link16(Asking):
    """See `drivers.charger.link.Link`."""

    async def start(self, order: str, limits: Limits) -> None:
        """RemoteStartTransaction (§5.11), with a profile that ends what nobody supervises."""
        request: Payload = {"connectorId": self.connector, "idTag": order}
        schedule = await self.schedule(limits.power, limits.seconds)
        if schedule is not None:
            request["chargingProfile"] = self._profile(schedule)
        await self.ask("RemoteStartTransaction", request)

    async def stop(self, transaction: str, order: str | None) -> None:
        """RemoteStopTransaction (§5.12)."""
        await self.ask("RemoteStopTransaction", {"transactionId": _number(transaction)})

    async def limit(self, transaction: str, power: int) -> None:
        """SetChargingProfile (§5.16)."""
        profile = self._profile(await self.changed_schedule(power))
        profile["transactionId"] = _number(transaction)
        await self.ask("SetChargingProfile", {"connectorId": self.connector, "csChargingProfiles": profile})

    async def set_available(self, *, available: bool) -> None:
        """ChangeAvailability (§5.2)."""
        type = "Operative" if available else "Inoperative"
        await self.ask("ChangeAvailability", {"connectorId": self.connector, "type": type}, SCHEDULED)

    async def unlock(self) -> None:
        """UnlockConnector (§5.18)."""
        await self.ask("UnlockConnector", {"connectorId": self.connector}, frozenset({"Unlocked"}))

    async def reset(self) -> None:
        """Reset (§5.14); Soft has the post end its charges and keep what it has not reported."""
        await self.ask("Reset", {"type": "Soft"})

    async def refresh(self) -> None:
        """TriggerMessage (§5.17); readings are not every post's to give."""
        where = {"connectorId": self.connector}
        await self.trigger("StatusNotification", where)
        await self.trigger("MeterValues", where, ACCEPTED | {"Rejected", "NotImplemented"})

    def _profile(self, schedule: Payload) -> Payload:
        return {
            "chargingProfileId": self.connector,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": schedule,
        }


def _number(transaction: str) -> int:
    """Return the charge's number; of another protocol's charge the post knows nothing."""
    if not transaction.isascii() or not transaction.isdigit():
        raise DeviceError(f"{transaction} is no charge of OCPP 1.6", code="refused-by-post")
    return int(transaction)
