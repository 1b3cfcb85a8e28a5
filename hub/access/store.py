"""Reads and writes people, sessions, tokens and links of one tenant. Blocking: call it in a thread.

Whatever takes a right away moves the tenant's epoch in the same transaction, so that every hub on this ledger
forgets what it remembers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from contract.errors import InvalidMessage, Refused
from hub.access.roles import SESSION_LIMITS, Principal, Role
from hub.access.schema import epochs, links, sessions, tokens, users
from hub.ledger.dialect import dialect_of

Within = Callable[[Connection], None]
"""What is done in the transaction of a change, after it."""


def nothing(_connection: Connection) -> None:
    """Do nothing within a change."""


class User(Struct, frozen=True, kw_only=True):
    """A person with an account, since `created_ms` (ms since 1970). `password` is an argon2id hash."""

    name: str
    role: Role
    enabled: bool
    password: str | None
    created_ms: int


class Token(Struct, frozen=True, kw_only=True):
    """A machine's token, without its secret. Times in ms since 1970; `seen_ms`: last used, to the minute."""

    name: str
    role: Role
    created_ms: int
    expires_ms: int | None
    seen_ms: int | None = None


class Session(Struct, frozen=True, kw_only=True):
    """What a cookie stands for; `seen_ms` is when it was last known to be used."""

    principal: Principal
    seen_ms: int


