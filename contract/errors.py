"""One exception tree: our fault, their fault and refusal told apart.

`retryable` says whether the same call may succeed later without anybody changing anything. `code` is a
stable word for machines (kebab-case), the message is for people.
"""

from typing import ClassVar


class HemeiError(Exception):
    """Base of every error this product raises on purpose."""

    retryable: ClassVar[bool] = False
    default_code: ClassVar[str] = "internal-error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default_code


class ConfigurationError(HemeiError):
    """The site file or an option is wrong; the message names file, key and what is allowed."""

    default_code = "configuration"


class InvalidMessage(HemeiError):
    """Bytes from outside are not what the contract says; their fault, never retried."""

    default_code = "invalid-message"


class DeviceError(HemeiError):
    """The device did not do what it was asked, or says that it is broken."""

    default_code = "device-fault"


class DeviceUnreachable(DeviceError):
    """The device does not answer on its wire; it may again later."""

    retryable = True
    default_code = "device-unreachable"


class Refused(HemeiError):
    """An interlock or a rule forbids the action now; nothing was sent to the device."""

    default_code = "refused"


class LinkError(HemeiError):
    """The connection to the broker failed or ended; connect again."""

    retryable = True
    default_code = "link-lost"


class LinkRefused(LinkError):
    """The broker refused the connection: wrong credentials or protocol version."""

    retryable = False
    default_code = "link-refused"


class PublishDenied(LinkError):
    """The broker's access rules forbid this account to publish on this topic (PUBACK reason 135)."""

    retryable = False
    default_code = "publish-denied"
