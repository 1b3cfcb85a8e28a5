"""Who is asking: signs people in, knows cookies and machine tokens, and takes rights away at once.

What was looked up once is remembered, so that a request costs no round trip to the ledger. A right that is
taken away moves the tenant's epoch: this process forgets at once, another hub on the same ledger (or this
one, when the command line did it) within EPOCH_INTERVAL_S.
"""

import asyncio
import contextlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple, ParamSpec, TypeVar

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock, epoch_ms
from contract.errors import HemeiError, InvalidMessage
from hub.access import passwords, throttle
from hub.access.roles import SESSION_LIMITS, Principal, Role
from hub.access.secret import TOKEN_PREFIX, digest, new_secret
from hub.access.store import AccessStore, Session, Token, User

logger = logging.getLogger(__name__)

EPOCH_INTERVAL_S: Final = 1.0
PRUNE_INTERVAL_S: Final = 3600.0
SEEN_INTERVAL_MS: Final = 60_000
"""How exactly the ledger knows when a session was last used."""

RECHECK_S: Final = 60.0
"""How often the sign-in of somebody who goes on looking counts as used.

That it was taken away is heard of at once.
"""

MAX_REMEMBERED: Final = 10_000
LINK_LIFETIME_S: Final = 24 * 3600
HASHES_AT_ONCE: Final = 2
"""Each takes 19 MiB and a core for some 30 ms."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)

P = ParamSpec("P")
T = TypeVar("T")


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


class Access:
    """People, sessions, tokens and links of one tenant. Lives on the hub's event loop."""

    def __init__(self, engine: Engine, clock: Clock, tenant: str = "default") -> None:
        self._store = AccessStore(engine, tenant)
        self._clock = clock
        self._tenant = tenant
        self._throttle = throttle.Throttle(clock)
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._epoch: int | None = None
        self._forgettings = 0
        self._on_forget: set[Callable[[], None]] = set()

    async def run(self) -> None:
        """Watch the epoch and delete what is over, until cancelled."""
        prune_at = self._clock.monotonic()
        while True:
            try:
                await self.check_epoch()
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

    def on_forget(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called whenever rights may have been taken away; returns what ends that."""
        self._on_forget.add(call)
        return lambda: self._on_forget.discard(call)

    async def by_cookie(self, cookie: str) -> Principal | None:
        """Return whose cookie this is; None if the session ended or never was."""
        return await self._recognise(digest(cookie), self._find_session)

    async def by_token(self, token: str) -> Principal | None:
        """Return whose bearer token this is; None if it was revoked, ended or never was."""
        return await self._recognise(digest(token), self._find_token)

    async def still(self, principal: Principal) -> bool:
        """Whether the sign-in or token behind `principal` still holds; counts as its use."""
        find = self._find_session if principal.by_cookie else self._find_token
        return await self._recognise(principal.digest, find) == principal

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
        if not _NAME.fullmatch(name):
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

    async def sign_out(self, principal: Principal) -> None:
        """End the session; a machine token is revoked by name, not by signing out."""
        if principal.by_cookie:
            await self._taking_away(self._store.end_session, principal.digest)

    async def create_user(self, name: str, role: Role, password: str | None = None) -> None:
        """Open an account, without a password one for links alone. InvalidMessage says what is wrong."""
        hashed = None if password is None else await self._slowly(passwords.hash_password, password)
        await asyncio.to_thread(self._store.add_user, _name(name), role, hashed, self._now_ms())

    async def set_password(self, name: str, password: str) -> None:
        """Give somebody a new password; their sessions and links end."""
        hashed = await self._slowly(passwords.hash_password, password)
        await self._taking_away(self._store.change_user, name, password=hashed)

    async def set_role(self, name: str, role: Role) -> None:
        """Give somebody another role; their sessions and links end."""
        await self._taking_away(self._store.change_user, name, role=role.value)

    async def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Close or reopen an account; closing ends its sessions and links at once."""
        await self._taking_away(self._store.change_user, name, enabled=enabled)

    async def users(self) -> list[User]:
        """Everybody with an account, by name."""
        return await asyncio.to_thread(self._store.users)

    async def create_token(self, name: str, role: Role, lifetime_s: float | None = None) -> str:
        """Make a machine's bearer token; this is the only time it can be seen."""
        now_ms = self._now_ms()
        expires_ms = None if lifetime_s is None else now_ms + round(lifetime_s * 1000)
        secret = new_secret(TOKEN_PREFIX)
        token = Token(name=_name(name), role=role, created_ms=now_ms, expires_ms=expires_ms)
        await asyncio.to_thread(self._store.add_token, token, secret.digest)
        return secret.text

    async def revoke_token(self, name: str) -> bool:
        """Take a token back at once; False if there is none of that name."""
        return await self._taking_away(self._store.remove_token, name)

    async def tokens(self) -> list[Token]:
        """All machine tokens, by name, without their secrets."""
        return await asyncio.to_thread(self._store.tokens)

    async def create_link(
        self, role: Role, user: str | None = None, lifetime_s: float = LINK_LIFETIME_S
    ) -> str:
        """Make a one-time token for `/signin?token=…`, for somebody or for whoever sits at that desk."""
        secret = new_secret()
        now_ms = self._now_ms()
        expires_ms = now_ms + round(lifetime_s * 1000)
        await asyncio.to_thread(self._store.add_link, secret.digest, role, user, now_ms, expires_ms)
        return secret.text

    async def first_link(self, role: Role = Role.ADMIN) -> str | None:
        """Make a link for `role` if nobody has an account with it yet; the caller shows it."""
        known = any(user.role is role and user.enabled for user in await self.users())
        return None if known else await self.create_link(role)

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
        if known.principal.by_cookie and now_ms - known.written_ms >= SEEN_INTERVAL_MS:
            known.written_ms = now_ms
            await asyncio.to_thread(self._store.touch_session, of, now_ms)
        return known.principal

    def _remember(self, of: str, known: _Remembered) -> None:
        self._remembered[of] = known
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)

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
        return Session(principal=principal, seen_ms=self._now_ms())

    async def _taking_away(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what takes a right away, and forget before anybody is told that it is done."""
        try:
            return await asyncio.to_thread(call, *args, **kwargs)
        finally:
            self._forget()

    def _forget(self) -> None:
        self._forgettings += 1
        self._remembered.clear()
        for call in tuple(self._on_forget):
            call()

    async def _slowly(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._hashing:
            return await asyncio.to_thread(call, *args, **kwargs)

    def _now_ms(self) -> int:
        return epoch_ms(self._clock.now())


def _over(known: _Remembered, now_ms: int) -> bool:
    principal = known.principal
    if principal.expires_ms is not None and now_ms >= principal.expires_ms:
        return True
    idle_ms = SESSION_LIMITS[principal.role].idle_s * 1000
    return principal.by_cookie and now_ms - known.seen_ms >= idle_ms


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidMessage(f"{name!r} is no name of [a-z0-9._-]{{1,64}}", code="bad-name")
    return name
