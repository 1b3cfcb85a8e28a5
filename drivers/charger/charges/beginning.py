"""How a charge comes to be known: by its beginning, by a reading in its middle, or only by its end. Pure."""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from contract.charging import ORDER_DIGITS
from drivers.charger.charges.charge import Charge, Kept, quarter
from drivers.charger.link import Began, Ended, Reading
from drivers.charger.options import ChargerOptions
from drivers.charger.words import EndReason

_ORDER: Final = re.compile(f"[0-9]{{{ORDER_DIGITS}}}")


class Terms(NamedTuple):
    """What a charge may take where nobody said less: seconds, Wh and W."""

    seconds: int
    energy: int
    power: int

    @classmethod
    def of(cls, options: ChargerOptions, seconds: int = 0, energy: int = 0) -> "Terms":
        """Return the site's terms, or what was asked for if that is less; 0 asks for nothing less."""
        longest = min(seconds or options.longest_s, options.longest_s)
        most = -(-options.power * options.longest_s // 3600)
        return cls(longest, min(energy or most, most), options.power)


def is_order(text: str) -> bool:
    """Whether a text can be the number of an order."""
    return _ORDER.fullmatch(text) is not None


def begun(kept: Kept, began: Began, now: datetime, terms: Terms) -> Charge:
    """Return a charge that the post tells the beginning of; to be ended if nobody waits for it any more."""
    at = min(began.at, now)
    charge = _charge(began.transaction, order_begun(kept, began, now), at, at, terms, meter=began.meter)
    pending = kept.waiting(charge.order)
    if pending is None:
        return charge
    expected = pending.admitted(now)
    return replace(
        charge,
        since=now if expected else at,
        seconds=pending.seconds,
        most_energy=pending.energy,
        power=pending.power or terms.power,
        ending=None if expected else EndReason.STOPPED,
    )


def order_begun(kept: Kept, began: Began, now: datetime) -> str:
    """Return under which order a charge began, empty if under none of ours.

    A post that does not say has begun what it was told last, unless that is too long ago. One order is one
    charge.
    """
    if began.order is None:
        told = (each.order for each in reversed(kept.pending) if each.wanted and each.held(now))
        return next(told, "")
    taken = kept.used(began.order, but=began.transaction)
    return "" if taken or not is_order(began.order) else began.order


def found(reading: Reading, at: datetime, now: datetime, terms: Terms) -> Charge:
    """Return a charge that was found under way: nobody here knows how it began."""
    energy = reading.energy or 0
    meter = None if reading.meter is None else reading.meter - energy
    return _charge(reading.transaction or "", "", at, now, terms, meter=meter, energy=energy)


def unheard(ended: Ended, at: datetime, terms: Terms) -> Charge:
    """Return a charge of which nothing was heard before its end."""
    order = ended.order if ended.order and is_order(ended.order) else ""
    if ended.began_at is not None:
        began = min(ended.began_at, at)
    else:
        began = at - timedelta(seconds=ended.seconds or 0)
    charge = _charge(ended.transaction, order, began, began, terms)
    if began < at:
        return charge
    return replace(charge, read_at=at - timedelta(seconds=terms.seconds))  # it may have been as long as that


def _charge(
    transaction: str,
    order: str,
    at: datetime,
    since: datetime,
    terms: Terms,
    *,
    meter: int | None = None,
    energy: int = 0,
) -> Charge:
    return Charge(
        transaction=transaction,
        order=order,
        at=at,
        since=since,
        read_at=at,
        quarter=quarter(at),
        seconds=terms.seconds,
        most_energy=terms.energy,
        power=terms.power,
        meter=meter,
        energy=energy,
    )
