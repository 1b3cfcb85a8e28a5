"""Pretend Modbus units on real TCP ports and serial lines.

Units that stand on the same port or line share one server, as on an RS-485 bus. A unit that is absent or
without power does not answer at all. A wrong address is answered with exception 2 (illegal data address), a
table that the unit does not have with exception 1 (illegal function): Modbus Application Protocol V1.1b3,
§7.
"""

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.datastore import ModbusServerContext
from pymodbus.exceptions import NoSuchIdException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import WriteSingleCoilRequest
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simcore import SimCore

from simulators.errors import BadOptions, WireUnavailable
from simulators.wire import ModbusRtuWire, ModbusTcpWire

log = logging.getLogger(__name__)

_READ_COILS, _READ_DISCRETE_INPUTS, _READ_HOLDING_REGISTERS, _READ_INPUT_REGISTERS = 1, 2, 3, 4
_WRITE_COIL, _WRITE_REGISTER, _WRITE_COILS, _WRITE_REGISTERS = 5, 6, 15, 16
_COIL_WRITES = (_WRITE_COIL, _WRITE_COILS)
_REGISTER_WRITES = (_WRITE_REGISTER, _WRITE_REGISTERS)
_COIL_OFF, _COIL_ON = 0x0000, 0xFF00


class Unit:
    """One Modbus unit: what its tables hold now, and what a write does. An empty table is one it lacks."""

    powered: bool = True

    def coils(self) -> Sequence[bool]:
        """All coils from address 0."""
        return ()

    def discrete_inputs(self) -> Sequence[bool]:
        """All discrete inputs from address 0."""
        return ()

    def holding_registers(self) -> Sequence[int]:
        """All holding registers from address 0."""
        return ()

    def input_registers(self) -> Sequence[int]:
        """All input registers from address 0."""
        return ()

    def write_coil(self, address: int, on: bool) -> None:
        """Take one written coil; the address is in range."""

    def flash_coil(self, address: int, count: int) -> bool:
        """Take function code 5 with a number instead of on or off ("flash on"); False if it has no such."""
        return False

    def write_register(self, address: int, value: int) -> None:
        """Take one written holding register; the address is in range."""


