"""Samples as line protocol, one line each, and the way back. Pure.

Source: InfluxDB line protocol reference. The property is a tag, not a field: a field has one type for all
series of a measurement, and `position` is a number of one device and a text of another. So numbers are
always `value`, texts always `text`, and what is not known is `unknown`; no two can conflict.
"""

import math
from functools import lru_cache
from typing import Final

from contract.topics import Address
from hub.history.store import Sample, SeriesKey

RAW: Final = "raw"
TAGS: Final = ("tenant", "site", "kind", "device", "property")
KNOWN_SERIES: Final = 65_536

_TAG: Final = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_KEPT: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r"})
_QUOTED: Final = str.maketrans({"\\": r"\\", '"': r"\""})


def line(sample: Sample) -> str:
    """Write a sample as a line without its end; the time in ms."""
    series, ts_ms, value = sample
    if isinstance(value, str):
        return f"{head(RAW, series)} text={quoted(kept(value))} {ts_ms}"
    number = math.nan if value is None else _number(value)
    if math.isfinite(number):
        return f"{head(RAW, series)} value={number!r} {ts_ms}"
    return f"{head(RAW, series)} unknown=true {ts_ms}"


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an int that no float holds
        return math.inf


@lru_cache(KNOWN_SERIES)
def head(measurement: str, series: SeriesKey) -> str:
    """Return what every line of a series begins with."""
    tags = zip(TAGS, (series.tenant, *series.address, series.property), strict=True)
    return ",".join([measurement, *(f"{name}={value.translate(_TAG)}" for name, value in tags)])


def kept(text: str) -> str:
    """Return a text without line ends, which would end the line; `given` is the way back."""
    return text.translate(_KEPT)


def quoted(text: str) -> str:
    """Return a text as the value of a field."""
    return f'"{text.translate(_QUOTED)}"'


def given(text: str) -> str:
    """Return a text as it was before `kept`."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    return "\\".join(part.replace(r"\n", "\n").replace(r"\r", "\r") for part in parts)


def series_of(tags: dict[str, str]) -> SeriesKey:
    """Return the series whose tags a server told."""
    return SeriesKey(tags["tenant"], Address(tags["site"], tags["kind"], tags["device"]), tags["property"])
