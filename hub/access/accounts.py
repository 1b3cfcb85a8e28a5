"""Who may come in: people's accounts, tokens of machines and screens, one-time links.

Whatever changes them takes `within`, which is called in the same transaction: what it writes, an entry of the
audit, stands or falls with the change.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from sqlalchemy import Engine

from contract.clock import Clock, epoch_ms
from contract.errors import InvalidMessage, Refused
from hub.access import passwords
from hub.access.roles import Principal, Role
from hub.access.secret import TOKEN_PREFIX, new_secret
from hub.access.store import AccessStore, Token, User, Within, nothing

LINK_LIFETIME_S: Final = 24 * 3600
HASHES_AT_ONCE: Final = 2
"""Each takes 19 MiB and a core for some 30 ms."""

NAME: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"
"""What people and tokens are called."""

_NAME: Final = re.compile(NAME[1:-1], re.ASCII)

P = ParamSpec("P")
T = TypeVar("T")


class Accounts:
    """People, tokens and links of one tenant. Lives on an event loop."""

    def __init__(self, engine: Engine, clock: Clock, tenant: str = "default") -> None:
        self._store = AccessStore(engine, tenant)
        self._clock = clock
        self._tenant = tenant
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._on_forget: set[Callable[[], None]] = set()

    def on_forget(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called whenever rights may have been taken away; returns what ends that."""
        self._on_forget.add(call)
        return lambda: self._on_forget.discard(call)

    async def users(self) -> list[User]:
        """Everybody with an account, by name."""
        return await asyncio.to_thread(self._store.users)

    async def user(self, name: str) -> User:
        """Return a person's account; InvalidMessage if there is none."""
        found = await asyncio.to_thread(self._store.user, name)
        if found is None:
            raise InvalidMessage(f"there is no user {name}", code="unknown-user")
        return found

    async def create_user(
        self, name: str, role: Role, password: str | None = None, within: Within = nothing
    ) -> None:
        """Open an account, without a password one for links alone. InvalidMessage says what is wrong."""
        hashed = None if password is None else await self._slowly(passwords.hash_password, password)
        checked = checked_name(name)
        await asyncio.to_thread(self._store.add_user, checked, role, hashed, self._now_ms(), within)

    async def set_password(self, name: str, password: str) -> None:
        """Give somebody a new password; their sessions and links end."""
        hashed = await self._slowly(passwords.hash_password, password)
        await self.change(name, password=hashed)

    async def forget_password(self, name: str, within: Within = nothing) -> None:
        """Have somebody sign in by link alone until they set a new password; their sessions and links end."""
        await self.change(name, within, password=None)

    async def set_own_password(self, who: Principal, password: str, within: Within = nothing) -> None:
        """Give whoever has the session `who` a new password; their other sessions and their links end."""
        hashed = await self._slowly(passwords.hash_password, password)
        name = own_name(who)
        await self._taking_away(
            self._store.change_user, name, {"password": hashed}, within, keep_session=who.digest
        )

    async def set_role(self, name: str, role: Role) -> None:
        """Give somebody another role; their sessions and links end. Refused for the last admin."""
        await self.change(name, role=role.value)

    async def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Close or reopen an account; its sessions and links end at once. Refused for the last admin."""
        await self.change(name, enabled=enabled)

    async def change(self, name: str, within: Within = nothing, **values: str | bool | None) -> None:
        """Change `role`, `enabled`, `password` (a hash) of an account; sessions and links of it end."""
        await self._taking_away(self._store.change_user, name, values, within)

    async def end_sessions(self, name: str, within: Within = nothing) -> None:
        """End all sessions and links of somebody."""
        await self._taking_away(self._store.change_user, name, {}, within)

    async def seen(self) -> dict[str, int]:
        """When each person with an open session last used one, in ms since 1970, to the minute."""
        return await asyncio.to_thread(self._store.seen)

    async def tokens(self) -> list[Token]:
        """All tokens of machines and screens, by name, without their secrets."""
        return await asyncio.to_thread(self._store.tokens)

    async def create_token(
        self, name: str, role: Role, lifetime_s: float | None = None, within: Within = nothing
    ) -> str:
        """Make a machine's or a screen's bearer token; this is the only time it can be seen."""
        now_ms = self._now_ms()
        expires_ms = None if lifetime_s is None else now_ms + round(lifetime_s * 1000)
        secret = new_secret(TOKEN_PREFIX)
        token = Token(name=checked_name(name), role=role, created_ms=now_ms, expires_ms=expires_ms)
        await asyncio.to_thread(self._store.add_token, token, secret.digest, within)
        return secret.text

    async def revoke_token(self, name: str, within: Within = nothing) -> bool:
        """Take a token back at once; False if there is none of that name."""
        return await self._taking_away(self._store.remove_token, name, within)

    async def create_link(
        self,
        role: Role,
        user: str | None = None,
        lifetime_s: float = LINK_LIFETIME_S,
        within: Within = nothing,
    ) -> str:
        """Make a one-time token for `/signin?token=…`, for somebody or for whoever sits at that desk."""
        secret = new_secret()
        now_ms = self._now_ms()
        expires_ms = now_ms + round(lifetime_s * 1000)
        add = self._store.add_link
        await asyncio.to_thread(add, secret.digest, role, user, now_ms, expires_ms, within)
        return secret.text

    async def first_link(self, role: Role = Role.ADMIN) -> str | None:
        """Make a link for `role` if nobody has an account with it yet; the caller shows it."""
        known = any(user.role is role and user.enabled for user in await self.users())
        return None if known else await self.create_link(role)

    async def _taking_away(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what takes a right away, and forget before anybody is told that it is done."""
        try:
            return await asyncio.to_thread(call, *args, **kwargs)
        finally:
            self._forget()

    def _forget(self) -> None:
        for call in tuple(self._on_forget):
            call()

    async def _slowly(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._hashing:
            return await asyncio.to_thread(call, *args, **kwargs)

    def _now_ms(self) -> int:
        return epoch_ms(self._clock.now())


def is_name(name: str) -> bool:
    """Whether somebody may be called so."""
    return _NAME.fullmatch(name) is not None


def checked_name(name: str) -> str:
    """Return `name`; InvalidMessage if nobody may be called so."""
    if not is_name(name):
        raise InvalidMessage(f"{name!r} is no name of [a-z0-9._-]{{1,64}}", code="bad-name")
    return name


def own_name(who: Principal) -> str:
    """Return whose account a session is; Refused if it is nobody's."""
    kind, _, name = who.name.partition(":")
    if kind != "user":
        raise Refused("this sign-in is nobody's account; it has no password", code="no-account")
    return name
