"""What a meter says of a charge, and whether it can be true. Pure.

A bill is made of it, so it never goes back: a meter that does, or that leaps beyond what the connector can
give, is not believed.
"""

from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from drivers.charger.charges.charge import Charge
from drivers.charger.link import Ended, Reading

TOLERANCE: Final = 2.0
"""How many times its rated power a connector is believed to have given: `max_power` may be a site's guess."""

SLACK_H: Final = 0.25
"""And what it gives in so long besides: clocks of posts are not exact, nor do they read while they speak."""


class Nonsense(ValueError):
    """What the post says cannot be."""


class Settled(NamedTuple):
    """What a charge took in the end. `doubt`: what the post said of it and is not believed."""

    energy: int
    estimated: bool
    doubt: str | None = None


def metered(charge: Charge, reading: Reading, at: datetime, rated: int) -> Charge:
    """Return the charge with what was read; as it was if the reading is old or tells no energy.

    `rated` is the connector's power in W. Nonsense if it goes back or leaps.
    """
    if charge.meter is None and reading.meter is not None:
        charge = replace(charge, meter=reading.meter - charge.energy)
    energy = _energy(charge, reading.meter, reading.energy)
    if energy is None or (energy < charge.energy and at < charge.read_at):
        return charge
    _believe(charge, energy, at, rated)
    return replace(charge, energy=energy, read_at=max(at, charge.read_at))


def settled(charge: Charge, ended: Ended, at: datetime, rated: int) -> Settled:
    """Return what a charge took in the end: what the post says, or else what was last read."""
    energy = _energy(charge, ended.meter, ended.energy)
    if energy is None:
        return Settled(charge.energy, estimated=True)
    try:
        _believe(charge, energy, at, rated)
    except Nonsense as doubt:
        return Settled(charge.energy, estimated=True, doubt=str(doubt))
    return Settled(energy, estimated=False)


def _energy(charge: Charge, meter: int | None, own: int | None) -> int | None:
    if meter is not None and charge.meter is not None:
        return meter - charge.meter
    return own


def _believe(charge: Charge, energy: int, at: datetime, rated: int) -> None:
    if energy < charge.energy:
        raise Nonsense(f"the meter of {charge.transaction} went back from {charge.energy} to {energy} Wh")
    hours = max(0.0, (at - charge.read_at).total_seconds() / 3600)
    most = charge.energy + rated * (TOLERANCE * hours + SLACK_H)
    if energy > most:
        raise Nonsense(f"the meter of {charge.transaction} leapt from {charge.energy} to {energy} Wh")
