"""The door's reader: an OSDP peripheral device with two kinds of card, a keypad, three inputs and one output.

| number | input | active when |
|---|---|---|
| 0 | door contact | the door is open |
| 1 | request to exit | the button is pressed |
| 2 | fire alarm contact | there is fire |

Output 0 is the strike, active while unlocked. LED, buzzer and both readers have number 0.
"""

import random
from collections.abc import Callable, Sequence

from simulators.door.cards import Card
from simulators.door.panel import Buzzer, Led, Output
from simulators.osdp.frame import Frame
from simulators.osdp.peripheral import Peripheral
from simulators.osdp.words import Identity, OutputCode

VENDOR = 0x00A5A5  # nobody's: a pretend one
BURST_EVERY_S = 0.2
LONGEST_BURST = 40


class Reader:
    """One reader. `sense` gives its three inputs; `store` keeps a key that a panel gave."""

    def __init__(
        self,
        address: int,
        serial: int,
        *,
        key: bytes | None,
        sense: Callable[[], Sequence[bool]],
        store: Callable[[bytes], None],
        now_s: Callable[[], float],
    ) -> None:
        identity = Identity(vendor=VENDOR, model=1, version=1, serial=serial, firmware=(1, 0, 0))
        self.peripheral = Peripheral(address, identity, self, key, now_s=now_s)
        self.strike = Output()
        self.led_0 = Led()
        self.buzzer_0 = Buzzer()
        self.tamper = self.mains_failed = False
        self.powered, self.deaf, self.noisy = True, False, False
        self.cards_presented = self.keys_pressed = 0
        self._sense, self._store = sense, store
        self._noise = random.Random(serial)  # noqa: S311 - noise, not keys
        self._burst_in_s = 0.0

    def present(self, card: Card) -> None:
        """Hold a card to the reader."""
        self.cards_presented += 1
        if self.powered:
            self.peripheral.card(card.bits, card.wiegand())

    def press(self, key: int) -> None:
        """Press one key of the keypad."""
        self.keys_pressed += 1
        if self.powered:
            self.peripheral.press(bytes([key]))

    def lose_power(self) -> None:
        """Go dark, and forget all but the key."""
        self.powered = False
        self.strike.darken()
        self.led_0, self.buzzer_0 = Led(), Buzzer(self.buzzer_0.beeps)
        self.peripheral.forget()

    def step(self, dt_s: float) -> bytes:
        """Let `dt_s` seconds pass; give what the reader says without being asked: nothing, or noise."""
        self.peripheral.tend()
        for part in (self.strike, self.led_0, self.buzzer_0):
            part.step(dt_s)
        self._burst_in_s -= dt_s
        if not self.noisy or self._burst_in_s > 0:
            return b""
        self._burst_in_s = BURST_EVERY_S
        return self._noise.randbytes(self._noise.randrange(1, LONGEST_BURST))

    def hear(self, frame: Frame) -> bytes:
        """Answer what comes on the line, as far as it can; every second answer in noise."""
        if not self.powered or self.deaf:
            return b""
        answer = self.peripheral.hear(frame)
        if answer and self.noisy and self._noise.random() < 0.5:
            return self._noise.randbytes(len(answer))
        return answer

    def inputs(self) -> Sequence[bool]:
        """Tell door contact, request to exit and fire."""
        return self._sense()

    def outputs(self) -> Sequence[bool]:
        """Tell whether the strike is on."""
        return (self.strike.active,)

    def local(self) -> tuple[bool, bool]:
        """Tell tamper, and mains failure."""
        return self.tamper, self.mains_failed

    def output(self, record: bytes) -> None:
        """Switch the strike."""
        _only_0(record[0])
        self.strike.obey(OutputCode(record[1]), int.from_bytes(record[2:4], "little"))

    def led(self, record: bytes) -> None:
        """Light the LED."""
        _only_0(record[0], record[1])
        self.led_0.obey(record[2:])

    def buzzer(self, record: bytes) -> None:
        """Sound the buzzer."""
        _only_0(record[0])
        self.buzzer_0.obey(record[1:])

    def keep(self, key: bytes) -> None:
        """Remember the key that a panel gave."""
        self._store(key)


def _only_0(*numbers: int) -> None:
    if any(numbers):
        raise ValueError("there is only number 0")
