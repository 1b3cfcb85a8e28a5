"""Who is asking: signs people in, knows cookies and machine tokens, and takes rights away at once.

What was looked up once is remembered, so that a request costs no round trip to the ledger. A right that is
taken away moves the tenant's epoch: this process forgets at once, another hub on the same ledger (or this
one, when the command line did it) within EPOCH_INTERVAL_S.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from contract.errors import HemeiError, InvalidMessage, Refused
from hub.access import passwords, throttle
from hub.access.accounts import Accounts, is_name, own_name
from hub.access.roles import SCREEN, SESSION_LIMITS, Principal, Role
from hub.access.secret import TOKEN_PREFIX, digest, new_secret
from hub.access.store import Session, Token, Within, nothing
from hub.access.uses import TokenUses

logger = logging.getLogger(__name__)

EPOCH_INTERVAL_S: Final = 1.0
PRUNE_INTERVAL_S: Final = 3600.0
SEEN_INTERVAL_MS: Final = 60_000
"""How exactly the ledger knows when a session or a token was last used."""

RECHECK_S: Final = 60.0
"""How often the sign-in of somebody who goes on looking counts as used.

That it was taken away is heard of at once.
"""

MAX_REMEMBERED: Final = 10_000


class SignInRefused(HemeiError):
    """Wrong name or password, or a link that is used up or too old; which of them is not said."""

    default_code = "sign-in-refused"


class SignedIn(NamedTuple):
    """`cookie` is the secret for the browser; nobody else ever sees it."""

    principal: Principal
    cookie: str


class _Remembered(Struct):
    principal: Principal
    seen_ms: int
    written_ms: int


class Access(Accounts):
    """Sessions and tokens in use, over the accounts of one tenant. Lives on the hub's event loop."""

    def __init__(self, engine: Engine, clock: Clock, tenant: str = "default") -> None:
        super().__init__(engine, clock, tenant)
        self._throttle = throttle.Throttle(clock)
        self._uses = TokenUses(engine, tenant)
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._epoch: int | None = None
        self._forgettings = 0

    async def run(self) -> None:
        """Watch the epoch, write which tokens are in use and delete what is over, until cancelled."""
        prune_at = self._clock.monotonic()
        while True:
            try:
                await self.check_epoch()
                await self._uses.write()
                if self._clock.monotonic() >= prune_at:
                    await asyncio.to_thread(self._store.prune, self._now_ms())
                    prune_at = self._clock.monotonic() + PRUNE_INTERVAL_S
            except SQLAlchemyError:
                logger.exception(
                    "the ledger does not say who lost a right; nothing is remembered till it does"
                )
                self._forget()
            await asyncio.sleep(EPOCH_INTERVAL_S)

    async def check_epoch(self) -> None:
        """Forget what is remembered if somebody lost a right since the last look."""
        epoch = await asyncio.to_thread(self._store.epoch)
        if self._epoch is not None and epoch != self._epoch:
            self._forget()
        self._epoch = epoch

    async def tokens(self) -> list[Token]:
        """All tokens, by name; what is known of their use up to now is in it."""
        await self._uses.write()
        return await super().tokens()

    async def by_cookie(self, cookie: str) -> Principal | None:
        """Return whose cookie this is; None if the session ended or never was."""
        if cookie.startswith(TOKEN_PREFIX):
            return await self._recognise(SCREEN + digest(cookie), self._find_screen)
        return await self._recognise(digest(cookie), self._find_session)

    async def by_token(self, token: str) -> Principal | None:
        """Return whose bearer token this is; None if it was revoked, ended or never was."""
        return await self._recognise(digest(token), self._find_token)

    async def still(self, principal: Principal) -> bool:
        """Whether the sign-in or token behind `principal` still holds; counts as its use."""
        return await self._recognise(principal.digest, self._finder(principal)) == principal

    async def until_ended(self, principal: Principal) -> None:
        """Return once the sign-in or token behind `principal` no longer holds; counts as its use."""
        forgotten = asyncio.Event()
        end = self.on_forget(forgotten.set)
        try:
            while True:
                forgotten.clear()
                if not await self.still(principal):
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(forgotten.wait(), RECHECK_S)
        finally:
            end()

    async def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """Begin a session by password. SignInRefused, or Throttled after too many failures."""
        name = name.strip().lower()
        if not is_name(name):
            name = ""
        keys = throttle.keys(name, address)
        self._throttle.attempt(keys)
        user = await asyncio.to_thread(self._store.user, name)
        hashed = user.password if user is not None and user.enabled else None
        right = await self._slowly(passwords.verify, hashed, password)
        if user is None or hashed is None or not right:
            raise SignInRefused("the name or the password is wrong")
        self._throttle.succeeded(keys)
        if passwords.outdated(hashed):
            renewed = await self._slowly(passwords.hash_password, password)
            await asyncio.to_thread(self._store.keep_password, name, renewed)
        return await self._begin(user.role, user.name)

    async def redeem(self, link: str, address: str) -> SignedIn:
        """Begin a session by one-time link. SignInRefused, or Throttled after too many failures."""
        keys = throttle.keys(None, address)
        self._throttle.attempt(keys)
        taken = await asyncio.to_thread(self._store.take_link, digest(link), self._now_ms())
        if taken is None:
            raise SignInRefused("the link was used before, or it is too old; ask for a new one")
        self._throttle.succeeded(keys)
        role, name = taken
        if name is not None:
            user = await asyncio.to_thread(self._store.user, name)
            if user is None or not user.enabled:
                raise SignInRefused("the account of this link is closed")
            role = user.role
        return await self._begin(role, name)

    async def open_screen(self, token: str) -> SignedIn:
        """Let a screen in by its token, for as long as that holds.

        SignInRefused: there is no such token. Refused: it is for a machine, not for a screen.
        """
        cookie = token if token.startswith(TOKEN_PREFIX) else ""
        principal = await self.by_cookie(cookie)
        if principal is not None:
            return SignedIn(principal, cookie)
        other = await self.by_token(token)
        if other is None:
            raise SignInRefused("no screen has this token: it was revoked, has ended or never was")
        raise Refused(
            f"this token has the role {other.role.value}; a screen's has {Role.WALL.value}", code="no-screen"
        )

    async def change_password(
        self, who: Principal, current: str, password: str, address: str, within: Within = nothing
    ) -> None:
        """Have somebody set their own password, who quotes the `current` one if there is one.

        Their other sessions and their links end. InvalidMessage; Throttled after too many failures.
        """
        name = own_name(who)
        keys = throttle.keys(name, address)
        self._throttle.attempt(keys)
        hashed = (await self.user(name)).password
        if hashed is not None and not await self._slowly(passwords.verify, hashed, current):
            raise InvalidMessage("the current password is wrong", code="wrong-password")
        self._throttle.succeeded(keys)
        await self.set_own_password(who, password, within)

    async def sign_out(self, principal: Principal) -> None:
        """End the session; a machine token is revoked by name, not by signing out."""
        if principal.by_cookie:
            await self._taking_away(self._store.end_session, principal.digest)

    async def _begin(self, role: Role, user: str | None) -> SignedIn:
        secret = new_secret()
        add = self._store.add_session
        session = await asyncio.to_thread(add, secret.digest, role, user, self._now_ms())
        return SignedIn(session.principal, secret.text)

    async def _recognise(self, of: str, find: Callable[[str], Session | None]) -> Principal | None:
        known = self._remembered.get(of)
        if known is None:
            before = self._forgettings
            session = await asyncio.to_thread(find, of)
            if session is None:
                return None
            known = _Remembered(session.principal, session.seen_ms, session.seen_ms)
            if before == self._forgettings:  # else the right may have gone while we read it
                self._remember(of, known)
        now_ms = self._now_ms()
        if _over(known, now_ms):
            self._remembered.pop(of, None)
            return None
        known.seen_ms = now_ms
        if now_ms - known.written_ms >= SEEN_INTERVAL_MS:
            known.written_ms = now_ms
            await self._write_use(known.principal, now_ms)
        return known.principal

    async def _write_use(self, principal: Principal, now_ms: int) -> None:
        if principal.is_session:
            await asyncio.to_thread(self._store.touch_session, principal.digest, now_ms)
        else:
            self._uses.note(principal.digest, now_ms)

    def _remember(self, of: str, known: _Remembered) -> None:
        self._remembered[of] = known
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)

    def _finder(self, principal: Principal) -> Callable[[str], Session | None]:
        if principal.is_screen:
            return self._find_screen
        return self._find_session if principal.by_cookie else self._find_token

    def _find_session(self, of: str) -> Session | None:
        return self._store.session(of)

    def _find_token(self, of: str) -> Session | None:
        token = self._store.token(of)
        if token is None:
            return None
        principal = Principal(
            name=f"token:{token.name}",
            role=token.role,
            tenant=self._tenant,
            digest=of,
            by_cookie=False,
            expires_ms=token.expires_ms,
        )
        return Session(principal=principal, seen_ms=token.seen_ms or 0)

    def _find_screen(self, of: str) -> Session | None:
        token = self._store.token(of.removeprefix(SCREEN))
        if token is None or token.role is not Role.WALL:
            return None
        principal = Principal(
            name=f"token:{token.name}",
            role=token.role,
            tenant=self._tenant,
            digest=of,
            by_cookie=True,
            expires_ms=token.expires_ms,
        )
        return Session(principal=principal, seen_ms=token.seen_ms or 0)

    def _forget(self) -> None:
        self._forgettings += 1
        self._remembered.clear()
        super()._forget()


def _over(known: _Remembered, now_ms: int) -> bool:
    principal = known.principal
    if principal.expires_ms is not None and now_ms >= principal.expires_ms:
        return True
    idle_ms = SESSION_LIMITS[principal.role].idle_s * 1000
    return principal.is_session and now_ms - known.seen_ms >= idle_ms
