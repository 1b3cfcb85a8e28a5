"""No code and no key of charging stands in the log or in the audit."""

import pytest

from hub.audit.paths import masked


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/c/K7QD", "/c/…"),
        ("/c/order/K7QD", "/c/order/…"),
        ("/c/account/K7QD", "/c/account/…"),
        ("/api/v1/charging/codes/K7QD", "/api/v1/charging/codes/…"),
        ("/api/v1/charging/codes/K7QD/orders", "/api/v1/charging/codes/…/orders"),
        ("/api/v1/charging/orders/by-key/K7QD/stop", "/api/v1/charging/orders/by-key/…/stop"),
        ("/api/v1/charging/accounts/by-key/K7QD", "/api/v1/charging/accounts/by-key/…"),
        ("/api/v1/charging/codes", "/api/v1/charging/codes"),
        ("/api/v1/charging/orders/2026110112345678", "/api/v1/charging/orders/2026110112345678"),
        ("/api/v1/devices/hemei/gate/c", "/api/v1/devices/hemei/gate/c"),
    ],
)
def test_what_opens_something_is_left_out(path: str, kept: str) -> None:
    assert masked(path) == kept
