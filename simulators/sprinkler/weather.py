"""The weather over a site: air temperature, rain and frost. No clock but `dt_s`, no I/O."""

FROST_C = -3.0
MILD_C = 18.0
PER_S = 4.0  # K/s: quicker than any weather, slow enough to pass every limit on its way
RAIN_MM_H = 8.0


class Weather:
    """One sky for all zones of a process; the first zone that asks steps it."""

    def __init__(self) -> None:
        self.air_c = MILD_C
        self.rain_mm_h = 0.0
        self._goes_to_c = MILD_C
        self._stepper: object | None = None

    @property
    def raining(self) -> bool:
        """Whether it rains."""
        return self.rain_mm_h > 0

    def step(self, dt_s: float, by: object) -> None:
        """Let `dt_s` seconds pass, for the first zone alone."""
        if self._stepper is None:
            self._stepper = by
        if self._stepper is not by:
            return
        way = self._goes_to_c - self.air_c
        self.air_c += max(-PER_S * dt_s, min(PER_S * dt_s, way))

    def start_rain(self) -> None:
        """Let it rain."""
        self.rain_mm_h = RAIN_MM_H

    def stop_rain(self) -> None:
        """Let the rain stop."""
        self.rain_mm_h = 0.0

    def freeze(self) -> None:
        """Let it grow cold."""
        self._goes_to_c = FROST_C

    def thaw(self) -> None:
        """Let it grow mild."""
        self._goes_to_c = MILD_C
