"""Why the police desk does not do something: `code` is the problem's, `status` that of HTTP."""

from typing import ClassVar

from contract.errors import Refused
from hub.disclosure.request import Disclosure


class DisclosureRefused(Refused):
    """A rule forbids it; that somebody tried is on record. `status` is the HTTP status of the answer.

    `code`: `own-request`, `unnamed`, `expired`, `too-wide`, `basis-changed`, `not-yours`, `not-now`.
    """

    status: ClassVar[int] = 409


class Unknown(DisclosureRefused):
    """There is no such disclosure, or legal basis (`unknown-basis`)."""

    status = 404
    default_code = "unknown-disclosure"


class Stale(DisclosureRefused):
    """Somebody acts on what they saw, and it is no longer so; `now` is how it is."""

    default_code = "stale-version"

    def __init__(self, now: Disclosure) -> None:
        super().__init__("the disclosure has changed since you saw it; look again")
        self.now = now


class NotThere(DisclosureRefused):
    """What is asked for has not been made, or is deleted again."""

    status = 404
    default_code = "no-bundle"
