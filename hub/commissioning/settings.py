"""What the site file says about commissioning: `[commissioning]`."""

from typing import Annotated

from msgspec import Meta, Struct


class CommissioningSettings(Struct, frozen=True, kw_only=True):
    """`proof_days`: after so many days a device's proven way counts as old, and wants another test."""

    proof_days: Annotated[int, Meta(ge=1, le=3650)] = 180
