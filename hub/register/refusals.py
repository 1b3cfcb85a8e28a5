"""Why the register does not do something: `code` is the problem's, `status` that of HTTP."""

from typing import Any, ClassVar

from contract.errors import Refused


class RegisterRefused(Refused):
    """A rule of the register forbids it. `status` is the HTTP status of the answer."""

    status: ClassVar[int] = 409


class Stale(RegisterRefused):
    """Somebody changes what they saw, and it is no longer so; `now` shows how it is."""

    default_code = "stale-version"

    def __init__(self, now: Any) -> None:
        super().__init__("it has changed since you saw it; look again")
        self.now = now


class RegisterChanged(RegisterRefused):
    """An import would do something else than what was previewed."""

    default_code = "register-changed"


class Unknown(RegisterRefused):
    """There is no such thing in the register. `code`: `unknown-person`, `unknown-vehicle` and so on."""

    status = 404
    default_code = "unknown-entry"


class LinkUnknown(RegisterRefused):
    """No household has this link."""

    status = 404
    default_code = "link-unknown"


class TooLarge(RegisterRefused):
    """A file is larger than what is taken in."""

    status = 413
    default_code = "too-large"
