"""What the hub counts: plain numbers on the hot path, shown to Prometheus when it asks."""

from collections import Counter
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


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


class HubCollector(Collector):
    """Shows `Counters`, and what can be asked for at any time, in Prometheus' format."""

    def __init__(self, counters: Counters, gauges: dict[str, Callable[[], float]]) -> None:
        self._counters = counters
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        """Yield every figure, with names `hemei_…`."""
        counters = self._counters
        yield _labelled("hemei_messages", "Messages received", "channel", counters.messages)
        yield _labelled("hemei_rejected", "Messages that were not understood", "reason", counters.rejected)
        for name in (
            "events_committed",
            "events_repeated",
            "events_missed",
            "outdated",
            "telemetry_shed",
            "samples_written",
            "samples_shed",
            "samples_refused",
            "commit_failures",
            "link_losses",
            "late_results",
            "media_failures",
        ):
            yield CounterMetricFamily(
                f"hemei_{name}", name.replace("_", " ").capitalize(), value=getattr(counters, name)
            )
        for name, ask in self._gauges.items():
            yield GaugeMetricFamily(f"hemei_{name}", name.replace("_", " ").capitalize(), value=ask())


def registry(counters: Counters, gauges: dict[str, Callable[[], float]]) -> CollectorRegistry:
    """Make a Prometheus registry that shows `counters` and `gauges`."""
    made = CollectorRegistry()
    made.register(HubCollector(counters, gauges))
    return made


def _labelled(name: str, text: str, label: str, counts: Counter[str]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family
