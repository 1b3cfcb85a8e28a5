"""One OSDP peripheral device without a wire: frames in, bytes out; who may tell it what, and in which order.

libosdp's own peripheral device would do, but its Python binding (3.2.9) drops the report with which ISTAT,
OSTAT and LSTAT are to be answered, and its control panel parks a device that refuses ISTAT for 300 seconds.

A device with a key says nothing outside a secure session, but who it is and what it can do. One without is
in install mode: it talks in the clear or with the well-known key, until a panel gives it a key of its own.
"""

from collections.abc import Callable
from dataclasses import replace

from simulators.osdp.commands import Answer, Commands, Face, Refused
from simulators.osdp.frame import EVERYBODY, REPLY, Frame
from simulators.osdp.secure import DEFAULT_KEY, KEY_LENGTH, BadMac, Handshake, Session
from simulators.osdp.words import Block, Command, Identity, Nak, Reply

OFFLINE_S = 8.0  # so long without a command ends session and presence (§5.7)
ALWAYS_ALLOWED = (Command.ID, Command.CAP, Command.CHLNG, Command.SCRYPT)


class Peripheral:
    """One device at `address`. `key` None: install mode. `now_s` is the time that panels live by."""

    def __init__(
        self, address: int, identity: Identity, face: Face, key: bytes | None, *, now_s: Callable[[], float]
    ) -> None:
        self.address = address
        self.online = False
        self._now_s = now_s
        self._face = face
        self._commands = Commands(identity, face)
        self._key: bytes | None = None
        self._heard_at_s = 0.0
        self._sequence = 0
        self._said = b""
        self._handshake: Handshake | None = None
        self._session: Session | None = None
        self.change_key(key)

    @property
    def key(self) -> bytes | None:
        """The key that a panel must have; None in install mode."""
        return self._key

    @property
    def secure(self) -> bool:
        """Whether a secure session is up."""
        return self._session is not None

    def change_key(self, key: bytes | None) -> None:
        """Have another key from now on; a session that is up goes on with what it was made from."""
        self._key = key
        self._commands.default_key = key is None

    def forget(self) -> None:
        """Start anew as after a power cut."""
        self.online = False
        self._commands.forget()
        self._reset()

    def tend(self) -> None:
        """Go offline where nobody has asked for long."""
        if self.online and self._now_s() - self._heard_at_s >= OFFLINE_S:
            self.forget()

    def card(self, bits: int, data: bytes) -> bool:
        """Tell of a Wiegand card at the next poll; False where nobody asks, or too much waits already."""
        return self.online and self._commands.tell(
            Reply.RAW, bytes([0, 1]) + bits.to_bytes(2, "little") + data
        )

    def press(self, keys: bytes) -> bool:
        """Tell of pressed keys, as `card` does of a card."""
        return self.online and self._commands.tell(Reply.KEYPAD, bytes([0, len(keys)]) + keys)

    def hear(self, frame: Frame) -> bytes:
        """Answer one frame of the line; with nothing, unless it is a command to this device."""
        if frame.address not in (self.address, EVERYBODY):
            return b""
        self.tend()
        self._heard_at_s, self.online = self._now_s(), True
        if frame.sequence == 0:
            self._reset()
        elif frame.sequence == self._sequence:
            return self._said  # the panel did not hear it
        try:
            self._said = self._obey(frame)
        except Refused as no:
            self._said = _reply(frame, (Reply.NAK, bytes([no.why]))).encode()
        return self._said

    def _obey(self, frame: Frame) -> bytes:
        if frame.sequence != self._sequence % 3 + 1 and self._said:
            raise Refused(Nak.SEQUENCE)
        self._sequence = frame.sequence
        if frame.block and frame.block[0] in (Block.COMMAND, Block.COMMAND_HIDDEN):
            return self._obey_secured(frame)
        self._session = None
        if self._key is not None and frame.code not in ALWAYS_ALLOWED:
            raise Refused(Nak.SECURITY_CONDITIONS)
        if frame.code == Command.CHLNG:
            return self._challenged(frame)
        if frame.code == Command.SCRYPT:
            return self._accepted(frame)
        if frame.code == Command.KEYSET:
            raise Refused(Nak.SECURITY_CONDITIONS)
        return _reply(frame, self._commands.do(frame.code, frame.data)).encode()

    def _obey_secured(self, frame: Frame) -> bytes:
        session, data = self._session, frame.data
        if session is None:
            raise Refused(Nak.SECURITY_CONDITIONS)
        try:
            if frame.block[0] == Block.COMMAND_HIDDEN:
                data = session.decipher(data)
            session.check(frame.signed, frame.mac)
        except BadMac as forged:
            self._session = None
            raise Refused(Nak.SECURITY_CONDITIONS) from forged
        try:
            code, told = self._do(frame.code, data)
        except Refused as no:
            code, told = Reply.NAK, bytes([no.why])
        block = Block.REPLY
        if told:
            block, told = Block.REPLY_HIDDEN, session.encipher(told)
        reply = _reply(frame, (code, told), bytes([block]))
        return replace(reply, mac=session.sign(reply.head())).encode()

    def _do(self, code: int, data: bytes) -> Answer:
        if code != Command.KEYSET:
            return self._commands.do(code, data)
        if len(data) != KEY_LENGTH + 2 or data[:2] != bytes([1, KEY_LENGTH]):
            raise Refused(Nak.LENGTH)
        self.change_key(data[2:])
        self._face.keep(data[2:])
        return Reply.ACK, b""

    def _challenged(self, frame: Frame) -> bytes:
        if frame.block[:1] != bytes([Block.CHALLENGE]):
            raise Refused(Nak.SECURITY_CONDITIONS)
        if len(frame.data) != 8:
            raise Refused(Nak.LENGTH)
        # Panels ask for either key; the device says which one it has. The default opens only install mode.
        self._handshake = Handshake.answer(self._key or DEFAULT_KEY, frame.data)
        proof = self._handshake.pd_random + self._handshake.pd_cryptogram()
        answer = Reply.CCRYPT, self._commands.identity.client_id + proof
        return _reply(frame, answer, bytes([Block.CHALLENGED, self._key is not None])).encode()

    def _accepted(self, frame: Frame) -> bytes:
        handshake, self._handshake = self._handshake, None
        if handshake is None or frame.block[:1] != bytes([Block.CRYPTOGRAM]):
            raise Refused(Nak.SECURITY_CONDITIONS)
        self._session = handshake.session(frame.data)
        mac, verdict = (self._session.mac, 0x01) if self._session else (bytes(KEY_LENGTH), 0xFF)
        return _reply(frame, (Reply.RMAC_I, mac), bytes([Block.ACCEPTED, verdict])).encode()

    def _reset(self) -> None:
        self._sequence, self._said = 0, b""
        self._handshake = self._session = None


def _reply(frame: Frame, answer: Answer, block: bytes = b"") -> Frame:
    code, data = answer
    return Frame(
        address=frame.address | REPLY,
        sequence=frame.sequence,
        code=code,
        data=data,
        block=block,
        crc=frame.crc,
    )
