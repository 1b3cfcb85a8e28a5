"""A line with Modbus boards on it, TCP or serial: one request at a time. The only file that knows pymodbus.

A write is never sent twice: pymodbus's own retries are off, and only reads are tried again here.
"""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple, cast

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import WriteSingleCoilRequest

from contract.errors import DeviceError, DeviceUnreachable
from drivers.modbus.registers import Block, Command
from drivers.modbus.wire import Endpoint
from drivers.runtime.interface import Port
from drivers.runtime.late import soon_or_never

READ_ATTEMPTS: Final = 2
TIMEOUT_S: Final = {"tcp": 1.0, "rtu": 0.4}
"""Longest silence after a request; a serial board answers within some 50 ms at 9600 baud."""

HUSH_S: Final = {"tcp": 0.0, "rtu": 0.2}
"""Pause after an answer that did not come. It may still do so, and on a serial line nothing in it says which
request it belongs to; what comes during the pause is thrown away with the closed line."""

EXCEPTIONS: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, still at work",
    6: "device busy",
    8: "memory parity error",
    10: "no path through the gateway",
    11: "the gateway hears nothing from the board",
}
"""Modbus Application Protocol 1.1b3, section 7."""

GATEWAYS_OWN: Final = frozenset({10, 11})
"""Exceptions that are no word of the board: as if nobody had answered."""

Client = AsyncModbusTcpClient | AsyncModbusSerialClient

# pymodbus reports every lost answer as an error of its own; here it is an exception that somebody handles.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)


class Unconfirmed(DeviceUnreachable):
    """A write was sent and not answered: the board may have taken it, or not."""

    default_code = "outcome-unknown"


class _Silent(DeviceUnreachable):
    """A request was sent and not answered."""


class _Request(NamedTuple):
    """What is asked: `function` is its Modbus function code, `what` names it in messages."""

    function: int
    what: str
    ask: Callable[[Client], Awaitable[ModbusPDU]]


