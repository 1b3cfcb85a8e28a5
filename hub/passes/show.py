"""Shows passes and vehicles as the API has them."""

from typing import Any, Final

from contract.clock import rfc3339_ms
from contract.passes import Means
from contract.topics import Address
from hub.passes.places import Places
from hub.passes.presence import Stay
from hub.passes.record import Pass
from hub.passes.settings import group_of
from hub.passes.store import HOUR_MS
from hub.passes.view import InsideView, PassView

_SAME: Final = tuple(set(Pass.__struct_fields__) & set(PassView.__struct_fields__))


def pass_view(record: Pass, places: Places) -> PassView:
    """Show a pass."""
    same: dict[str, Any] = {name: getattr(record, name) for name in _SAME}
    return PassView(
        **same,
        at=rfc3339_ms(record.at_ms),
        received=rfc3339_ms(record.received_ms),
        area=places.area(Address(record.site, record.kind, record.device)),
        tailgating=record.means is Means.TAILGATING,
    )


def stay_view(stay: Stay, now_ms: int, *, long: bool) -> InsideView:
    """Show a vehicle that is inside, or was until now."""
    return InsideView(
        id=stay.id,
        version=stay.version,
        inside=stay.inside,
        plate=stay.plate,
        vehicle=stay.vehicle,
        person=stay.person,
        group=group_of(stay.category),
        since=rfc3339_ms(stay.at_ms),
        hours=round(max(0, now_ms - stay.at_ms) / HOUR_MS, 2),
        long_stay=long,
        kind=stay.kind,
        device=stay.device,
    )
