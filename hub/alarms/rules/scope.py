"""Which devices a definition is about. Pure."""

from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Scope


def may_apply(scope: Scope, address: Address) -> bool:
    """Whether a device with this address may be meant, whatever it describes itself to be."""
    if (scope.kinds and address.kind not in scope.kinds) or address.kind in scope.except_kinds:
        return False
    return not scope.devices or f"{address.kind}/{address.device}" in scope.devices


def applies(scope: Scope, address: Address, description: Description | None) -> bool:
    """Whether this device is meant; one whose area or product is not known is of none."""
    if not may_apply(scope, address):
        return False
    area = area_of(description)
    if (scope.areas and area not in scope.areas) or area in scope.except_areas:
        return False
    return not scope.products or (description is not None and description.product in scope.products)


def area_of(description: Description | None) -> str | None:
    """Return where the device stands, if it says so."""
    location = description.location if description else None
    return location.area if location else None
