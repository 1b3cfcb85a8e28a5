"""Shows the public key that bundles are signed with. Blocking."""

from pathlib import Path

from hub.bundle.keys import SigningKeys
from hub.disclosure.view import KeyView


class Signing:
    """Implements `hub.disclosure.previewing.Signer`."""

    def __init__(self, folder: Path) -> None:
        self._keys = SigningKeys(folder)

    def public_key(self) -> KeyView:
        """Return the public key; the first time, it is made. ConfigurationError: it cannot be read."""
        public = self._keys.current().public
        return KeyView(pem=public.pem.decode(), fingerprint=public.fingerprint)
