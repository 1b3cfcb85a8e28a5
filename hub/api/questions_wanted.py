"""What people ask of the past."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from hub.api.work_orders import NO_NUL
from hub.months import Stretch

MOST_PROPERTIES: Final = 8
MOST_POINTS: Final = 10_000
USUAL_POINTS: Final = 600
LONGEST: Final = timedelta(days=5 * 366)
LAST_DAY: Final = timedelta(days=1)

PropertyName = Annotated[str, Field(min_length=7, max_length=456, pattern=NO_NUL)]


class StretchWanted(BaseModel):
    """Which time."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime | None = Field(default=None, alias="from", description="default: 1 day before `to`")
    end: AwareDatetime | None = Field(default=None, alias="to", description="not included; default: now")

    def stretch(self, now: datetime) -> Stretch:
        """Return it; InvalidMessage if that is no stretch of time."""
        end = self.end or now
        try:
            start = self.start or end - LAST_DAY
            long = end - start
        except OverflowError as wrong:
            raise InvalidMessage("`from` and `to`: there is no such time", code="bad-stretch") from wrong
        if not timedelta(seconds=1) <= long <= LONGEST:
            raise InvalidMessage(
                f"`from` must be at least 1 s and at most {LONGEST.days} days before `to`", code="bad-stretch"
            )
        return Stretch(epoch_ms(start), epoch_ms(end))


class TrendWanted(StretchWanted):
    """Which properties, and how many points of each."""

    of: list[PropertyName] = Field(
        min_length=1, max_length=MOST_PROPERTIES, description="`site/kind/device/property`"
    )
    points: int = Field(default=USUAL_POINTS, ge=2, le=MOST_POINTS, description="of each, at most")


class SheetWanted(StretchWanted):
    """Which properties, to take away: every value that is still kept, or summed up in steps."""

    of: list[PropertyName] = Field(
        min_length=1, max_length=MOST_PROPERTIES, description="`site/kind/device/property`"
    )
    step: int | None = Field(default=None, ge=1, le=86_400, description="seconds; default: every value")
    language: Literal["zh-CN", "en"] = Field(default="zh-CN", description="of names")


class DurationsWanted(StretchWanted):
    """Which property."""

    of: PropertyName = Field(description="`site/kind/device/property`")
