"""Which programs are told, as the site file says."""

from fnmatch import fnmatchcase
from typing import Annotated

from msgspec import Meta, Struct

from hub.alarms.definition import Key

DAY_S = 86_400.0


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[webhook]]`: a program that is told.

    `events` are types of events, with `*`; `alarms`: whether it is told of alarms. `secret_file` holds what
    requests are signed with. `private`: whether `url` may lead to this machine or a private network. What
    could not be delivered for `give_up_after_s` is left out.
    """

    id: Key
    url: Annotated[str, Meta(pattern="^https?://[^/@]+(/|$)")]
    secret_file: str
    events: tuple[str, ...] = ()
    alarms: bool = True
    private: bool = False
    give_up_after_s: Annotated[float, Meta(ge=60, le=30 * DAY_S)] = DAY_S

    def wants(self, event_type: str) -> bool:
        """Whether it is told of events of this type."""
        return any(fnmatchcase(event_type, pattern) for pattern in self.events)
