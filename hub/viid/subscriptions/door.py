"""Lets the library in to its subscriptions, by Digest; guessing is slowed down by where it comes from.

By where alone: whoever knows the library's name could else keep the library itself out.
"""

import asyncio
from typing import Final

from contract.clock import Clock
from hub.access.throttle import Throttle, keys
from hub.viid.settings import ViidSettings
from hub.viid.subscriptions.digest import Admission, Digest, Login

REALM: Final = "VIID"


class Door:
    """The one account that may subscribe."""

    def __init__(self, settings: ViidSettings, clock: Clock) -> None:
        self.enabled = settings.subscribable
        self._settings = settings.subscriptions
        self._digest = Digest(clock)
        self._throttle = Throttle(clock)

    async def judge(self, method: str, target: str, header: str, address: str) -> Admission:
        """Judge who asks; Throttled, and OSError where the password's file cannot be read."""
        secret = await asyncio.to_thread(self._settings.secret)
        if not secret:
            return Admission.REFUSED
        attempts = keys(None, address)
        self._throttle.attempt(attempts)
        login = Login(REALM, self._settings.username, secret)
        admission = self._digest.judge(login, method, target, header)
        if admission is not Admission.REFUSED:
            self._throttle.succeeded(attempts)
        return admission

    def challenges(self, *, stale: bool = False) -> list[str]:
        """Return the values of WWW-Authenticate."""
        return self._digest.challenges(REALM, stale=stale)
