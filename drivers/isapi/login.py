"""Our account at a device, with Digest, and how long it is left in peace after it was refused."""

from typing import Final

from aiohttp import ClientMiddlewareType, ClientResponse, DigestAuthMiddleware, hdrs

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.runtime.credentials import Credentials, CredentialsRefused

FIRST_WAIT_S: Final = 300.0
"""Devices lock an account for half an hour after five to seven wrong passwords. So long a refused one is not
tried again, and twice as long each time."""

LONGEST_WAIT_S: Final = 3600.0


class Login:
    """One account at one device. ValueError if Digest cannot say its user."""

    def __init__(self, account: Credentials | None, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._digest = self._fresh()
        self._wait_s = FIRST_WAIT_S
        self._shut_until = float("-inf")

    @property
    def middlewares(self) -> tuple[ClientMiddlewareType, ...]:
        """What adds the login to a request."""
        return (self._digest,) if self._digest else ()

    def require(self) -> None:
        """Raise CredentialsRefused while the account is left in peace."""
        left_s = self._shut_until - self._clock.monotonic()
        if left_s > 0:
            raise CredentialsRefused(f"wrong user or password; not tried again for {left_s:.0f} s")

    def judge(self, response: ClientResponse) -> None:
        """Take what became of a login; CredentialsRefused if nothing, DeviceError if none was possible."""
        if response.status != 401:
            self._wait_s = FIRST_WAIT_S
            return
        if self._account is None:
            raise CredentialsRefused("the device wants a login, and no credentials_file is given")
        if hdrs.AUTHORIZATION not in response.request_info.headers:
            raise DeviceError("the device offers no Digest login", code="bad-protocol")
        self._digest = self._fresh()  # whose first request tries no password
        self._shut_until = self._clock.monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        raise CredentialsRefused("the device refuses this user or password")

    def _fresh(self) -> DigestAuthMiddleware | None:
        account = self._account
        return DigestAuthMiddleware(account.user, account.password) if account else None
