"""Puts together what is known of every device: found, placed, described, reachable, proven."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from contract.clock import rfc3339_ms
from contract.topics import Address, address
from hub.alarms.definition import Definition
from hub.commissioning.concern import Concerns
from hub.commissioning.proof import Proof, provable
from hub.commissioning.show import proof_view, trial_view
from hub.commissioning.store import Found
from hub.commissioning.trial import Trial
from hub.commissioning.view import CommissioningView, DeviceRow, Standing, TestView
from hub.shadows.shadow import Shadow

DAY_MS: Final = 86_400_000
FIRMWARE: Final = ("firmware", "firmware-version")
CLOCK: Final = ("clock-offset", "clock-offset-s")
"""Names by which families call these properties; numbers in seconds."""


class Kept(Struct, frozen=True, kw_only=True):
    """What the ledger has: devices, the last proof of each, tests that run, what stands on plans."""

    found: Sequence[Found]
    proofs: Mapping[str, Proof]
    trials: Sequence[Trial]
    placed: frozenset[str]


class Listing:
    """Makes the rows. `shadow_of` knows how devices are now; only called on the hub's event loop."""

    def __init__(
        self,
        definitions: Iterable[Definition],
        shadow_of: Callable[[Address], Shadow | None],
        proof_days: int,
    ) -> None:
        self.proof_days = proof_days
        self._definitions = tuple(definitions)
        self._shadow_of = shadow_of

    def whole(self, kept: Kept, now_ms: int) -> CommissioningView:
        """Show every device: those whose way is not proven first."""
        concerns = Concerns(self._definitions)
        rows = [self.row(each, kept, concerns, now_ms) for each in kept.found]
        titles = {each.device: each for each in kept.found}
        return CommissioningView(
            proof_days=self.proof_days,
            unplaced=sum(not row.placed and row.gone is None for row in rows),
            standings=Counter(row.standing for row in rows),
            devices=rows,
            tests=[shown(each, titles.get(each.device)) for each in kept.trials],
        )

    def definitions_of(self, device: str) -> Sequence[Definition]:
        """Return the alarm definitions that concern a device as it is now."""
        where = address(device)
        shadow = self._shadow_of(where)
        return Concerns(self._definitions).of(where, shadow.description if shadow else None)

    def row(self, found: Found, kept: Kept, concerns: Concerns, now_ms: int) -> DeviceRow:
        """Show one device."""
        return DeviceRow(**self.fields(found, kept, concerns, now_ms))

    def fields(self, found: Found, kept: Kept, concerns: Concerns, now_ms: int) -> Mapping[str, Any]:
        """Return what a device is shown by."""
        where = address(found.device)
        shadow = self._shadow_of(where)
        described = shadow.description if shadow is not None else None
        definitions = concerns.of(where, described)
        proof = kept.proofs.get(found.device)
        running = {each.device: each.id for each in kept.trials}
        return {
            "device": found.device,
            "kind": where.kind,
            "title": found.title or {"zh-CN": where.device},
            "found": rfc3339_ms(found.found_ms),
            "gone": None if found.gone_ms is None else rfc3339_ms(found.gone_ms),
            "area": found.area,
            "placed": found.device in kept.placed or _is_on_drawing(shadow),
            "product": found.product,
            "driver": found.driver,
            "firmware": _text(_reading(shadow, FIRMWARE)),
            "connectivity": shadow.connectivity if shadow is not None else None,
            "clock_offset_s": _number(_reading(shadow, CLOCK)),
            "alarms": len(definitions),
            "standing": self._standing(found, definitions, proof, now_ms),
            "proof": None if proof is None else proof_view(proof),
            "test": running.get(found.device),
        }

    def _standing(
        self, found: Found, definitions: Iterable[Definition], proof: Proof | None, now_ms: int
    ) -> Standing:
        if found.gone_ms is not None:
            return Standing.GONE
        if proof is not None:
            old = now_ms - proof.at_ms > self.proof_days * DAY_MS
            return Standing.OLD if old else Standing.PROVEN
        if any(provable(each.raised_by) for each in definitions):
            return Standing.NEVER
        return Standing.UNPROVABLE


def shown(trial: Trial, found: Found | None) -> TestView:
    """Show a test, with what its device is called."""
    title = found.title if found is not None and found.title else {"zh-CN": address(trial.device).device}
    return trial_view(trial, title, found.area if found is not None else None)


def _is_on_drawing(shadow: Shadow | None) -> bool:
    """Whether its own description says where it stands on the site's drawing."""
    location = shadow.description.location if shadow is not None and shadow.description else None
    return location is not None and location.x is not None and location.y is not None


def _reading(shadow: Shadow | None, names: Iterable[str]) -> Any:
    """Return what it says under the first of these names; None if that is old or not there."""
    readings = shadow.readings if shadow is not None else {}
    told = (readings[name] for name in names if name in readings and not readings[name].stale)
    return next((each.value for each in told), None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
