"""What a control panel drives at a reader: an output, an LED and a buzzer. No clock but `dt_s`, no I/O."""

from dataclasses import dataclass

from simulators.osdp.words import Blink, Colour, OutputCode

TENTH_S = 0.1
_RESTING = Blink(on=Colour.RED)
_STOP, _SET = 1, 2  # control codes of a temporary LED
_SILENT = (0, 1)  # tones that are none


@dataclass(slots=True)
class Output:
    """One output with its timer; `pulses` counts the commands that switched it on."""

    active: bool = False
    pulses: int = 0
    _resting: bool = False
    _left_s: float = 0.0

    def obey(self, code: OutputCode, tenths: int) -> None:
        """Take one command (§6.10)."""
        timed_s = tenths * TENTH_S
        if code in (OutputCode.ON, OutputCode.ON_AFTER_TIMER, OutputCode.ON_FOR):
            self.pulses += 1
        if code in (OutputCode.ON, OutputCode.OFF):
            self.active = self._resting = code is OutputCode.ON
            self._left_s = 0.0
        elif code in (OutputCode.ON_AFTER_TIMER, OutputCode.OFF_AFTER_TIMER):
            self._resting = code is OutputCode.ON_AFTER_TIMER
            if self._left_s <= 0:
                self.active = self._resting
        elif code in (OutputCode.ON_FOR, OutputCode.OFF_FOR):
            self.active, self._left_s = code is OutputCode.ON_FOR, timed_s
            if not tenths:  # a timer of 0 never ends
                self._resting = self.active

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        if self._left_s > 0:
            self._left_s -= dt_s
            if self._left_s <= 1e-9:  # tenths do not add up exactly
                self._left_s, self.active = 0.0, self._resting

    def darken(self) -> None:
        """Lose everything that a power cut takes."""
        self.active = self._resting = False
        self._left_s = 0.0


@dataclass(slots=True)
class Led:
    """One LED: how it rests, and for a while something else."""

    resting: Blink = _RESTING
    passing: Blink | None = None
    _left_s: float = 0.0

    @property
    def colour(self) -> str:
        """What it shows, `a/b` where it blinks."""
        now = self.passing or self.resting
        if not now.off_tenths:
            return now.on.name.lower()
        if not now.on_tenths:
            return now.off.name.lower()
        return f"{now.on.name}/{now.off.name}".lower()

    def obey(self, record: bytes) -> None:
        """Take the record after reader and LED number (§6.11); ValueError where it makes no sense."""
        temporary, permanent = record[0], record[7]
        if temporary > _SET or permanent > 1:
            raise ValueError("no such control code")
        resting = Blink.read(record[8:12]) if permanent else self.resting
        passing = Blink.read(record[1:5]) if temporary == _SET else self.passing
        self.resting = resting
        self.passing = None if temporary == _STOP else passing
        if temporary == _SET:
            self._left_s = int.from_bytes(record[5:7], "little") * TENTH_S

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        if self._left_s > 0:
            self._left_s -= dt_s
            if self._left_s <= 1e-9:  # as for an output
                self._left_s, self.passing = 0.0, None


@dataclass(slots=True)
class Buzzer:
    """The buzzer: `beeps` counts those that were heard."""

    beeps: int = 0
    _rhythm: tuple[float, float] = (0.0, 0.0)
    _to_come: int = 0
    _next_s: float = 0.0

    def obey(self, record: bytes) -> None:
        """Take tone, on time, off time and count (§6.12); ValueError where it makes no sense."""
        tone, on_tenths, off_tenths, count = record
        if tone > _SET or (tone not in _SILENT and not on_tenths):
            raise ValueError("no such tone")
        self._to_come = 0 if tone in _SILENT else count or -1  # 0 is without end
        self._rhythm = (on_tenths * TENTH_S, off_tenths * TENTH_S)
        self._next_s = 0.0
        self.step(0)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._next_s -= dt_s
        while self._to_come and self._next_s <= 0:
            self.beeps += 1
            self._to_come -= self._to_come > 0
            self._next_s += sum(self._rhythm)
