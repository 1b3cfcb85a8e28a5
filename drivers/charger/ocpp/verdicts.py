"""What a post is told of somebody who charges or wants to, and what follows from a No, in either version."""

from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.session import Session


def verdict(*, admitted: bool) -> Payload:
    """Return the content of `idTagInfo` and `idTokenInfo`."""
    return {"status": "Accepted" if admitted else "Invalid"}


def judged(session: Session, answer: Payload, *, admitted: bool, stop: str, transaction: int | str) -> Reply:
    """Answer, and have a charge that nobody admitted ended by `stop`: not every post does so itself."""

    async def end() -> None:
        await session.ask(stop, {"transactionId": transaction})

    return Reply(answer, None if admitted else lambda: session.later(end()))
