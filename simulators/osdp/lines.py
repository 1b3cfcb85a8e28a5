"""The lines that pretend OSDP devices of one process hang on: TCP ports and serial lines, as RS-485 buses.

Every device on a line hears all of it and answers only what is for its own address. One event loop serves
them; no device has a thread.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from typing import Protocol

import serial

from simulators.errors import BadOptions, WireUnavailable
from simulators.osdp.frame import EVERYBODY, Deframer, Frame
from simulators.osdp.wire import OsdpSerialWire, OsdpTcpWire

log = logging.getLogger(__name__)

BETWEEN_BYTES_S = 0.1  # a frame that is broken off so long is over; a panel repeats itself after 0.2 s


class Station(Protocol):
    """What hangs on a line."""

    def hear(self, frame: Frame) -> bytes:
        """Answer a frame, mostly with nothing."""
        ...


class Line:
    """Those who hang on one line, by address, and the ways to it that are open."""

    def __init__(self) -> None:
        self.stations: dict[int, Station] = {}
        self.ways: set[Callable[[bytes], None]] = set()

    @property
    def connections(self) -> int:
        """How many panels are connected; an open serial line counts as one."""
        return len(self.ways)

    def addressed(self, frame: Frame) -> Collection[Station]:
        """Give those whom a frame concerns; on a real wire all hear it, and the others are silent."""
        if frame.address == EVERYBODY:
            return self.stations.values()
        station = self.stations.get(frame.address)
        return () if station is None else (station,)

    def say(self, data: bytes) -> None:
        """Put bytes on the line that nobody asked for."""
        for way in list(self.ways):
            way(data)


class _Ear:
    """One way to a line: what comes by it is answered by it."""

    def __init__(self, line: Line, say: Callable[[bytes], None]) -> None:
        self._line = line
        self._say = say
        self._deframer = Deframer()
        self._heard_at = 0.0
        line.ways.add(say)

    def heard(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._heard_at > BETWEEN_BYTES_S:
            self._deframer.clear()
        self._heard_at = now
        for frame in self._deframer.feed(data):
            for station in self._line.addressed(frame):
                if answer := station.hear(frame):
                    self._say(answer)

    def close(self) -> None:
        self._line.ways.discard(self._say)


class _Caller(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, line: Line, transports: set[asyncio.Transport]) -> None:
        self._line = line
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a TCP server makes
        self._transport = transport
        self._transports.add(transport)
        self._ear = _Ear(self._line, transport.write)

    def data_received(self, data: bytes) -> None:
        self._ear.heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ear.close()
        self._transports.discard(self._transport)


class _TcpPort:
    """A listening TCP port."""

    lost = False  # a TCP port does not go away

    def __init__(self, wire: OsdpTcpWire) -> None:
        self.line = Line()
        self.wire = wire
        self._transports: set[asyncio.Transport] = set()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Caller(self.line, self._transports), self.wire.host, self.wire.port
            )
        except OSError as error:
            raise WireUnavailable(f"cannot open {self.wire}: is it free? ({error})") from error
        self.tcp_port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()
        for transport in list(self._transports):
            transport.abort()
        await self._server.wait_closed()


class _SerialPort:
    """A serial line."""

    def __init__(self, wire: OsdpSerialWire) -> None:
        self.line = Line()
        self.wire = wire
        self._serial: serial.Serial | None = None

    @property
    def lost(self) -> bool:
        return self._serial is None

    async def open(self) -> None:
        try:
            port = serial.Serial(self.wire.path, self.wire.baudrate, timeout=0, write_timeout=0)
        except (OSError, ValueError) as error:  # pyserial's own error is an OSError
            raise WireUnavailable(f"cannot open {self.wire}: is it there and readable? ({error})") from error
        self._serial = port
        self._ear = _Ear(self.line, self._write)
        asyncio.get_running_loop().add_reader(port.fileno(), self._read)

    async def close(self) -> None:
        self._hang_up()

    def _read(self) -> None:
        try:
            data = self._serial.read(4096) if self._serial else b""
        except OSError as gone:
            log.info("%s went away: %s", self.wire, gone)
            self._hang_up()
            return
        self._ear.heard(data)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a full or vanished line loses bytes, as a cable does
            if self._serial:
                self._serial.write(data)

    def _hang_up(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            self._ear.close()
            asyncio.get_running_loop().remove_reader(port.fileno())
            port.close()


class OsdpLines:
    """All OSDP lines of this process, opened as devices are put on them."""

    def __init__(self) -> None:
        self._ports: dict[tuple[str, int], _TcpPort | _SerialPort] = {}

    async def put(
        self, station: Station, wire: OsdpTcpWire | OsdpSerialWire
    ) -> tuple[OsdpTcpWire | OsdpSerialWire, Line]:
        """Hang `station` on a line; return where it is. WireUnavailable where it cannot be opened."""
        port: _TcpPort | _SerialPort
        if isinstance(wire, OsdpSerialWire):
            port = self._ports.get((wire.path, 0)) or await self._opened(_SerialPort(wire))
            self._ports[wire.path, 0] = port
        else:
            port = self._ports.get((wire.host, wire.port)) or await self._opened(_TcpPort(wire))
            assert isinstance(port, _TcpPort)  # noqa: S101 - filed under host and port
            wire = wire.with_port(port.tcp_port)
            self._ports[wire.host, wire.port] = port
        if wire.address in port.line.stations:
            raise BadOptions(f"{wire}: two devices have this address")
        port.line.stations[wire.address] = station
        return wire, port.line

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        for port in self._ports.values():
            await port.close()
        self._ports.clear()

    async def tend(self) -> None:
        """Try once to open again each serial line that went away."""
        for port in self._ports.values():
            if port.lost:
                with contextlib.suppress(WireUnavailable):
                    await port.open()
                    log.info("%s is back", port.wire)

    @staticmethod
    async def _opened(port: _TcpPort | _SerialPort) -> _TcpPort | _SerialPort:
        await port.open()
        return port
