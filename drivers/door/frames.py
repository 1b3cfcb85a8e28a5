"""OSDP frames as they go over the line (SIA OSDP v2.2, section 5.9): what is one, and what is noise. Pure.

libosdp reads the frames, and only frames: noise can wedge its own search for them (3.2.9), so it gets none.
This counts it, and remembers of a handshake what libosdp does not tell: why there is no secure channel.
"""

from binascii import crc_hqx
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

START: Final = 0x53
MARK: Final = 0xFF
"""May stand before every frame, to wake the line."""

LONGEST: Final = 256
"""What the panel has room for; readers are told so."""

HEADER: Final = 5
REPLY: Final = 0x80
"""In the address: the reader speaks."""

CRC_START: Final = 0x1D0F

# Commands and replies, OSDP v2.2, annexes A and B.
OUT: Final = 0x68
CHLNG: Final = 0x76
NAK: Final = 0x41
PDCAP: Final = 0x46
CCRYPT: Final = 0x76
RMAC_I: Final = 0x78
CAP_SECURITY: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame whose check is right. `block` is its security block, `data` what follows `code`, `raw` all."""

    address: int
    reply: bool
    sequence: int
    code: int
    block: bytes = b""
    data: bytes = b""
    raw: bytes = b""


class Deframer:
    """Takes a stream of bytes apart. `noise` counts the stretches that belong to no frame."""

    def __init__(self) -> None:
        self.noise = 0
        self._held = bytearray()
        self._in_noise = False

    def feed(self, said: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete with `said`."""
        self._held += said
        yield from self._frames()

    def cut(self) -> Iterator[Frame]:
        """Say that nothing more comes: what is incomplete is noise, but a frame may hide behind it."""
        while self._held:
            self._drop(1)
            yield from self._frames()
        self._in_noise = False

    def _frames(self) -> Iterator[Frame]:
        while True:
            start = self._held.find(START)
            self._drop(len(self._held) if start < 0 else start)
            if len(self._held) < HEADER:
                return
            length = int.from_bytes(self._held[2:4], "little")
            if not HEADER + 2 <= length <= LONGEST:
                self._drop(1)
                continue
            if len(self._held) < length:
                return
            frame = read(bytes(self._held[:length]))
            if frame is None:
                self._drop(1)
                continue
            del self._held[:length]
            self._in_noise = False
            yield frame

    def _drop(self, count: int) -> None:
        dropped = self._held[:count]
        del self._held[:count]
        if not self._in_noise and any(byte != MARK for byte in dropped):
            self._in_noise = True
            self.noise += 1


def read(said: bytes) -> Frame | None:
    """Take one frame apart, from its start byte to its check; None if it is none."""
    if len(said) < HEADER + 2 or said[0] != START or int.from_bytes(said[2:4], "little") != len(said):
        return None
    control = said[4]
    check = 2 if control & 0x04 else 1
    if not _check_is_right(said, check):
        return None
    body = said[HEADER:-check]
    block = b""
    if control & 0x08 and body:
        block, body = body[: body[0]], body[body[0] :]
    if not body or (control & 0x08 and len(block) < 2):
        return None
    return Frame(
        address=said[1] & 0x7F,
        reply=bool(said[1] & REPLY),
        sequence=control & 0x03,
        code=body[0],
        block=block,
        data=body[1:],
        raw=said,
    )


def _check_is_right(said: bytes, size: int) -> bool:
    if size == 2:
        return crc_hqx(said[:-2], CRC_START) == int.from_bytes(said[-2:], "little")
    return sum(said) & 0xFF == 0


@dataclass(slots=True)
class Handshake:
    """What a reader has shown of itself since it was first asked. None: not seen."""

    answered: bool = False
    secure: bool | None = None
    """Whether it offers a secure channel at all."""
    default_key: bool | None = None
    """Whether it answered a challenge with the default key."""
    keyed: bool = False
    """Whether it has answered with the default key before: libosdp then gives it the site's."""
    trusts_us: bool = False
    refusal: int | None = None
    """Reason of its latest answer, if that was a NAK (annex B); 0 if it is encrypted."""

    def see(self, frame: Frame) -> None:
        """Take note of a reply."""
        self.answered, self.refusal = True, None
        if frame.code == PDCAP:
            entries = [frame.data[i : i + 3] for i in range(0, len(frame.data) - 2, 3)]
            self.secure = any(entry[0] == CAP_SECURITY and entry[1] & 1 for entry in entries)
        elif frame.code == CCRYPT and frame.block:
            self.default_key = frame.block[2:3] == b"\0"
            self.keyed = self.keyed or self.default_key
        elif frame.code == RMAC_I:
            self.trusts_us = True
        elif frame.code == NAK:
            self.refusal = frame.data[0] if frame.data and not frame.block else 0

    def fault(self) -> tuple[str, str]:
        """Return code and words for why there is no secure channel."""
        if not self.answered:
            return "device-unreachable", "the reader does not answer"
        if self.secure is False:
            return "clear-text", "refused: the reader offers no secure channel, only clear text"
        if self.default_key:
            return "default-key", "refused: the reader knows only the default key; `install = true` keys it"
        if self.default_key is False and not self.trusts_us:
            return "wrong-key", "refused: the reader does not have the key of key_file"
        if self.refusal is not None:
            return "wrong-key", f"the reader refuses the secure channel (NAK {self.refusal})"
        return "bad-protocol", "what the reader answers makes no sense"
