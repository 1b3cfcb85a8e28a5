"""What can go wrong while a bundle is made or read."""

from contract.errors import HemeiError


class SourceFault(HemeiError):
    """The source gave what it had not announced; our fault."""

    default_code = "source-fault"


class MakingCancelled(HemeiError):
    """Somebody stopped the making; what is finished stays, and it may go on."""

    retryable = True
    default_code = "making-cancelled"


class StampFailed(HemeiError):
    """The time stamp server gave no stamp; the making may go on from there."""

    retryable = True
    default_code = "stamp-failed"


class WrongRecipient(HemeiError):
    """A recipient is no public key of age."""

    default_code = "wrong-recipient"


class Unreadable(HemeiError):
    """It is no bundle, or cannot be opened: nothing can be said of it."""

    default_code = "bundle-unreadable"


class Damaged(HemeiError):
    """A part of a bundle is not what it was; the message says which."""

    default_code = "bundle-damaged"
