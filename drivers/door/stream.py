"""The bytes of an OSDP line, over TCP or a serial port, without ever waiting. The only file with sockets."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Protocol, cast

from serial import Serial, SerialException

from contract.errors import DeviceUnreachable
from drivers.door.wire import Endpoint

CONNECT_S: Final = 3.0
CHUNK: Final = 4096


class Stream(Protocol):
    """An open line."""

    def write(self, data: bytes) -> None:
        """Send; what cannot be sent ends the stream."""
        ...

    def close(self) -> None:
        """Close it; nothing more is heard."""
        ...


Heard = Callable[[bytes], None]
Ended = Callable[[], None]


async def open_stream(endpoint: Endpoint, heard: Heard, ended: Ended) -> Stream:
    """Open the line; DeviceUnreachable if that fails. `ended` is called if it dies, not if it is closed."""
    try:
        if endpoint.kind == "serial":
            return await _open_serial(endpoint, heard, ended)
        async with asyncio.timeout(CONNECT_S):
            loop = asyncio.get_running_loop()
            _, protocol = await loop.create_connection(
                lambda: _Tcp(heard, ended), endpoint.host, endpoint.port
            )
    except (OSError, ValueError) as wrong:  # TimeoutError and SerialException are OSErrors
        raise DeviceUnreachable(f"the line {endpoint} cannot be opened: {wrong or 'no answer'}") from wrong
    return protocol


class _Tcp(asyncio.Protocol):
    """A converter on TCP."""

    def __init__(self, heard: Heard, ended: Ended) -> None:
        self._heard = heard
        self._ended = ended
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._transport = None
            self._ended()

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.abort()


async def _open_serial(endpoint: Endpoint, heard: Heard, ended: Ended) -> "_SerialLine":
    opening = asyncio.to_thread(
        Serial, endpoint.host, endpoint.baudrate, timeout=0, write_timeout=0, exclusive=True
    )
    return _SerialLine(await opening, heard, ended)


class _SerialLine:
    """An RS-485 adapter that switches its direction by itself; OSDP is 8 bits, no parity, 1 stop bit."""

    def __init__(self, serial: Serial, heard: Heard, ended: Ended) -> None:
        self._serial: Serial | None = serial
        self._heard = heard
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._number: int = serial.fileno()
        self._loop.add_reader(self._number, self._read)

    def _read(self) -> None:
        if self._serial is None:
            return
        try:
            data = self._serial.read(CHUNK)
        except SerialException:
            data = b""
        if data:
            self._heard(data)
        else:  # readable and empty: the adapter was pulled
            self._die()

    def write(self, data: bytes) -> None:
        if self._serial is None:
            return
        try:
            self._serial.write(data)
        except SerialException:
            self._die()

    def close(self) -> None:
        if self._serial is not None:
            serial, self._serial = self._serial, None
            self._loop.remove_reader(self._number)
            with contextlib.suppress(OSError):
                serial.close()

    def _die(self) -> None:
        self.close()
        self._ended()
