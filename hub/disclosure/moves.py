"""What becomes of a disclosure: from how it was, and what is done, to how it is then. Pure.

Each rule says why something must not be done, as a refusal that goes on record.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from hub.disclosure.bases import LegalBasis
from hub.disclosure.refusals import DisclosureRefused
from hub.disclosure.request import Disclosure, Made
from hub.disclosure.scope import DAY_MS
from hub.disclosure.states import WAYS, State, Step

PERSON: Final = "user:"
"""How the name of somebody with an account of their own begins; tokens and shared links are nobody."""

LINK: Final = "link:"


class Press(Struct, frozen=True, kw_only=True):
    """What is done, and why. `to` belongs to HAND: who got the bundle; `made` to FINISH."""

    step: Step
    reason: str = ""
    to: str = ""
    made: Made | None = None


class Terms(NamedTuple):
    """What the site says now: its legal bases, and the days that requests wait and bundles are kept."""

    bases: Mapping[str, LegalBasis]
    decide_days: int
    keep_days: int


class By(NamedTuple):
    """Who does it, when, and whether they may release what others ask for."""

    who: str
    now_ms: int
    releases: bool = False


def is_over(found: Disclosure, now_ms: int) -> bool:
    """Whether its time is over."""
    lapses = WAYS[found.state][Step.LAPSE] is not None
    return lapses and found.expires_ms is not None and now_ms >= found.expires_ms


def refusal(found: Disclosure, step: Step, by: By, terms: Terms) -> DisclosureRefused | None:
    """Say why somebody must not do this; None: they may."""
    if found.state is State.EXPIRED:
        return DisclosureRefused("its time is over; ask anew", code="expired")
    if WAYS[found.state][step] is None:
        return DisclosureRefused(f"it is {found.state.value}: that cannot be done now", code="not-now")
    rule = _RULES.get(step)
    return rule(found, by, terms) if rule is not None else None


def unnamed(who: str) -> DisclosureRefused | None:
    """Refuse to take a request of nobody in particular."""
    if not who.startswith(LINK):
        return None
    return DisclosureRefused("a shared link is nobody by name; sign in as yourself", code="unnamed")


def too_wide(basis: LegalBasis, excess: list[str]) -> DisclosureRefused | None:
    """Refuse what is more than a legal basis allows."""
    if not excess:
        return None
    return DisclosureRefused(f"wider than the basis {basis.key}: {'; '.join(excess)}", code="too-wide")


def moved(found: Disclosure, press: Press, by: By, terms: Terms) -> Disclosure:
    """Return the disclosure after a step that `refusal` has nothing against."""
    state = WAYS[found.state][press.step]
    if state is None:
        raise ValueError(f"{press.step.value} leads nowhere from {found.state.value}")
    changes = _CHANGES[press.step](found, press, by, terms)
    return replace(found, state=state, version=found.version + 1, **changes)


def _on_deciding(found: Disclosure, by: By, _: Terms) -> DisclosureRefused | None:
    if not by.who.startswith(PERSON):
        return DisclosureRefused(
            "who decides must be known by name; sign in with an account of your own", code="unnamed"
        )
    if by.who == found.requested_by:
        return DisclosureRefused("this is your own request; a second person decides", code="own-request")
    return None


def _on_approving(found: Disclosure, by: By, terms: Terms) -> DisclosureRefused | None:
    basis = terms.bases.get(found.basis)
    if (refused := _on_deciding(found, by, terms)) is not None:
        return refused
    if basis is None:
        return DisclosureRefused("the site knows this legal basis no longer; ask anew", code="basis-changed")
    if (refused := too_wide(basis, basis.too_wide(found.scope))) is not None:
        return refused
    if basis != found.terms:
        return DisclosureRefused(
            "the legal basis has changed since the request; ask anew", code="basis-changed"
        )
    return None


def _on_withdrawing(found: Disclosure, by: By, _: Terms) -> DisclosureRefused | None:
    if by.releases or by.who == found.requested_by:
        return None
    return DisclosureRefused("somebody else asked for it; they or a supervisor withdraw it", code="not-yours")


_RULES: Final[Mapping[Step, Callable[[Disclosure, By, Terms], DisclosureRefused | None]]] = MappingProxyType(
    {Step.APPROVE: _on_approving, Step.REJECT: _on_deciding, Step.WITHDRAW: _on_withdrawing}
)


def _approved(found: Disclosure, press: Press, by: By, _: Terms) -> dict[str, Any]:
    until = by.now_ms + found.terms.release_days * DAY_MS
    return _decided(found, press, by, _) | {"expires_ms": until}


def _decided(_: Disclosure, press: Press, by: By, __: Terms) -> dict[str, Any]:
    return {
        "decided_by": by.who,
        "decided_ms": by.now_ms,
        "decision_reason": press.reason,
        "expires_ms": None,
    }


def _begun(found: Disclosure, _: Press, by: By, __: Terms) -> dict[str, Any]:
    since = found.begun_ms if found.begun_ms is not None else by.now_ms
    return {"begun_ms": since, "purged_ms": None, "error": None}


def _finished(_: Disclosure, press: Press, by: By, terms: Terms) -> dict[str, Any]:
    return {"made": press.made, "expires_ms": by.now_ms + terms.keep_days * DAY_MS}


def _failed(_: Disclosure, press: Press, __: By, ___: Terms) -> dict[str, Any]:
    return {"error": press.reason}


def _handed(_: Disclosure, press: Press, by: By, __: Terms) -> dict[str, Any]:
    return {"handed_by": by.who, "handed_to": press.to, "handed_ms": by.now_ms, "expires_ms": None}


def _ended(_: Disclosure, __: Press, ___: By, ____: Terms) -> dict[str, Any]:
    return {"expires_ms": None}


def _as_it_was(_: Disclosure, __: Press, ___: By, ____: Terms) -> dict[str, Any]:
    return {}


_CHANGES: Final[Mapping[Step, Callable[[Disclosure, Press, By, Terms], dict[str, Any]]]] = MappingProxyType(
    {
        Step.APPROVE: _approved,
        Step.REJECT: _decided,
        Step.WITHDRAW: _ended,
        Step.BEGIN: _begun,
        Step.FINISH: _finished,
        Step.FAIL: _failed,
        Step.CANCEL: _as_it_was,
        Step.RESUME: _as_it_was,
        Step.HAND: _handed,
        Step.LAPSE: _ended,
    }
)
