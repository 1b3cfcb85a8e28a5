"""What a post of OCPP 2.0.1 answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from ocpp.v201 import call_result

from simulators.charger.ocpp.answering import Answers, Handler
from simulators.charger.ocpp.commands import NO, YES
from simulators.charger.ocpp.post import OcppPost
from simulators.charger.ocpp.variables import get_variable, report, set_variable
from simulators.charger.outlet import Why

Told = Mapping[str, Any]


class Answers201(Answers):
    """The handlers of one session."""

    def __init__(self, post: OcppPost) -> None:
        super().__init__(post, call_result)

    def handlers(self) -> Mapping[str, Handler]:
        """Return them by action."""
        return {
            **super().handlers(),
            "RequestStartTransaction": self._start,
            "RequestStopTransaction": self._stop,
            "GetTransactionStatus": self._transaction_status,
            "SetChargingProfile": self._set_profile,
            "ClearChargingProfile": self._clear_profile,
            "ChangeAvailability": self._change_availability,
            "UnlockConnector": self._unlock,
            "Reset": self._reset,
            "TriggerMessage": self._trigger,
            "GetVariables": self._get_variables,
            "SetVariables": self._set_variables,
            "GetBaseReport": self._base_report,
        }

    def _start(
        self,
        id_token: Told,
        remote_start_id: int,
        evse_id: int | None = None,
        group_id_token: Told | None = None,
        charging_profile: Told | None = None,
    ) -> Any:
        del group_id_token
        status = self._commands.start(
            evse_id, id_token["id_token"], charging_profile, remote_id=remote_start_id, kind=id_token["type"]
        )
        return call_result.RequestStartTransaction(status=status)

    def _stop(self, transaction_id: str) -> Any:
        return call_result.RequestStopTransaction(status=self._commands.stop(transaction_id))

    def _transaction_status(self, transaction_id: str | None = None) -> Any:
        runs = None if transaction_id is None else self._commands.charging(transaction_id) is not None
        return call_result.GetTransactionStatus(
            messages_in_queue=self._post.queued > 0, ongoing_indicator=runs
        )

    def _set_profile(self, evse_id: int, charging_profile: Told) -> Any:
        return call_result.SetChargingProfile(status=self._commands.put_profile(evse_id, charging_profile))

    def _clear_profile(
        self, charging_profile_id: int | None = None, charging_profile_criteria: Told | None = None
    ) -> Any:
        criteria = charging_profile_criteria or {}
        status = self._commands.clear_profiles(
            profile=charging_profile_id,
            number=criteria.get("evse_id"),
            purpose=criteria.get("charging_profile_purpose"),
            stack=criteria.get("stack_level"),
        )
        return call_result.ClearChargingProfile(status=status)

    def _change_availability(self, operational_status: str, evse: Told | None = None) -> Any:
        number = evse["id"] if evse else None
        status = self._commands.set_available(number or None, operative=operational_status == "Operative")
        return call_result.ChangeAvailability(status=status)

    def _unlock(self, evse_id: int, connector_id: int) -> Any:
        """Free the plug, unless somebody charges (F05)."""
        bay = self._post.bays.get(evse_id)
        if bay is None or connector_id != 1:
            return call_result.UnlockConnector(status="UnknownConnector")
        free = bay.outlet.charge is None
        return call_result.UnlockConnector(status="Unlocked" if free else "OngoingAuthorizedTransaction")

    def _reset(self, type: str, evse_id: int | None = None) -> Any:
        """Restart the post, not a part of it; `OnIdle` waits for charges to end (B11, B12)."""
        if evse_id is not None:
            return call_result.Reset(status=NO)
        busy = any(bay.outlet.charge is not None for bay in self._post.bays.values())
        why = Why.HARD_RESET if type == "Immediate" else Why.SOFT_RESET
        self._post.after(lambda: self._post.reset(why, when_idle=type == "OnIdle"))
        return call_result.Reset(status="Scheduled" if busy and type == "OnIdle" else YES)

    def _trigger(self, requested_message: str, evse: Told | None = None) -> Any:
        status = self._commands.trigger(requested_message, evse["id"] or None if evse else None)
        return call_result.TriggerMessage(status=status)

    def _get_variables(self, get_variable_data: Sequence[Told]) -> Any:
        told = [get_variable(self._post.settings, each) for each in get_variable_data]
        return call_result.GetVariables(get_variable_result=told)

    def _set_variables(self, set_variable_data: Sequence[Told]) -> Any:
        told = [set_variable(self._post.settings, each) for each in set_variable_data]
        return call_result.SetVariables(set_variable_result=told)

    def _base_report(self, request_id: int, report_base: str) -> Any:
        """Tell all variables, after the answer (B07)."""
        if report_base == "SummaryInventory":
            return call_result.GetBaseReport(status="NotSupported")
        post = self._post
        post.after(lambda: post.say(report(post.settings, request_id, post.now)))
        return call_result.GetBaseReport(status=YES)
