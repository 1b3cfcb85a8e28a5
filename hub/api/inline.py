"""Pages that carry their own script and style, and the policy that lets a browser run these and no others."""

import base64
import hashlib

from hub.api.shield import CONTENT_SECURITY_POLICY


def policy_for(*, script: str, style: str) -> str:
    """Return the Content-Security-Policy of a page with this script and this style (CSP 3 §2.3.1)."""
    return CONTENT_SECURITY_POLICY.replace("script-src 'self'", f"script-src {_source(script)}").replace(
        "style-src 'self'", f"style-src {_source(style)}"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
