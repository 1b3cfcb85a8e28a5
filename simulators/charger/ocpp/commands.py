"""What an OCPP post can be told from afar, whichever version says it. Deeds follow the answer."""

from collections.abc import Mapping
from typing import Any

from simulators.charger.ocpp.bays import Bay
from simulators.charger.ocpp.post import OcppPost
from simulators.charger.ocpp.profiles import WHOLE_POST, put_in, read_profile
from simulators.charger.outlet import Why

YES, NO = "Accepted", "Rejected"


class Commands:
    """The commands of one post."""

    def __init__(self, post: OcppPost) -> None:
        self.post = post

    def start(self, number: int | None, order: str, told: Mapping[str, Any] | None, **more: Any) -> str:
        """Let a charge begin at a connector, or at any; `told` is its profile, `more` is of the `Wish`."""
        post, bay = self.post, self._free(number)
        profile = None if told is None else read_profile(told)
        if bay is None or (profile is not None and profile.purpose != "TxProfile") or not self._may(bay):
            return NO

        def wish() -> None:
            post.wish(bay, order, profile=profile, **more)

        if post.settings.flag("AuthorizeRemoteTxRequests"):
            post.after(lambda: post.authorize(order, wish))
        else:
            post.after(wish)
        return YES

    def stop(self, transaction: str) -> str:
        """End a charge that runs."""
        bay = self.charging(transaction)
        if bay is None:
            return NO
        self.post.after(lambda: self.post.end(bay.outlet, Why.REMOTE))
        return YES

    def charging(self, transaction: str) -> Bay | None:
        """Return where a charge runs, None if it does not."""
        for bay in self.post.bays.values():
            if bay.outlet.charge is not None and bay.outlet.charge.transaction == transaction:
                return bay
        return None

    def put_profile(self, number: int, told: Mapping[str, Any]) -> str:
        """Take a profile for a charge that runs, or for all to come; number 0 is the whole post."""
        profile, named, bay = read_profile(told), told.get("transaction_id"), self.post.bays.get(number)
        if profile.purpose == "TxProfile":
            charge = bay.outlet.charge if bay else None
            fits = charge is not None and (named is None or str(named) == charge.transaction)
        else:
            fits = number == 0 or (bay is not None and profile.purpose not in WHOLE_POST)
        if fits:
            put_in(self.post.profiles if bay is None else bay.profiles, profile)
        return YES if fits else NO

    def clear_profiles(
        self, *, profile: int | None, number: int | None, purpose: str | None, stack: int | None
    ) -> str:
        """Forget profiles that fit all that is said; None is anything."""
        where = [(0, self.post.profiles), *((at, bay.profiles) for at, bay in self.post.bays.items())]
        cleared = False
        for at, profiles in where:
            if number not in (None, at):
                continue
            left = [
                each
                for each in profiles
                if not (
                    profile in (None, each.number)
                    and purpose in (None, each.purpose)
                    and stack in (None, each.stack)
                )
            ]
            cleared = cleared or len(left) < len(profiles)
            profiles[:] = left
        return YES if cleared else "Unknown"

    def set_available(self, number: int | None, *, operative: bool) -> str:
        """Take connectors in or out of service, None: all; where one charges, that is for later."""
        done = [bay.set_operative(operative) for bay in self._those(number)]
        if not done:
            return NO
        return YES if all(done) else "Scheduled"

    def trigger(self, what: str, number: int | None) -> str:
        """Tell what is asked for; of a connector, or of all."""
        bays, deed = self._those(number), self.post.triggers().get(what)
        if deed is None:
            return "NotImplemented"
        if not bays:
            return NO
        self.post.after(lambda: deed(bays))
        return YES

    def _those(self, number: int | None) -> list[Bay]:
        return [bay for at, bay in self.post.bays.items() if number in (None, at)]

    def _free(self, number: int | None) -> Bay | None:
        if number is not None:
            return self.post.bays.get(number)
        return next((bay for bay in self.post.bays.values() if bay.idle), None)

    def _may(self, bay: Bay) -> bool:
        """Whether a start gets a yes; a no is counted."""
        post = self.post
        may = bay.operative and bay.wish is None and post.restart_in_s is None and post.allows(bay.outlet)
        bay.outlet.refused += not may
        return may
