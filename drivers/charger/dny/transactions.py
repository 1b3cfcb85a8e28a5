"""What a charge at a DNY post is called. Pure.

The post has no numbers for charges: it repeats the 16 bytes of the order under which one began, ours or one
of its own making. Old posts have none for a card's; then what the charge took is its name, and it has none
before it is over.
"""

from typing import Final

from contract.charging import ORDER_DIGITS
from drivers.charger.dny import units
from drivers.charger.dny.reports import Settlement

_HEX: Final = 2 * ORDER_DIGITS


def transaction(post: str, port: int, order: bytes) -> str | None:
    """Return the name of a charge; None if it has no order."""
    if order in units.BLANK:
        return None
    return f"{post}-{port}-{units.order_number(order) or order.hex()}"


def settled_transaction(post: str, settlement: Settlement) -> str:
    """Return the name of a charge that is over; the same for the same settlement, however often it comes."""
    named = transaction(post, settlement.port, settlement.order)
    if named is not None:
        return named
    took = f"{settlement.seconds}s-{settlement.energy}wh-{round(settlement.most * 10)}-{settlement.why}"
    return f"{post}-{settlement.port}-{settlement.card:08x}-{took}"


def order_of(transaction: str) -> bytes | None:
    """Return the order of a charge by its name; None if it had none."""
    order = transaction.rpartition("-")[2]
    if len(order) == ORDER_DIGITS and order.isdigit():
        return units.order_bytes(order)
    try:
        return bytes.fromhex(order) if len(order) == _HEX else None
    except ValueError:
        return None
