"""The routes, by what they are about. Each names in its signature what it needs of the caller."""

from typing import Final

BASE: Final = "/api/v1"
"""Where this version of the API begins."""
