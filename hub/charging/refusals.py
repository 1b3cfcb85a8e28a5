"""Why somebody who scans a code cannot charge: `code` is the problem's, `status` that of HTTP."""

from typing import ClassVar

from contract.errors import Refused


class ChargingRefused(Refused):
    """A rule of charging forbids it. `status` is the HTTP status of the answer."""

    status: ClassVar[int] = 409


class CodeUnknown(ChargingRefused):
    """There is no such code."""

    status = 404
    default_code = "code-unknown"


class OrderUnknown(ChargingRefused):
    """There is no order with this key or number."""

    status = 404
    default_code = "unknown-charging-order"


class AccountMissing(ChargingRefused):
    """There is no account with this id, or with this key where one looks at it."""

    status = 404
    default_code = "unknown-account"


class AccountRefused(ChargingRefused):
    """An account cannot be changed like this.

    `code`: `account-closed`, `account-charging`, `account-owes` or `balance-changed`.
    """

    default_code = "account-closed"


class CodeExpired(ChargingRefused):
    """The code was for a time that is over, or was revoked."""

    status = 410
    default_code = "code-expired"


class CodeUsed(ChargingRefused):
    """The code was for one order."""

    status = 410
    default_code = "code-used"


class ConnectorRefused(ChargingRefused):
    """The connector cannot be used now.

    `code`: `connector-busy`, `connector-faulted`, `connector-offline`, `power-cut`, `alarm`, `out-of-service`
    or `no-supply`.
    """

    default_code = "connector-busy"


class PaymentRefused(ChargingRefused):
    """It cannot be paid.

    `code`: `account-needed`, `account-unknown`, `account-closed` or `balance-too-low`.
    """

    status = 402
    default_code = "account-needed"
