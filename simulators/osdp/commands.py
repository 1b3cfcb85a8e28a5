"""What an OSDP peripheral device does when it is told, whoever may tell it: data in, reply and data out."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from simulators.osdp.frame import LONGEST
from simulators.osdp.words import Command, Identity, Nak, Reply

MOST_WAITING = 8
Answer = tuple[Reply, bytes]


class Face(Protocol):
    """The hardware behind a peripheral device. It raises ValueError at a record that makes no sense."""

    def inputs(self) -> Sequence[bool]:
        """All inputs from number 0."""
        ...

    def outputs(self) -> Sequence[bool]:
        """All outputs from number 0, True where active."""
        ...

    def local(self) -> tuple[bool, bool]:
        """Tamper, and mains failure."""
        ...

    def output(self, record: bytes) -> None:
        """Take the four bytes of an output command."""
        ...

    def led(self, record: bytes) -> None:
        """Take the fourteen bytes of an LED command."""
        ...

    def buzzer(self, record: bytes) -> None:
        """Take the five bytes of a buzzer command."""
        ...

    def keep(self, key: bytes) -> None:
        """Remember the key that a panel gave."""
        ...


class Refused(Exception):
    """Why a command is answered NAK."""

    def __init__(self, why: Nak) -> None:
        super().__init__(why.name)
        self.why = why


class Commands:
    """The commands of one device, and what it has to tell at the next poll."""

    def __init__(self, identity: Identity, face: Face) -> None:
        self.identity = identity
        self.face = face
        self.default_key = False
        self._events: deque[Answer] = deque()
        self._reported: dict[Reply, bytes] = {}

    def forget(self) -> None:
        """Drop what waits, and tell all states anew."""
        self._events.clear()
        self._reported.clear()

    def tell(self, reply: Reply, data: bytes) -> bool:
        """Keep an event for the next poll; False where too much waits already."""
        if len(self._events) >= MOST_WAITING:
            return False
        self._events.append((reply, data))
        return True

    def do(self, code: int, data: bytes) -> Answer:
        """Do what a command says, and answer; Refused says why not."""
        if code not in DEEDS:
            raise Refused(Nak.UNKNOWN_COMMAND)
        length, deed = DEEDS[Command(code)]
        several = code in IN_RECORDS and data and len(data) % length == 0
        if len(data) != length and not several:
            raise Refused(Nak.LENGTH)
        try:
            return deed(self, data)
        except ValueError as senseless:
            raise Refused(Nak.RECORD) from senseless

    def poll(self) -> Answer:
        """Tell an event, else a state that the panel does not know, else nothing."""
        if self._events:
            return self._events.popleft()
        for reply, now in self._states().items():
            if self._reported.get(reply) != now:
                return self.report(reply)
        return Reply.ACK, b""

    def report(self, reply: Reply) -> Answer:
        """Tell a state."""
        self._reported[reply] = self._states()[reply]
        return reply, self._reported[reply]

    def capabilities(self) -> Answer:
        """Tell function, compliance and number of everything that there is (annex B)."""
        inputs, outputs = len(self.face.inputs()), len(self.face.outputs())
        unsupervised_inputs, timed_outputs, raw_cards = (1, 1, inputs), (2, 2, outputs), (3, 1, 0)
        colour_led, timed_buzzer, crc = (4, 4, 1), (5, 2, 1), (8, 1, 0)
        aes, longest, readers = (9, 1, self.default_key), (10, LONGEST & 0xFF, LONGEST >> 8), (13, 0, 1)
        switched = (*unsupervised_inputs, *timed_outputs, *raw_cards, *colour_led, *timed_buzzer)
        return Reply.PDCAP, bytes((*switched, *crc, *aes, *longest, *readers))

    def _states(self) -> Mapping[Reply, bytes]:
        return {
            Reply.LSTATR: bytes(self.face.local()),
            Reply.ISTATR: bytes(self.face.inputs()),
            Reply.OSTATR: bytes(self.face.outputs()),
        }


Deed = Callable[[Commands, bytes], Answer]


def _each(size: int, take: Callable[[Face, bytes], None]) -> tuple[int, Deed]:
    """Give every record of a command that may hold several to `take`."""

    def deed(commands: Commands, data: bytes) -> Answer:
        for at in range(0, len(data), size):
            take(commands.face, data[at : at + size])
        return Reply.ACK, b""

    return size, deed


IN_RECORDS = (Command.OUT, Command.LED, Command.BUZ)

DEEDS: dict[Command, tuple[int, Deed]] = {
    Command.POLL: (0, lambda commands, _: commands.poll()),
    Command.ID: (1, lambda commands, _: (Reply.PDID, commands.identity.report())),
    Command.CAP: (1, lambda commands, _: commands.capabilities()),
    Command.LSTAT: (0, lambda commands, _: commands.report(Reply.LSTATR)),
    Command.ISTAT: (0, lambda commands, _: commands.report(Reply.ISTATR)),
    Command.OSTAT: (0, lambda commands, _: commands.report(Reply.OSTATR)),
    Command.RSTAT: (0, lambda _, __: (Reply.RSTATR, b"\0")),
    Command.OUT: _each(4, lambda face, record: face.output(record)),
    Command.LED: _each(14, lambda face, record: face.led(record)),
    Command.BUZ: _each(5, lambda face, record: face.buzzer(record)),
    Command.ACURXSIZE: (2, lambda _, __: (Reply.ACK, b"")),
    Command.ABORT: (0, lambda _, __: (Reply.ACK, b"")),
}
"""By command: the length of its data, or of each of its records, and what is done."""
