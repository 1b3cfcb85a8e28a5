"""What is to be told of devices. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from hub.viid.profile import Document


class Seen(Struct, frozen=True, kw_only=True):
    """What is so now. `subject`: a device, empty: their list; `mark`: two that say the same share it."""

    subject: str
    mark: str
    documents: Sequence[Document]


class Notice(Struct, frozen=True, kw_only=True):
    """What is to be told: objects as they are on the wire, and when the hub saw that it is so."""

    number: int
    at_ms: int
    documents: Sequence[Document]
