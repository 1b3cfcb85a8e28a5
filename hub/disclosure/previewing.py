"""What the desk needs of others: what would leave is shown by who reads it, the key belongs to who signs."""

from typing import Protocol

from hub.disclosure.bases import LegalBasis
from hub.disclosure.scope import Scope
from hub.disclosure.view import KeyView, PreviewView


class Previewer(Protocol):
    """Shows what would leave."""

    async def preview(self, basis: LegalBasis, scope: Scope) -> PreviewView:
        """Show what would leave for a scope: counts, and the first rows exactly as they would."""
        ...

    async def picture(self, basis: LegalBasis, sha256: str) -> bytes | None:
        """Return the JPEG that would leave for a picture of the store; None if there is no such picture."""
        ...


class Signer(Protocol):
    """Signs bundles."""

    def public_key(self) -> KeyView:
        """Return the public key. Blocking: called in a thread."""
        ...
