"""What the hub counts: plain numbers on the hot path, shown to Prometheus by `hub.metrics`."""

from collections import Counter


class Counters:
    """Counts since the start of the hub. Nothing that is dropped is missing here."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.events_committed = 0
        self.events_repeated = 0
        self.events_missed = 0
        self.outdated = 0
        self.telemetry_shed = 0
        self.samples_written = 0
        self.samples_shed = 0
        self.samples_refused = 0
        self.commit_failures = 0
        self.link_losses = 0
        self.late_results = 0
        self.media_failures = 0
