"""Writes what the catalogue names in Prometheus' format, when Prometheus asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from hub.counters import Counters
from hub.metrics.catalogue import CATALOGUE, COUNTED, PREFIX, Kind, Metric

Value = float | None | Mapping[tuple[str, ...], float]
"""A number; None: not known, so it is not shown; or numbers by the values of the labels, in their order."""

Ask = Callable[[], Value]

KNOWN: Final = {each.name: each for each in CATALOGUE}


class HubCollector(Collector):
    """Shows `Counters`, and what can be asked for at any time."""

    def __init__(self, counters: Counters, figures: Mapping[str, Ask]) -> None:
        self._counters = counters
        self._figures = figures

    def collect(self) -> Iterator[Family]:
        """Yield every figure that is known now."""
        for metric in COUNTED:
            value = getattr(self._counters, metric.name)
            yield _family(metric, {(key,): n for key, n in sorted(value.items())} if metric.labels else value)
        for name, ask in self._figures.items():
            value = ask()
            if value is not None:
                yield _family(KNOWN.get(name) or _unnamed(name), value)


def registry(counters: Counters, figures: Mapping[str, Ask]) -> CollectorRegistry:
    """Make a Prometheus registry of the hub's figures and of what its process takes."""
    made = CollectorRegistry()
    made.register(HubCollector(counters, figures))
    ProcessCollector(registry=made)
    return made


def unnamed(figures: Iterable[str]) -> list[str]:
    """Return the figures that the catalogue does not name: each must be there."""
    return sorted(set(figures) - set(KNOWN))


def _unnamed(name: str) -> Metric:
    """Rather a figure without a good name than none."""
    return Metric(name, Kind.GAUGE, f"{name.replace('_', ' ').capitalize()}.")


def _family(metric: Metric, value: Value) -> Family:
    name = f"{PREFIX}{metric.name}"
    values = value if isinstance(value, Mapping) else {(): float(value or 0)}
    if metric.kind is Kind.INFO:
        info = InfoMetricFamily(name, metric.text)
        for labels in values:
            info.add_metric([], dict(zip(metric.labels, labels, strict=True)))
        return info
    make = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = make(name, metric.text, labels=metric.labels)
    for labels, number in values.items():
        family.add_metric(labels, number)
    return family
