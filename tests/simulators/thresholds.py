"""One door to play with, who steps it, and a panel without a secret at its reader."""

from collections.abc import Callable
from typing import Any

from simulators.clock import VirtualClock
from simulators.door.family import Door, Options
from simulators.osdp.frame import Deframer, Frame
from simulators.osdp.words import Command, OutputCode, Reply

TICK_S = 0.05
CARD = "123,45678/2468"


class DoorOnBench:
    """A door without a wire: its reader, in install mode, hears clear text; its time is moved by hand."""

    def __init__(self, **options: Any) -> None:
        given = {"wire": "osdp-tcp://127.0.0.1:0?address=1", "cards": [CARD], **options}
        self.clock = VirtualClock()
        self.door = Door("bench", Options(**given), wire_time_s=self.clock.now_s)
        self._sequence = 0

    def tell(self, command: Command, data: bytes = b"") -> Frame:
        """Send one command; returns the answer."""
        answer = self.door.reader.hear(Frame(address=1, sequence=self._sequence, code=command, data=data))
        self._sequence = self._sequence % 3 + 1
        [frame] = Deframer().feed(answer)
        return frame

    def output(self, code: OutputCode = OutputCode.ON_FOR, seconds: float = 5.0) -> None:
        """Tell the reader's output something."""
        data = bytes([0, code]) + round(seconds * 10).to_bytes(2, "little")
        assert self.tell(Command.OUT, data).code == Reply.ACK

    def polled(self) -> list[Frame]:
        """Poll until the reader has no more to say."""
        told = []
        while (frame := self.tell(Command.POLL)).code != Reply.ACK:
            told.append(frame)
        return told

    def let(self, seconds: float) -> None:
        """Let time pass in ticks."""
        for _ in range(round(seconds / TICK_S)):
            self.clock.advance(TICK_S)
            self.door.step(TICK_S)

    def until(self, condition: Callable[[], bool], within_s: float = 30.0) -> float:
        """Let time pass until `condition` holds; return the seconds that it took."""
        waited = 0.0
        while not condition():
            assert waited < within_s, f"not within {within_s} s: {self.door.inspect()}"
            self.let(TICK_S)
            waited += TICK_S
        return waited

    def __getitem__(self, name: str) -> Any:
        return self.door.inspect()[name]
