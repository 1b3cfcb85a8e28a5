"""What staff ask and say about charging."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from hub.api.register_desk import Reason
from hub.api.work_orders import Line
from hub.charging.service import Wanted

MAX_ORDERS: Final = 500
"""In one answer."""

USUAL_DAYS: Final = 30
LONGEST_DAYS: Final = 400

Connector = Annotated[str, Field(pattern="^charger/[a-z0-9-]{1,64}$")]
Account = Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,64}$")]


class ChargingOrdersWanted(BaseModel):
    """Which orders; the newest first."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "settled", "cancelled", "all"] = "all"
    device: Connector | None = Field(default=None, description="`charger/ID`")
    account: Account | None = Field(default=None, description="an account's id")
    number: Annotated[str, Field(pattern="^[0-9]{1,16}$")] | None = Field(
        default=None, description="digits that are in the order's number"
    )
    first: date | None = Field(default=None, alias="from", description="asked for on this day or later")
    last: date | None = Field(default=None, alias="to", description="asked for on this day or before")

    def wanted(self, zone: tzinfo, limit: int, before: int | None = None) -> Wanted:
        """Ask for so many of them; days are those of `zone`. InvalidMessage: there is no such day."""
        try:
            from_ms = None if self.first is None else _midnight(self.first, zone)
            to_ms = None if self.last is None else _midnight(self.last + timedelta(days=1), zone)
        except (OverflowError, ValueError) as wrong:
            raise InvalidMessage("`from` and `to`: no such days", code="bad-range") from wrong
        return Wanted(
            state=self.state,
            device=self.device,
            account=self.account,
            number=self.number,
            from_ms=from_ms,
            to_ms=to_ms,
            before=before,
            limit=limit,
        )


class ChargingPageWanted(ChargingOrdersWanted):
    """Which orders, and how many."""

    before: Annotated[int, Field(ge=1, lt=2**63)] | None = Field(
        default=None, description="`next` of the page before"
    )
    limit: int = Field(default=100, ge=1, le=MAX_ORDERS)


class DaysWanted(BaseModel):
    """Which days, by the site's time zone; by default the last 30."""

    model_config = ConfigDict(extra="forbid")

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to", description="included; default: today")

    def span(self, now: datetime, zone: tzinfo) -> tuple[int, int]:
        """Return begin and end in ms since 1970; InvalidMessage if that is no stretch of time."""
        last = self.last or now.astimezone(zone).date()
        try:
            first = self.first or last - timedelta(days=USUAL_DAYS - 1)
            begin, end = (_midnight(day, zone) for day in (first, last + timedelta(days=1)))
        except (OverflowError, ValueError) as wrong:
            raise InvalidMessage("`from` and `to`: no such days", code="bad-range") from wrong
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise InvalidMessage(
                f"`from` must not be after `to`, nor over {LONGEST_DAYS} days before", code="bad-range"
            )
        return begin, end


class EndCharge(BaseModel):
    """Why a charge shall end; the reason is in the audit."""

    model_config = ConfigDict(extra="forbid")

    reason: Line = ""


class NewCode(BaseModel):
    """A code for `device`: good until revoked, for one order (`once`), or for so many minutes."""

    model_config = ConfigDict(extra="forbid")

    device: Connector
    once: bool = False
    minutes: Annotated[float, Field(gt=0, le=366 * 24 * 60)] | None = None


class NewAccount(BaseModel):
    """`note` says whose it is without a name or number of a person, such as a flat."""

    model_config = ConfigDict(extra="forbid")

    note: Line = ""


class TopUp(BaseModel):
    """What was paid in, in fen; below zero to take a mistake back, which needs a `note`.

    The same `request` again changes nothing; with another amount or account it is refused (`request-used`).
    """

    model_config = ConfigDict(extra="forbid")

    fen: Annotated[int, Field(ge=-10_000_000, le=10_000_000, strict=True)]
    note: Line = ""
    request: Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,64}$")] | None = None


class CloseAccount(BaseModel):
    """Why an account is closed, and what is left in it, to be paid back: `fen`, as the person has seen it."""

    model_config = ConfigDict(extra="forbid")

    fen: Annotated[int, Field(ge=0, lt=2**53, strict=True)]
    reason: Reason


def _midnight(day: date, zone: tzinfo) -> int:
    return epoch_ms(datetime(day.year, day.month, day.day, tzinfo=zone))
