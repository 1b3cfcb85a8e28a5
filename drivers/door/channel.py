"""The bytes of an OSDP line: what goes out, whose answer comes in, and what is noise.

libosdp's panel writes to it and reads from it while it is turned. It gets whole frames only, and only from
the reader that it spoke to last.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from drivers.door.frames import HEADER, OUT, START, Deframer
from drivers.door.member import Member
from drivers.door.stream import Stream, open_stream
from drivers.door.wire import Endpoint

REPEATS: Final = 1
"""How often an unanswered command may be said again; `OUT` never."""

CHUNK: Final = 48
MOST_BYTES: Final = 2048


class Channel:
    """One line. `heard` is called when bytes have come, `lost` with a reader that must be given up.

    `ended` is called if the line dies. `id`, `read`, `write` and `flush` are what libosdp wants of a channel.
    """

    id = 1
    """Not 0: without a number of its own the readers on one line talk at once (libosdp 3.2.9)."""

    def __init__(
        self,
        endpoint: Endpoint,
        members: Mapping[int, Member],
        *,
        heard: Callable[[], None],
        lost: Callable[[Member, tuple[str, str]], None],
        ended: Callable[[], None],
    ) -> None:
        self._endpoint = endpoint
        self._members = members
        self._came, self._lost, self._ended = heard, lost, ended
        self._stream: Stream | None = None
        self._heard = bytearray()
        self._deframer = Deframer()
        self._speaking: Member | None = None

    @property
    def is_open(self) -> bool:
        """Whether bytes can come and go."""
        return self._stream is not None

    @property
    def chunks(self) -> int:
        """How many times the panel must read to have all that was heard, beside the first."""
        return len(self._heard) // CHUNK

    async def open(self) -> None:
        """Open the line unless it is; DeviceUnreachable if that fails."""
        if self._stream is None:
            self._heard.clear()
            self._stream = await open_stream(self._endpoint, self._hear, self._die)

    def close(self) -> None:
        """Close the line."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def read(self, most: int) -> bytes:
        """Give the panel what has been heard, in small pieces: its own buffer holds little."""
        size = min(most - 1, CHUNK)
        taken = bytes(self._heard[:size])
        del self._heard[:size]
        return taken

    def write(self, frame: bytes) -> int:
        """Send a command; -1 makes the panel give the reader up."""
        start = 0 if frame[0] == START else 1
        member = self._members.get(frame[start + 1] & 0x7F)
        if member is None or self._stream is None or not member.may_speak:
            return -1
        list(self._deframer.cut())  # answers that are so late are nobody's any more
        self._count_noise()
        code = _code(frame[start:])
        repeated = member.ask(frame[start + 4] & 0x03, code, asyncio.get_running_loop().time())
        if repeated > (0 if code == OUT else REPEATS):
            self._lost(member, ("device-unreachable", "the reader does not answer any more"))
            return -1
        self._speaking = member
        self._stream.write(bytes(frame))
        return len(frame)

    def flush(self) -> None:
        """Forget what has been heard and not read."""
        self._heard.clear()

    def _hear(self, data: bytes) -> None:
        for frame in self._deframer.feed(data):
            speaker = self._members.get(frame.address)
            if frame.reply and speaker is not None and speaker is self._speaking:
                speaker.hear(frame)
                self._heard += frame.raw
        self._count_noise()
        del self._heard[:-MOST_BYTES]
        self._came()

    def _die(self) -> None:
        self._stream = None
        self._ended()

    def _count_noise(self) -> None:
        noise, self._deframer.noise = self._deframer.noise, 0
        for _ in range(noise):
            if self._speaking is not None:
                self._speaking.malformed("bytes that are no OSDP frame")


def _code(frame: bytes) -> int:
    """Return the command of a frame of ours; it is never encrypted."""
    block = frame[HEADER] if frame[4] & 0x08 else 0
    return frame[HEADER + block]
