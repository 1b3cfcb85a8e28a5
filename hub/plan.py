"""The site plan: an SVG that somebody drew, shown behind the devices.

It is only ever shown as a picture: pages have it in an `<img>`, where nothing in it runs or is fetched, and a
browser that opens its address is told to let nothing run either. So it need not be cleaned.
"""

import hashlib
from pathlib import Path
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from msgspec import Struct

from contract.errors import ConfigurationError

ADDRESS: Final = "/api/v1/plan"
MAX_PLAN_BYTES: Final = 4 * 1024 * 1024
_SVG: Final = ("svg", "{http://www.w3.org/2000/svg}svg")


class SitePlan(Struct, frozen=True):
    """The plan as it is served. `digest` names its content."""

    svg: bytes
    digest: str

    @property
    def address(self) -> str:
        """Where a page finds it; another plan has another address."""
        return f"{ADDRESS}?v={self.digest}"


def read_plan(file: Path | None) -> SitePlan | None:
    """Read the plan, once; None if the site has none. ConfigurationError says what is wrong with it."""
    if file is None:
        return None
    try:
        svg = file.read_bytes()
    except OSError as wrong:
        raise ConfigurationError(f"[site] plan_file: {file}: {wrong.strerror}") from wrong
    if len(svg) > MAX_PLAN_BYTES:
        raise ConfigurationError(f"[site] plan_file: {file}: has more than {MAX_PLAN_BYTES} bytes")
    try:
        root = fromstring(svg)
    except (ParseError, DefusedXmlException, ValueError) as wrong:
        raise ConfigurationError(f"[site] plan_file: {file}: is no SVG: {wrong}") from wrong
    if root.tag not in _SVG:
        raise ConfigurationError(
            f"[site] plan_file: {file}: is no SVG; allowed: a drawing whose root is <svg>"
        )
    return SitePlan(svg, hashlib.sha256(svg).hexdigest()[:16])
