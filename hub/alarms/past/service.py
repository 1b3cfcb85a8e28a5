"""Trials of definitions, one at a time, each in a thread of its own that can be stopped."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from contract.clock import Clock
from contract.errors import Refused
from hub.alarms.definition import Definition
from hub.alarms.drafts import Draft
from hub.alarms.past.answerable import answerable
from hub.alarms.past.sources import History, Log, Past, Stretch
from hub.alarms.past.trial import Findings, Meant, Progress, Trial
from hub.shadows.shadow import Shadow

logger = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
MAX_KEPT: Final = 8


class Cancelled(Exception):
    """Somebody stopped the trial."""


class Standing(StrEnum):
    """How a trial is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Run(Struct, kw_only=True):
    """A trial that somebody asked for. `findings` once it is done."""

    id: str
    who: str
    draft: Draft
    stretch: Stretch
    progress: Progress
    standing: Standing = Standing.RUNNING
    findings: Findings | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """Where the past is; single values are kept for `raw_days`, then sums of a minute."""

    history: History
    log: Log
    raw_days: int


class Trials:
    """Lives on the hub's event loop. `shadows`: every device that is known."""

    def __init__(self, kept: Kept, shadows: Iterable[Shadow], clock: Clock, tenant: str) -> None:
        self._kept = kept
        self._shadows = shadows
        self._clock = clock
        self._tenant = tenant
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._stopped = threading.Event()

    def known(self) -> list[Meant]:
        """Return every device with what it says that it is."""
        return [(shadow.address, shadow.description) for shadow in self._shadows]

    def begin(self, who: str, draft: Draft, in_force: Definition | None, days: int) -> Run:
        """Start one; Refused while another runs, or if the past has no answer."""
        if not answerable(draft.definition):
            raise Refused(
                "it asks only for what no history is kept of (connectivity, staleness, missing events);"
                " only events and properties can be tried on the past",
                code="no-past",
            )
        if any(each.standing is Standing.RUNNING for each in self._runs.values()):
            raise Refused("another trial is running; wait for it, or cancel it", code="trial-running")
        now_ms = self._clock.now_ms()
        stretch = Stretch(now_ms - days * DAY_MS, now_ms, now_ms - self._kept.raw_days * DAY_MS)
        stopped = self._stopped = threading.Event()
        past = Past(self._kept.history, self._kept.log, self._tenant, _stopper(stopped))
        trial = Trial(draft.definition, in_force, past, stretch, _stopper(stopped))
        run = Run(id=secrets.token_hex(16), who=who, draft=draft, stretch=stretch, progress=trial.progress)
        self._runs[run.id] = run
        while len(self._runs) > MAX_KEPT:
            self._runs.popitem(last=False)
        threading.Thread(target=_work, args=(run, trial, self.known()), name="trial", daemon=True).start()
        return run

    def get(self, ident: str) -> Run | None:
        """Return a trial; only the last few are kept."""
        return self._runs.get(ident)

    def cancel(self, run: Run) -> None:
        """Stop it soon, if it runs."""
        if run.standing is Standing.RUNNING:
            self._stopped.set()


def _stopper(stopped: threading.Event) -> Callable[[], None]:
    def stop() -> None:
        if stopped.is_set():
            raise Cancelled

    return stop


def _work(run: Run, trial: Trial, meant: Sequence[Meant]) -> None:
    try:
        run.findings = trial.run(meant)
        run.standing = Standing.DONE
    except Cancelled:
        run.standing = Standing.CANCELLED
    except Exception:  # whatever it was, only this trial fails
        logger.exception("a trial of %s failed", run.draft.definition.key)
        run.standing = Standing.FAILED
