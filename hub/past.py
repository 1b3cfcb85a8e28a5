"""Whatever looks back: answers about the past, figures, reports, and what a definition would have raised."""

from collections.abc import Callable, Mapping

from hub.alarms.desk import Desk
from hub.alarms.past.service import Kept, Trials
from hub.charging.service import Charging
from hub.figures.board import FigureBoard, Sources
from hub.making import Ground, make_monthly, make_questions, make_ready
from hub.passes.service import Passes
from hub.reports.service import Reports
from hub.selfwatch.clocks import ClockWatch


class Past:
    """All of it, as the control room knows it. `dropped`: what the hub has lost since its start."""

    def __init__(
        self,
        ground: Ground,
        desk: Desk,
        passes: Passes,
        charging: Charging,
        clocks: ClockWatch,
        dropped: Callable[[], Mapping[str, float]],
    ) -> None:
        core, settings = ground.core, ground.settings
        kept = Kept(history=core.history, log=core.events, raw_days=settings.retention.raw_days)
        self.trials = Trials(kept, core.shadows, ground.clock, settings.tenant)
        self.reports = Reports(ground.ledger, settings.tenant, settings.alarms, settings.posts, clocks.offset)
        sources = Sources(passes, charging, core.history, core.shadows)
        self.figures = FigureBoard(settings.tenant, ground.zone, ground.clock, sources)
        self.questions = make_questions(ground, desk)
        self.ready = make_ready(ground, self.questions, passes, charging, desk)
        self.monthly = make_monthly(ground, dropped)
