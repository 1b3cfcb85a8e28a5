"""What the site file says about disclosures."""

from typing import Annotated

from msgspec import Meta, Struct

from hub.disclosure.bases import LegalBasis

Days = Annotated[int, Meta(ge=1, le=365)]


class DisclosureSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[disclosure]`. `bases` take the place of those that ship with the same key, or are added.

    A request that nobody decides within `decide_days` expires. A bundle is kept for `keep_days` after it was
    handed over; one that nobody fetches expires after as long. `stamp_url`: a time-stamp server (RFC 3161);
    `stamp_authority_file`: the certificates that its stamps must lead to. `folder`: where bundles lie, by
    default `disclosures` in the hub's `data_dir`.
    """

    bases: tuple[LegalBasis, ...] = ()
    decide_days: Days = 7
    keep_days: Days = 30
    stamp_url: Annotated[str, Meta(pattern="^https?://[^/@]+(/|$)")] | None = None
    stamp_authority_file: str | None = None
    folder: str | None = None
