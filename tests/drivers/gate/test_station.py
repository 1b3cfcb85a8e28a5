"""A look at a board whose fault ends between two reads. Own simulator: no Modbus slave is timed like this."""

import asyncio
import struct
from contextlib import suppress

import pytest

from contract.clock import SystemClock
from drivers.gate.profile import load_profile
from drivers.gate.station import Station
from drivers.modbus.bus import Bus
from drivers.modbus.wire import parse_wire

BYTES_OF = {1: b"\x01\x00", 2: b"\x01", 4: b"\x08" + bytes(8)}
DOWN_LIMIT, FAULT = 0x02, 0x80


class Board:
    """Modbus TCP for the map of the relay board, at rest below; its fault bit is set for so many reads."""

    def __init__(self, faulty_reads: int) -> None:
        self.faulty_reads = faulty_reads
        self.hung_up = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                request = await reader.readexactly(12)
                ident, unit, function = request[:2], request[6], request[7]
                said = bytes([unit, function]) + self._says(function)
                writer.write(ident + struct.pack("!HH", 0, len(said)) + said)
        writer.close()
        await writer.wait_closed()
        self.hung_up.set()

    def _says(self, function: int) -> bytes:
        if function != 2:
            return BYTES_OF[function]
        fault = FAULT if self.faulty_reads > 0 else 0
        self.faulty_reads -= 1
        return BYTES_OF[2] + bytes([DOWN_LIMIT | fault])


@pytest.mark.parametrize(("faulty_reads", "fault"), [(0, "none"), (1, "none"), (2, "unspecified")])
async def test_a_fault_without_a_number_must_be_seen_twice(faulty_reads: int, fault: str) -> None:
    board = Board(faulty_reads)
    server = await asyncio.start_server(board.serve, "127.0.0.1", 0)
    wire = parse_wire(f"modbus-tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}?unit=1")
    bus = Bus(wire.endpoint)
    station = Station(bus, wire.unit, load_profile("relay-board"), SystemClock())
    async with server:
        async with bus.joined():
            readings = (await station.look()).readings
        await board.hung_up.wait()
    assert (readings.fault, readings.down_limit) == (fault, True)