class AccessStore:
    """The tables of `hub.access.schema`, for one tenant."""

    def __init__(self, engine: Engine, tenant: str) -> None:
        self._engine = engine
        self._tenant = tenant

    def epoch(self) -> int:
        """How often a right was taken away so far."""
        with self._engine.connect() as connection:
            return connection.execute(self._only(select(epochs.c.epoch), epochs)).scalar() or 0

    def add_user(
        self, name: str, role: Role, password: str | None, now_ms: int, within: Within = nothing
    ) -> None:
        """Add a person; InvalidMessage if there is one of that name."""
        values = {"role": role.value, "password": password, "enabled": True, "created_ms": now_ms}
        self._insert(users, {"name": name} | values, f"there is a user {name} already", within)

    def user(self, name: str) -> User | None:
        """Read a person."""
        query = select(users).where(users.c.name == name)
        with self._engine.connect() as connection:
            row = connection.execute(self._only(query, users)).mappings().first()
        return None if row is None else _user(row)

    def users(self) -> list[User]:
        """Read everybody, by name."""
        query = self._only(select(users), users).order_by(users.c.name)
        with self._engine.connect() as connection:
            return [_user(row) for row in connection.execute(query).mappings()]

    def change_user(
        self, name: str, values: Mapping[str, Any], within: Within = nothing, keep_session: str | None = None
    ) -> None:
        """Change a person; their links and sessions end, but for the one whose digest is `keep_session`.

        InvalidMessage if there is no such person; Refused if nobody would be left to administer the site.
        """
        theirs = sessions.c.user == name
        if keep_session is not None:
            theirs &= sessions.c.digest != keep_session
        with self._engine.begin() as connection:
            self._move_epoch(connection)  # first: whoever else changes people waits here until we are done
            before = self._admins(connection)
            if not self._update_user(connection, name, values):
                raise InvalidMessage(f"there is no user {name}", code="unknown-user")
            if before > 0 and self._admins(connection) == 0:
                raise Refused(f"{name} is the last admin; make somebody else one first", code="last-admin")
            connection.execute(self._only(delete(sessions), sessions).where(theirs))
            connection.execute(self._only(delete(links), links).where(links.c.user == name))
            within(connection)

    def _update_user(self, connection: Connection, name: str, values: Mapping[str, Any]) -> bool:
        which = self._only(update(users), users).where(users.c.name == name)
        return connection.execute(which.values(name=name, **values)).rowcount > 0

    def _admins(self, connection: Connection) -> int:
        """How many could sign in and administer the site."""
        admins = select(users.c.name).where(users.c.role == Role.ADMIN.value, users.c.enabled)
        return len(connection.execute(self._only(admins, users)).all())

    def seen(self) -> dict[str, int]:
        """Read when each person with an open session last used one."""
        query = select(sessions.c.user, func.max(sessions.c.seen_ms)).where(sessions.c.user.is_not(None))
        with self._engine.connect() as connection:
            return dict(connection.execute(self._only(query, sessions).group_by(sessions.c.user)).all())

    def keep_password(self, name: str, password: str) -> None:
        """Store the same password hashed anew; sessions go on."""
        with self._engine.begin() as connection:
            connection.execute(
                self._only(update(users), users).where(users.c.name == name).values(password=password)
            )

    def add_session(self, digest: str, role: Role, user: str | None, now_ms: int) -> Session:
        """Begin a session."""
        values = {
            "digest": digest,
            "tenant": self._tenant,
            "user": user,
            "role": role.value,
            "created_ms": now_ms,
            "seen_ms": now_ms,
            "expires_ms": now_ms + SESSION_LIMITS[role].longest_s * 1000,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(sessions).values(values))
        return _session(values)

    def session(self, digest: str) -> Session | None:
        """Read a session, ended or not; None if there is none, or the person's account is closed."""
        its_user = (users.c.tenant == sessions.c.tenant) & (users.c.name == sessions.c.user)
        query = (
            select(sessions)
            .outerjoin(users, its_user)
            .where((sessions.c.digest == digest) & (sessions.c.user.is_(None) | users.c.enabled))
        )
        with self._engine.connect() as connection:
            row = connection.execute(self._only(query, sessions)).mappings().first()
        return None if row is None else _session(row)

    def touch_session(self, digest: str, now_ms: int) -> None:
        """Note that a session is in use."""
        with self._engine.begin() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_ms=now_ms))

    def end_session(self, digest: str) -> None:
        """End a session."""
        self._remove(sessions, sessions.c.digest == digest)

    def add_token(self, token: Token, digest: str, within: Within = nothing) -> None:
        """Add a machine token; InvalidMessage if there is one of that name."""
        values = asdict(token) | {"digest": digest, "role": token.role.value}
        self._insert(tokens, values, f"there is a token {token.name} already", within)

    def token(self, digest: str) -> Token | None:
        """Read a token by its secret's digest."""
        query = select(tokens).where(tokens.c.digest == digest)
        with self._engine.connect() as connection:
            row = connection.execute(self._only(query, tokens)).mappings().first()
        return None if row is None else _token(row)

    def tokens(self) -> list[Token]:
        """Read all tokens, by name."""
        query = self._only(select(tokens), tokens).order_by(tokens.c.name)
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query).mappings()]

    def remove_token(self, name: str, within: Within = nothing) -> bool:
        """Revoke a token; False if there was none of that name."""
        return self._remove(tokens, tokens.c.name == name, within)

    def add_link(
        self,
        digest: str,
        role: Role,
        user: str | None,
        now_ms: int,
        expires_ms: int,
        within: Within = nothing,
    ) -> None:
        """Add a one-time link."""
        values = {"user": user, "role": role.value, "created_ms": now_ms, "expires_ms": expires_ms}
        with self._engine.begin() as connection:
            connection.execute(insert(links).values(digest=digest, tenant=self._tenant, **values))
            within(connection)

    def take_link(self, digest: str, now_ms: int) -> tuple[Role, str | None] | None:
        """Use a link up, for role and user; None if it is used, too old or none of ours."""
        of_digest = links.c.digest == digest
        with self._engine.begin() as connection:
            row = connection.execute(self._only(select(links), links).where(of_digest)).mappings().first()
            if row is None:
                return None
            # Whoever deletes the row has the link; a second one, at the same instant, deletes nothing.
            taken = connection.execute(delete(links).where(of_digest)).rowcount == 1
        if not taken or row["expires_ms"] <= now_ms:
            return None
        return Role(row["role"]), row["user"]

    def prune(self, now_ms: int) -> None:
        """Delete what is over: sessions, tokens and links past their end."""
        with self._engine.begin() as connection:
            connection.execute(self._only(delete(links), links).where(links.c.expires_ms <= now_ms))
            connection.execute(self._only(delete(tokens), tokens).where(tokens.c.expires_ms <= now_ms))
            idle = [
                (sessions.c.role == role.value) & (sessions.c.seen_ms <= now_ms - limits.idle_s * 1000)
                for role, limits in SESSION_LIMITS.items()
            ]
            over = or_(sessions.c.expires_ms <= now_ms, *idle)
            connection.execute(self._only(delete(sessions), sessions).where(over))

    def _only(self, statement: Any, table: Table) -> Any:
        """Restrict a statement to our tenant."""
        return statement.where(table.c.tenant == self._tenant)

    def _insert(self, table: Table, values: dict[str, Any], taken: str, within: Within) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(table).values(tenant=self._tenant, **values))
                within(connection)
        except IntegrityError as wrong:
            raise InvalidMessage(taken, code="name-taken") from wrong

    def _remove(self, table: Table, which: ColumnElement[bool], within: Within = nothing) -> bool:
        with self._engine.begin() as connection:
            removed = connection.execute(self._only(delete(table), table).where(which)).rowcount > 0
            if removed:
                self._move_epoch(connection)
                within(connection)
        return removed

    def _move_epoch(self, connection: Connection) -> None:
        first = dialect_of(connection).insert(epochs).values(tenant=self._tenant, epoch=1)
        connection.execute(
            first.on_conflict_do_update(index_elements=["tenant"], set_={"epoch": epochs.c.epoch + 1})
        )


def _user(row: RowMapping) -> User:
    return User(
        name=row["name"],
        role=Role(row["role"]),
        enabled=row["enabled"],
        password=row["password"],
        created_ms=row["created_ms"],
    )


def _token(row: RowMapping) -> Token:
    return Token(
        name=row["name"],
        role=Role(row["role"]),
        created_ms=row["created_ms"],
        expires_ms=row["expires_ms"],
        seen_ms=row["seen_ms"],
    )


def _session(row: RowMapping | dict[str, Any]) -> Session:
    role = Role(row["role"])
    principal = Principal(
        name=f"user:{row['user']}" if row["user"] else f"link:{role.value}",
        role=role,
        tenant=row["tenant"],
        digest=row["digest"],
        by_cookie=True,
        expires_ms=row["expires_ms"],
    )
    return Session(principal=principal, seen_ms=row["seen_ms"])