class Bus:
    """One line, shared by all boards on it; `complain` is told of every answer that makes no sense."""

    def __init__(self, endpoint: Endpoint, complain: Callable[[str], None] = lambda what: None) -> None:
        self.endpoint = endpoint
        self._complain = complain
        self._heard = 0
        self._turn = asyncio.Lock()
        self._client: Client | None = None
        self._cut = asyncio.Event()
        self._users = 0

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        """Use the line; it is closed when the last user has left."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._close()
                async with self._turn:
                    pass  # what was under way has ended

    async def read(self, unit: int, block: Block) -> Sequence[int]:
        """Read a block, again if nobody answers: reading changes nothing."""
        for _ in range(READ_ATTEMPTS - 1):
            try:
                return await self._read(unit, block)
            except _Silent:
                continue
        return await self._read(unit, block)

    async def write(self, unit: int, command: Command, value: int) -> None:
        """Write once; a coil's `value` is 0, 1, or the number of a "flash on".

        DeviceUnreachable if nothing was sent, Unconfirmed if nothing came back.
        """
        try:
            await self._in_turn(_writing(unit, command, value))
        except _Silent as silent:
            raise Unconfirmed(str(silent)) from silent

    async def _read(self, unit: int, block: Block) -> Sequence[int]:
        answer = await self._in_turn(_reading(unit, block))
        values = answer.bits if block.table in ("coil", "discrete") else answer.registers
        if len(values) < block.size:
            raise DeviceError(f"the board answers with {len(values)} of {block.size} values")
        return cast("list[int]", values[: block.size])

    async def _in_turn(self, request: _Request) -> ModbusPDU:
        # Shielded: an exchange cut short would leave its answer on the line for the next one to take.
        exchange = asyncio.ensure_future(self._exchange(request))
        exchange.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(exchange)

    async def _exchange(self, request: _Request) -> ModbusPDU:
        async with self._turn:
            client = await self._connected()
            self._heard = 0
            asked = asyncio.ensure_future(request.ask(client))
            cut = asyncio.ensure_future(self._cut.wait())
            try:
                await asyncio.wait({asked, cut}, return_when=asyncio.FIRST_COMPLETED)
                answer = asked.result() if asked.done() else None
            except (ModbusException, OSError) as wrong:
                self._note_nonsense(request)
                await self._hush()
                raise _Silent(f"no answer on {self.endpoint.key}: {wrong}") from wrong
            finally:
                asked.cancel()
                cut.cancel()
                await asyncio.gather(asked, cut, return_exceptions=True)
            if answer is None:
                self._note_nonsense(request)
                self._close()
                raise _Silent(f"{self.endpoint.key}: the line was cut")
            if answer.function_code & 0x7F != request.function:
                self._note_nonsense(request)
                await self._hush()
                raise _Silent(f"{self.endpoint.key}: a late answer, to another request")
        if answer.isError():
            raise _refused(request, answer.exception_code)
        return answer

    async def _connected(self) -> Client:
        if not self._users:
            raise DeviceUnreachable(f"{self.endpoint.key} is closed")
        if self._client is None or not self._client.connected:
            self._close()
            self._cut.clear()
            client = _make_client(self.endpoint, self._on_connect, self._on_bytes)
            if not await client.connect():
                client.close()
                raise DeviceUnreachable(f"{self.endpoint.key} cannot be reached")
            await asyncio.sleep(0)  # a serial transport sets itself up in the next turn of the loop
            if client.ctx.transport is not None:
                soon_or_never(client.ctx.transport)
            self._client = client
        return self._client

    async def _hush(self) -> None:
        """Let whatever still comes belong to nobody."""
        self._close()
        await asyncio.sleep(HUSH_S[self.endpoint.kind])

    def _on_connect(self, connected: bool) -> None:
        """Hear from pymodbus; it lets a request run into its timeout though the line is gone."""
        if not connected:
            self._cut.set()

    def _on_bytes(self, sending: bool, data: bytes) -> bytes:
        """Hear every byte that pymodbus takes for a part of an answer."""
        if not sending:
            self._heard = len(data)  # pymodbus shows again what it could not use
        return data

    def _note_nonsense(self, request: _Request) -> None:
        """Tell that what came is no answer: noise, a wrong checksum, another unit's or request's words."""
        if self._heard:
            key = self.endpoint.key
            self._complain(f"{key}: the answer to {request.what} is none ({self._heard} bytes)")

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._cut.set()


def shared_bus(port: Port, endpoint: Endpoint) -> Bus:
    """Return the line that all devices of this host at `endpoint` share; DeviceError if they disagree."""
    bus = port.shared(endpoint.key, lambda: Bus(endpoint, port.malformed))
    if bus.endpoint != endpoint:
        raise DeviceError(f"another device uses {endpoint.key} with other line settings")
    return bus


def _make_client(
    endpoint: Endpoint, on_connect: Callable[[bool], None], on_bytes: Callable[[bool, bytes], bytes]
) -> Client:
    timeout_s = TIMEOUT_S[endpoint.kind]
    if endpoint.kind == "tcp":
        return AsyncModbusTcpClient(
            endpoint.address,
            port=endpoint.port,
            timeout=timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=on_connect,
            trace_packet=on_bytes,
        )
    return AsyncModbusSerialClient(
        endpoint.address,
        baudrate=endpoint.baudrate,
        parity=endpoint.parity,
        stopbits=endpoint.stopbits,
        timeout=timeout_s,
        retries=0,
        reconnect_delay=0,
        trace_connect=on_connect,
        trace_packet=on_bytes,
    )


class _TimedCoil(WriteSingleCoilRequest):
    """Function code 5 with a number instead of on and off, as relay boards take it for "flash on"."""

    def __init__(self, address: int, value: int, unit: int) -> None:
        super().__init__(address=address, dev_id=unit)
        self._value = value

    def encode(self) -> bytes:
        """Write address and number."""
        return struct.pack(">HH", self.address, self._value)


def _reading(unit: int, block: Block) -> _Request:
    def ask(client: Client) -> Awaitable[ModbusPDU]:
        reads = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "holding": client.read_holding_registers,
            "input": client.read_input_registers,
        }
        return reads[block.table](block.address, count=block.size, device_id=unit)

    function = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}[block.table]
    last = block.address + block.size - 1
    addresses = f"{block.address}" if block.size == 1 else f"{block.address} to {last}"
    return _Request(function, f"{block.table} {addresses}", ask)


def _writing(unit: int, command: Command, value: int) -> _Request:
    def ask(client: Client) -> Awaitable[ModbusPDU]:
        if command.table == "coil" and value not in (0, 1):
            timed = _TimedCoil(command.address, value, unit)
            return cast("Awaitable[ModbusPDU]", client.execute(False, timed))
        if command.table == "coil":
            return client.write_coil(command.address, bool(value), device_id=unit)
        return client.write_register(command.address, value, device_id=unit)

    function = {"coil": 5, "holding": 6}[command.table]
    return _Request(function, f"{command.table} {command.address}", ask)


def _refused(request: _Request, exception: int) -> DeviceError:
    reason = EXCEPTIONS.get(exception, "unknown")
    if exception in GATEWAYS_OWN:
        return _Silent(f"no answer for {request.what}: {reason} (Modbus exception {exception})")
    return DeviceError(f"the board answers {request.what} with Modbus exception {exception} ({reason})")
