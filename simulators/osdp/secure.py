"""OSDP's secure channel as the peripheral device plays it (SIA OSDP 2.2, annex D; AES-128).

Every message of a session carries four bytes of a MAC that covers it and is chained to the message before;
its data are enciphered with the other side's last MAC, inverted, as the start.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulators.osdp.frame import MAC_LENGTH

KEY_LENGTH = 16
DEFAULT_KEY = bytes(range(0x30, 0x40))  # SCBK-D: printed in the standard, for commissioning only
_BLOCK = 16


class BadMac(Exception):
    """A message of the session that was not made by the other side, or not now."""


@dataclass(slots=True)
class Handshake:
    """What both sides threw in; the session keys follow from it and the key both know."""

    key: bytes
    cp_random: bytes
    pd_random: bytes

    @classmethod
    def answer(cls, key: bytes, cp_random: bytes) -> "Handshake":
        """Throw in eight random bytes of our own."""
        return cls(key, cp_random, secrets.token_bytes(8))

    def pd_cryptogram(self) -> bytes:
        """Prove that this side has the key."""
        return _aes(self._derived(0x82))(self.cp_random + self.pd_random)

    def cp_cryptogram(self) -> bytes:
        """Say what proves that the panel has the key."""
        return _aes(self._derived(0x82))(self.pd_random + self.cp_random)

    def session(self, cp_cryptogram: bytes) -> "Session | None":
        """Start the session if the panel has the key too."""
        if not secrets.compare_digest(self.cp_cryptogram(), cp_cryptogram):
            return None
        mac1, mac2 = _aes(self._derived(0x01)), _aes(self._derived(0x02))
        return Session(self._derived(0x82), mac1, mac2, mac2(mac1(cp_cryptogram)))

    def _derived(self, purpose: int) -> bytes:
        return _aes(self.key)(bytes([0x01, purpose]) + self.cp_random[:6] + bytes(8))


class Session:
    """One session: `mac` is that of the last message, whoever sent it."""

    def __init__(
        self, key: bytes, mac1: Callable[[bytes], bytes], mac2: Callable[[bytes], bytes], mac: bytes
    ) -> None:
        self.mac = mac
        self._encipher = _aes(key)
        self._decipher = _aes(key, backwards=True)
        self._mac1, self._mac2 = mac1, mac2

    def sign(self, message: bytes) -> bytes:
        """Chain `message` to the last one and return the MAC's part that travels."""
        if len(message) % _BLOCK:
            message = _padded(message)
        chained = cbc(self._mac1, message[:-_BLOCK], self.mac)[-_BLOCK:] or self.mac
        self.mac = self._mac2(_xor(message[-_BLOCK:], chained))
        return self.mac[:MAC_LENGTH]

    def check(self, message: bytes, mac: bytes) -> None:
        """Chain a message that came; BadMac where it does not fit."""
        if not secrets.compare_digest(self.sign(message), mac):
            raise BadMac

    def encipher(self, data: bytes) -> bytes:
        """Hide data that go out next."""
        return cbc(self._encipher, _padded(data), self._start())

    def decipher(self, data: bytes) -> bytes:
        """Read data that came; call before `check` moves the chain. BadMac where they are no whole blocks."""
        if not data or len(data) % _BLOCK:
            raise BadMac
        before, clear = self._start(), b""
        for at in range(0, len(data), _BLOCK):
            block = data[at : at + _BLOCK]
            clear += _xor(self._decipher(block), before)
            before = block
        return clear.rstrip(b"\0").removesuffix(b"\x80")

    def _start(self) -> bytes:
        return bytes(byte ^ 0xFF for byte in self.mac)


def cbc(encipher: Callable[[bytes], bytes], data: bytes, start: bytes = bytes(_BLOCK)) -> bytes:
    """Chain whole blocks through `encipher`."""
    result = b""
    for at in range(0, len(data), _BLOCK):
        start = encipher(_xor(data[at : at + _BLOCK], start))
        result += start
    return result


def _aes(key: bytes, *, backwards: bool = False) -> Callable[[bytes], bytes]:
    """One block in, one out. ECB of single blocks is the building brick of the standard's chains."""
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - see above
    return (cipher.decryptor() if backwards else cipher.encryptor()).update


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(_BLOCK, "big")


def _padded(data: bytes) -> bytes:
    return data + b"\x80" + bytes(-(len(data) + 1) % _BLOCK)
