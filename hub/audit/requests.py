"""What routes say to the audit: who looks at personal data, who signs in or out, who is refused.

An entry is durable before the answer goes out. If the ledger cannot take it, whoever looks gets an error and
sees nothing; whoever is refused is refused all the same.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from hub.access.roles import Principal
from hub.audit.auditor import Auditor, Caller
from hub.audit.paths import masked
from hub.evidence.retention import hold, release

logger = logging.getLogger(__name__)

MEDIA_VIEWED: Final = "media.viewed"
PREVIEW_VIEWED: Final = "preview.viewed"
CASE_VIEWED: Final = "case.viewed"
PERSON_VIEWED: Final = "person.viewed"
REGISTER_SEARCHED: Final = "register.searched"
IMPORT_VIEWED: Final = "import.viewed"
AUDIT_READ: Final = "audit.read"
SIGNED_IN: Final = "session.signed-in"
SIGNED_OUT: Final = "session.signed-out"
SCREEN_OPENED: Final = "session.screen-opened"
REFUSED: Final = "access.refused"
PEOPLE_VIEWED: Final = "people.viewed"
PERSON_ADDED: Final = "people.added"
PERSON_CHANGED: Final = "people.changed"
LINK_MADE: Final = "people.link-made"
SESSIONS_ENDED: Final = "people.sessions-ended"
PASSWORD_SET: Final = "people.password-set"  # noqa: S105 - what was done, no password
TOKENS_VIEWED: Final = "tokens.viewed"
TOKEN_MADE: Final = "tokens.made"  # noqa: S105 - what was done, no token
TOKEN_REVOKED: Final = "tokens.revoked"  # noqa: S105 - the same
REPORT_VIEWED: Final = "report.viewed"
COMMUNITY_LINKS_VIEWED: Final = "community.links-viewed"
COMMUNITY_LINK_MADE: Final = "community.link-made"
COMMUNITY_LINK_REVOKED: Final = "community.link-revoked"
HISTORY_EXPORTED: Final = "history.exported"
HOLD_SET: Final = "hold.set"
HOLD_RELEASED: Final = "hold.released"


def remember(connection: HTTPConnection, who: Principal) -> None:
    """Note who makes this request, for what is refused later on."""
    connection.state.who = who


async def looked(connection: HTTPConnection, who: Principal, what: str, about: str, **details: Any) -> None:
    """Write that `who` looks at something: a picture's SHA-256, a camera's address, an alarm's id."""
    await _auditor(connection).looked(_caller(connection, who), what, about, **details)


def written(
    connection: HTTPConnection, who: Principal, what: str, about: str, **details: Any
) -> Callable[[Connection], None]:
    """Return what writes, in the transaction of a change, that `who` makes it."""
    return _auditor(connection).within(_caller(connection, who), what, about, **details)


async def holds(connection: HTTPConnection, who: Principal, alarm: str, reason: str) -> None:
    """Keep what belongs to an alarm, whatever its age, and write who wants that; InvalidMessage."""
    await _auditor(connection).do(_caller(connection, who), HOLD_SET, alarm, reason, hold)


async def lets_go(connection: HTTPConnection, who: Principal, alarm: str, reason: str) -> None:
    """Let what belongs to an alarm go at the end of its retention, and write who said so; InvalidMessage."""
    await _auditor(connection).do(_caller(connection, who), HOLD_RELEASED, alarm, reason, release)


async def exported(connection: HTTPConnection, who: Principal, about: str, **details: Any) -> None:
    """Write that somebody takes series away: each time."""
    await _auditor(connection).record(_caller(connection, who), HISTORY_EXPORTED, about, **details)


async def signed_in(connection: HTTPConnection, who: Principal, how: str) -> None:
    """Write that somebody signed in; `how`: by password or by link."""
    await _auditor(connection).record(_caller(connection, who), SIGNED_IN, who.name, how=how)


async def signed_out(connection: HTTPConnection, who: Principal) -> None:
    """Write that somebody signed out."""
    await _auditor(connection).record(_caller(connection, who), SIGNED_OUT, who.name)


async def screen_opened(connection: HTTPConnection, who: Principal) -> None:
    """Write that a screen came in by its token; one that comes again and again is written once."""
    await looked(connection, who, SCREEN_OPENED, who.name)


async def refused(connection: HTTPConnection, reason: str) -> None:
    """Write that whoever makes this request may not (403), and why; who is not known leaves no entry (401).

    The same refusal over and over is written once, as a look is.
    """
    who: Principal | None = getattr(connection.state, "who", None)
    if who is None:
        return
    about = f"{connection.scope.get('method', 'WEBSOCKET')} {masked(connection.url.path)}"
    try:
        await _auditor(connection).looked(_caller(connection, who), REFUSED, about, reason=reason)
    except SQLAlchemyError:
        logger.exception("a refusal of %s is not in the audit", who.name)


def _caller(connection: HTTPConnection, who: Principal) -> Caller:
    duty = connection.app.state.services.room.duty
    address = connection.client.host if connection.client else None
    return Caller(principal=who, address=address, post=duty.actor(who).post)


def _auditor(connection: HTTPConnection) -> Auditor:
    auditor: Auditor = connection.app.state.services.room.auditor
    return auditor
