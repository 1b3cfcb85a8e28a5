"""What driver hosts and hub agree on about charging: an order's number, and what is reported of a charge.

A charge is what a connector delivers from plugging in to the end of the transaction; an order is what the hub
makes of it for whoever pays. The number of the order goes to the post and comes back with every report, so it
must fit everywhere: an OCPP 1.6 idTag (20 characters), 16 bytes of DNY, 32 BCD digits of 云快充.
"""

from typing import Annotated, Final

from msgspec import Meta, Struct

CHARGER_KIND: Final = "charger"

ORDER_DIGITS: Final = 16
OrderNumber = Annotated[str, Meta(pattern=r"^[0-9]{16}(?![\s\S])")]
"""Sixteen decimal digits, unique in a tenant's ledger."""

CHARGE_STARTED: Final = "hemei.charger.charge-started"
METER_READ: Final = "hemei.charger.meter-read"
CHARGE_ENDED: Final = "hemei.charger.charge-ended"

START: Final = "start"
STOP: Final = "stop"
CUT_POWER: Final = "cut-power"
"""Actions of a connector that the hub asks for by itself."""

WattHours = Annotated[int, Meta(ge=0, le=2**53)]


class ChargeStarted(Struct, frozen=True, kw_only=True):
    """Data of `CHARGE_STARTED`. `order` is empty where the post began by itself, such as with a card.

    `transaction` is the post's own name for the charge; `meter` the connector's total in Wh, None if the post
    has no meter to show. The event's time is when the charge began, by the post's clock.
    """

    transaction: str
    order: str = ""
    meter: WattHours | None = None


class MeterRead(Struct, frozen=True, kw_only=True):
    """Data of `METER_READ`: what was delivered up to the event's time, in Wh since the charge began.

    Reported at the first reading after every full quarter of an hour, so that tariffs by time of day can be
    applied exactly enough whichever way the charge ends.
    """

    transaction: str
    order: str = ""
    energy: WattHours


class ChargeEnded(Struct, frozen=True, kw_only=True):
    """Data of `CHARGE_ENDED`, once for each charge; the event's time is when it ended, by the post's clock.

    `energy` in Wh over the whole charge, `seconds` its length; `why` is a word of the family's data sheet.
    `estimated`: the post did not say how much it delivered, and this is what was last read of it.
    """

    transaction: str
    order: str = ""
    energy: WattHours
    seconds: Annotated[int, Meta(ge=0)]
    why: str
    estimated: bool = False
