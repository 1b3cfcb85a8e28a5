"""What a bundle is made of is fixed once, in `job.json` of its folder, before the first row is read.

So whoever goes on with it, after whatever end, makes the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.bundle.files import write_whole
from hub.bundle.source import Facts, Officer
from hub.bundle.source import Step as CustodyStep
from hub.disclosure.making.wording import scope_words
from hub.disclosure.reading.bounds import Cut, Surroundings
from hub.disclosure.request import Disclosure, DisclosureStep
from hub.settings import HubSettings

FILE: Final = "job.json"


class Job(Struct, frozen=True, kw_only=True):
    """`steps`: how long its way was. `made_ms`: when all that is in the bundle says that it was made."""

    cut: Cut
    around: Surroundings
    steps: int
    made_ms: int
    software: str


def kept_job(folder: Path) -> Job | None:
    """Read a job; None: none was begun."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Job)
    except FileNotFoundError:
        return None


def keep_job(folder: Path, job: Job) -> None:
    """Write a job, for whoever makes it or goes on with it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_whole(folder / FILE, msgspec.json.encode(job))


def facts_of(found: Disclosure, way: Sequence[DisclosureStep], job: Job, settings: HubSettings) -> Facts:
    """Say in the bundle's words what a disclosure is."""
    return Facts(
        export_id=found.id,
        number=found.number,
        site=settings.title,
        timezone=settings.timezone,
        case_number=found.case_number,
        unit=found.unit,
        officers=tuple(Officer(name=each.name, number=each.number) for each in found.officers),
        basis=found.basis,
        basis_title=found.terms.title,
        document=found.terms.document,
        document_number=found.document_number,
        purpose=found.purpose,
        scope=scope_words(found.scope, settings),
        query=msgspec.to_builtins(found.scope),
        from_ms=found.scope.from_ms,
        to_ms=found.scope.to_ms,
        requested_by=found.requested_by,
        requested_ms=found.requested_ms,
        decided_by=found.decided_by or "",
        decided_ms=found.decided_ms or 0,
        decision_reason=found.decision_reason,
        steps=tuple(_step(each) for each in way[: job.steps]),
        software=job.software,
        made_ms=job.made_ms,
    )


def _step(step: DisclosureStep) -> CustodyStep:
    return CustodyStep(n=step.n, at_ms=step.ts_ms, who=step.who, what=step.what.value, details=step.details)
