"""How often frames are made: as often as screens show pictures, never so often that ingest suffers. Pure."""

from typing import Final

REST: Final = 1.0
"""How many times as long as a frame took of the processor the loop is left to others."""

SCREEN_S: Final = 1 / 60
"""No screen shows news more often; many viewers are not given more frames than that."""

LONGEST_REST_S: Final = 0.25


def pause_s(spent_s: float, viewers: int, least_s: float) -> float:
    """Return how long to rest after a frame that took so long; one viewer gets one every `least_s`."""
    interval_s = max(least_s, min(least_s * viewers, SCREEN_S))
    return min(max(interval_s - spent_s, spent_s * REST), LONGEST_REST_S)