class _Bus(SimCore):
    """The units on one port, where pymodbus expects its data store.

    pymodbus's own store rounds bit tables up to 16 and answers for absent units, which a board does not.
    """

    def __init__(self) -> None:
        self.units: dict[int, Unit] = {}
        self._echo: list[bool] | list[int] = []
        super().__init__(SimDevice(id=0, simdata=[SimData(0, values=[0], datatype=DataType.REGISTERS)]))

    def device_ids(self) -> list[int]:
        """Units that have power."""
        return [unit_id for unit_id, unit in self.units.items() if unit.powered]

    async def async_getValues(  # noqa: N802 - pymodbus's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | list[bool] | ExcCodes:
        """Answer a read; a read with code 5 or 6 is pymodbus asking how the write is to be echoed."""
        unit = self._unit(device_id)
        if func_code in (_WRITE_COIL, _WRITE_REGISTER):
            return self._echo
        read = _TABLES.get(func_code)
        table = read(unit) if read else ()
        if not table:
            return ExcCodes.ILLEGAL_FUNCTION
        if address + count > len(table):
            return ExcCodes.ILLEGAL_ADDRESS
        return cast("list[int]", list(table[address : address + count]))

    async def async_setValues(  # noqa: N802 - pymodbus's name
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """Take a write of one coil or register, or of several."""
        unit = self._unit(device_id)
        table = unit.coils() if func_code in _COIL_WRITES else unit.holding_registers()
        if func_code not in (*_COIL_WRITES, *_REGISTER_WRITES) or not table:
            return ExcCodes.ILLEGAL_FUNCTION
        if address + len(values) > len(table):
            return ExcCodes.ILLEGAL_ADDRESS
        for offset, value in enumerate(values):
            if func_code in _COIL_WRITES:
                unit.write_coil(address + offset, bool(value))
            else:
                unit.write_register(address + offset, int(value))
        self._echo = list(values)
        return None

    def flash(self, device_id: int, address: int, count: int) -> bool:
        """Take a "flash on"."""
        return self._unit(device_id).flash_coil(address, count)

    def _unit(self, unit_id: int) -> Unit:
        unit = self.units.get(unit_id)
        if unit is None or not unit.powered:
            raise NoSuchIdException(f"unit {unit_id}")
        return unit


_TABLES: Mapping[int, Callable[[Unit], Sequence[int] | Sequence[bool]]] = {
    _READ_COILS: lambda unit: unit.coils(),
    _READ_DISCRETE_INPUTS: lambda unit: unit.discrete_inputs(),
    _READ_HOLDING_REGISTERS: lambda unit: unit.holding_registers(),
    _READ_INPUT_REGISTERS: lambda unit: unit.input_registers(),
}


class _WriteCoil(WriteSingleCoilRequest):
    """Function code 5 that keeps the number in its data: relay boards take it as a time."""

    _number = _COIL_OFF

    def decode(self, data: bytes) -> None:
        """Read address and number."""
        super().decode(data)
        (self._number,) = struct.unpack(">H", data[2:4])

    def encode(self) -> bytes:
        """Write address and number: the echo."""
        return struct.pack(">HH", self.address, self._number)

    async def datastore_update(self, context: ModbusServerContext, device_id: int) -> ModbusPDU:
        """Switch the coil, or flash it."""
        if self._number in (_COIL_OFF, _COIL_ON):
            return await super().datastore_update(context, device_id)
        if cast("_Bus", context).flash(device_id, self.address, self._number):
            return self
        return ExceptionResponse(self.function_code, ExcCodes.ILLEGAL_VALUE)


class _Port:
    """One listening server and its bus."""

    def __init__(self, wire: ModbusTcpWire | ModbusRtuWire) -> None:
        self.bus = _Bus()
        self.wire = wire
        self.server = _server(wire)

    async def open(self) -> None:
        """Listen; WireUnavailable where that is impossible."""
        self.server.context = self.bus
        try:
            await self.server.serve_forever(background=True)
        except (RuntimeError, OSError) as error:
            raise WireUnavailable(f"cannot open {self.wire}: is it free and readable? ({error})") from error

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        await self.server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus left it untyped

    async def reopen(self) -> None:
        """Open the line anew, with the same units on it."""
        await self.close()
        self.server = _server(self.wire)
        await self.open()

    @property
    def lost(self) -> bool:
        """Whether a serial line has gone away (its adapter was pulled); a TCP port does not."""
        return isinstance(self.wire, ModbusRtuWire) and not self.server.active_connections

    @property
    def tcp_port(self) -> int:
        """The TCP port that was really opened."""
        listener = cast(asyncio.Server, self.server.transport)
        return int(listener.sockets[0].getsockname()[1])


class ModbusPorts:
    """All Modbus servers of this process, opened as units are put on them."""

    def __init__(self) -> None:
        self._ports: dict[tuple[str, int], _Port] = {}

    async def put(self, unit: Unit, wire: ModbusTcpWire | ModbusRtuWire) -> ModbusTcpWire | ModbusRtuWire:
        """Serve `unit` at `wire` and return where it is; WireUnavailable where it cannot be opened."""
        if isinstance(wire, ModbusRtuWire):
            port = self._ports.get((wire.path, 0)) or await _opened(wire)
            self._ports[wire.path, 0] = port
        else:
            port = self._ports.get((wire.host, wire.port)) or await _opened(wire)
            wire = wire.with_port(port.tcp_port)
            self._ports[wire.host, wire.port] = port
        if wire.unit in port.bus.units:
            raise BadOptions(f"{wire}: two devices have this unit")
        port.bus.units[wire.unit] = unit
        return wire

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
                    await port.reopen()
                    log.info("%s is back", port.wire)


async def _opened(wire: ModbusTcpWire | ModbusRtuWire) -> _Port:
    port = _Port(wire)
    await port.open()
    return port


def _server(wire: ModbusTcpWire | ModbusRtuWire) -> ModbusTcpServer | ModbusSerialServer:
    nobody = SimDevice(id=0, simdata=[SimData(0, values=[0], datatype=DataType.REGISTERS)])
    if isinstance(wire, ModbusTcpWire):
        return ModbusTcpServer(
            nobody, address=(wire.host, wire.port), ignore_missing_devices=True, custom_pdu=[_WriteCoil]
        )
    return ModbusSerialServer(
        nobody,
        framer=FramerType.RTU,
        port=wire.path,
        baudrate=wire.baudrate,
        parity=wire.parity,
        stopbits=wire.stopbits,
        ignore_missing_devices=True,
        custom_pdu=[_WriteCoil],
    )
