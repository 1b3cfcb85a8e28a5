"""Which gates the record of passes is told of: they must be there."""

import difflib
from collections.abc import Iterator

from contract.passes import GATE_KIND
from hemei.site import Site


def faults(site: Site) -> Iterator[str]:
    """Yield inner gates that are none."""
    known = [f"{each.kind}/{each.id}" for each in site.tables.device if each.kind == GATE_KIND]
    for name in site.tables.passes.inner_gates:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            guess = f"did you mean {close[0]}? " if close else ""
            allowed = ", ".join(known) or "none: there is no gate"
            yield f"[passes] inner_gates: {name!r} is no gate; {guess}allowed: {allowed}"
