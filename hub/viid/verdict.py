"""What becomes of each object after an answer: taken, tried again, or set aside with a reason. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.viid.answer import Code, Reply, Status

MAX_TRIES: Final = 5
"""Of an object that fails by itself, before it is set aside."""

WAIT: Final = frozenset({401, 403, 404, 405, 408, 425, 429, 502, 503, 504})
"""The library, or what stands before it, has no time, or does not know us: no object's fault."""

PATIENT: Final = frozenset({Code.BUSY, Code.DEVICE_ERROR, Code.REBOOT})


class Verdict(StrEnum):
    """AGAIN: later, however often. DOUBTFUL: later, but not for ever. ALONE: find out which one it is."""

    TAKEN = "taken"
    AGAIN = "again"
    DOUBTFUL = "doubtful"
    ALONE = "alone"
    ASIDE = "aside"


class Judged(Struct, frozen=True, kw_only=True):
    """A verdict, the code that led to it and the library's words."""

    verdict: Verdict
    code: str = ""
    reason: str = ""
    at: str = ""


def judge(ids: Sequence[str], reply: Reply) -> dict[str, Judged]:
    """Judge every object of a request."""
    if reply.http in WAIT:
        return dict.fromkeys(ids, _of_http(Verdict.AGAIN, reply))
    if not reply.ok:
        return dict.fromkeys(ids, _of_whole(ids, _of_http(_blamed(reply), reply)))
    named = {each.id: each for each in reply.statuses if each.id}
    if not named.keys() & set(ids) and len(reply.statuses) == 1:
        return dict.fromkeys(ids, _of_whole(ids, _of_status(reply.statuses[0])))
    if not named.keys() & set(ids) and len(reply.statuses) == len(ids):
        return {ident: _of_status(status) for ident, status in zip(ids, reply.statuses, strict=True)}
    return {ident: _of_status(named[ident]) if ident in named else NO_STATUS for ident in ids}


NO_STATUS: Final = Judged(verdict=Verdict.DOUBTFUL, code="none", reason="the answer has no status for it")


def _blamed(reply: Reply) -> Verdict:
    """Judge by an HTTP status what is no success: a fault of the library's may be an object's, or not."""
    return Verdict.DOUBTFUL if reply.http >= 500 else Verdict.ASIDE


def _of_whole(ids: Sequence[str], judged: Judged) -> Judged:
    """Blame nobody for what was said of several at once."""
    if len(ids) == 1 or judged.verdict in (Verdict.TAKEN, Verdict.AGAIN):
        return judged
    return Judged(verdict=Verdict.ALONE, code=judged.code, reason=judged.reason)


def _of_http(verdict: Verdict, reply: Reply) -> Judged:
    said = reply.one
    words = f"HTTP {reply.http}" + (f": {said.text}" if said and said.text else "")
    return Judged(verdict=verdict, code=f"http-{reply.http}", reason=words)


def _of_status(status: Status) -> Judged:
    if status.code == Code.OK:
        verdict = Verdict.TAKEN
    elif status.code in PATIENT:
        verdict = Verdict.AGAIN
    else:
        verdict = Verdict.DOUBTFUL if status.code == Code.OTHER else Verdict.ASIDE
    return Judged(verdict=verdict, code=str(status.code), reason=status.text, at=status.at)
