"""Why a hand-over, a receipt or an answer is not taken; `status` is that of HTTP."""

from typing import ClassVar

from contract.errors import Refused


class ReferralRefused(Refused):
    """A rule of hand-overs forbids it. `code` says which."""

    status: ClassVar[int] = 409
    default_code = "referral-refused"


class ReferralUnknown(ReferralRefused):
    """There is no such hand-over, or no such link."""

    status = 404
    default_code = "link-unknown"


class ReferralOver(ReferralRefused):
    """The link opens nothing any more: answered for good, revoked, or its time is over."""

    status = 410
    default_code = "link-over"
