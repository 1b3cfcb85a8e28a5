"""What is known of the site whose history is asked."""

from datetime import tzinfo

from msgspec import Struct

from hub.history.heard import HEARD_PROPERTY, hub_of
from hub.history.store import SeriesKey
from hub.settings import Retention


class QuestionSite(Struct, frozen=True, kw_only=True):
    """`zone`: whose days are counted. `retention`: for how long which resolution of history is kept."""

    id: str
    tenant: str
    zone: tzinfo
    retention: Retention

    @property
    def hub(self) -> SeriesKey:
        """Return the series of the hub's own running."""
        return SeriesKey(self.tenant, hub_of(self.id), HEARD_PROPERTY)
