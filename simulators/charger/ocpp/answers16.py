"""What a post of OCPP 1.6J answers (§5)."""

from collections.abc import Mapping
from typing import Any

from ocpp.v16 import call_result

from simulators.charger.ocpp.answering import Answers, Handler
from simulators.charger.ocpp.commands import NO, YES
from simulators.charger.ocpp.post import OcppPost
from simulators.charger.outlet import Why


class Answers16(Answers):
    """The handlers of one session."""

    def __init__(self, post: OcppPost) -> None:
        super().__init__(post, call_result)

    def handlers(self) -> Mapping[str, Handler]:
        """Return them by action."""
        return {
            **super().handlers(),
            "RemoteStartTransaction": self._start,
            "RemoteStopTransaction": self._stop,
            "SetChargingProfile": self._set_profile,
            "ClearChargingProfile": self._clear_profile,
            "ChangeAvailability": self._change_availability,
            "UnlockConnector": self._unlock,
            "Reset": self._reset,
            "TriggerMessage": self._trigger,
            "GetConfiguration": self._get_configuration,
            "ChangeConfiguration": self._change_configuration,
        }

    def _start(
        self, id_tag: str, connector_id: int | None = None, charging_profile: Mapping[str, Any] | None = None
    ) -> Any:
        status = self._commands.start(connector_id, id_tag, charging_profile)
        return call_result.RemoteStartTransaction(status=status)

    def _stop(self, transaction_id: int) -> Any:
        return call_result.RemoteStopTransaction(status=self._commands.stop(str(transaction_id)))

    def _set_profile(self, connector_id: int, cs_charging_profiles: Mapping[str, Any]) -> Any:
        status = self._commands.put_profile(connector_id, cs_charging_profiles)
        return call_result.SetChargingProfile(status=status)

    def _clear_profile(
        self,
        id: int | None = None,
        connector_id: int | None = None,
        charging_profile_purpose: str | None = None,
        stack_level: int | None = None,
    ) -> Any:
        status = self._commands.clear_profiles(
            profile=id, number=connector_id, purpose=charging_profile_purpose, stack=stack_level
        )
        return call_result.ClearChargingProfile(status=status)

    def _change_availability(self, connector_id: int, type: str) -> Any:
        status = self._commands.set_available(connector_id or None, operative=type == "Operative")
        return call_result.ChangeAvailability(status=status)

    def _unlock(self, connector_id: int) -> Any:
        """Free the plug; a charge that runs ends (§5.18)."""
        bay = self._post.bays.get(connector_id)
        if bay is not None:
            self._post.after(lambda: self._post.end(bay.outlet, Why.UNLOCKED))
        return call_result.UnlockConnector(status="NotSupported" if bay is None else "Unlocked")

    def _reset(self, type: str) -> Any:
        why = Why.HARD_RESET if type == "Hard" else Why.SOFT_RESET
        self._post.after(lambda: self._post.reset(why))
        return call_result.Reset(status=YES)

    def _trigger(self, requested_message: str, connector_id: int | None = None) -> Any:
        status = self._commands.trigger(requested_message, connector_id or None)
        return call_result.TriggerMessage(status=status)

    def _get_configuration(self, key: list[str] | None = None) -> Any:
        """Tell settings: all, or those that are named (§5.8)."""
        entries = self._post.settings.entries()
        asked = key or list(entries)
        told = [
            {"key": entry.key, "readonly": entry.readonly, "value": entry.value}
            for entry in (entries[each] for each in asked if each in entries)
        ]
        unknown = [each for each in asked if each not in entries]
        return call_result.GetConfiguration(configuration_key=told, unknown_key=unknown)

    def _change_configuration(self, key: str, value: str) -> Any:
        if key not in self._post.settings.entries():
            return call_result.ChangeConfiguration(status="NotSupported")
        return call_result.ChangeConfiguration(status=YES if self._post.settings.set(key, value) else NO)
