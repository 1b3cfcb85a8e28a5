"""A slave of PyPI modbus-tk with plain registers. How to talk to it: tests/drivers/gate/third_party.py."""

import json
import os
import socket
import sys
import time
from typing import Any

from modbus_tk import defines, hooks
from modbus_tk.exceptions import ModbusError
from modbus_tk.modbus import ModbusBlock, Server, Slave
from modbus_tk.modbus_rtu import RtuServer
from modbus_tk.modbus_tcp import TcpServer
from serial import Serial

TABLES = {
    "coils": defines.COILS,
    "discrete": defines.DISCRETE_INPUTS,
    "inputs": defines.ANALOG_INPUTS,
    "holding": defines.HOLDING_REGISTERS,
}
COILS = "coils"


class Board:
    """What the test has told it: the registers, which writes it refuses, with which exception it answers."""

    def __init__(self, server: Server, unit: int) -> None:
        self.server = server
        self.listening = False
        self.slave: Slave = server.add_slave(unit)
        self.refuse: dict[str, int] = {}
        self.exception = 0
        hooks.install_hook("modbus.Slave.handle_request", self.on_request)
        hooks.install_hook("modbus.ModbusBlock.setitem", self.on_set)

    def take(self, told: dict[str, Any]) -> None:
        for name, table in TABLES.items():
            if name in told and not self.listening:
                self.slave.add_block(name, table, 0, len(told[name]))
            if name in told:
                self.slave.set_values(name, 0, told[name])
        self.refuse = told.get("refuse", self.refuse)
        self.exception = told.get("exception", self.exception)
        if not self.listening:
            self.server.start()
            if isinstance(self.server, TcpServer):
                wait_for_port(self.server._sa)
            self.listening = True
        tell({"heard": True})

    def on_request(self, call: tuple[Slave, bytes]) -> bytes | None:
        _, request = call
        return bytes([request[0] | 0x80, self.exception]) if self.exception else None

    def on_set(self, call: tuple[ModbusBlock, int | slice, int]) -> None:
        block, address, value = call
        if isinstance(address, slice):
            return  # the test itself
        if block is not self.slave._get_block(COILS):
            tell({"register": address, "value": value})
            return
        refused = self.refuse.get(str(address))
        tell({"coil": address, "on": bool(value), "taken": not refused})
        if refused:
            raise ModbusError(refused)


def wait_for_port(address: tuple[str, int]) -> None:
    """Return when the server's thread listens; it does not say so itself."""
    while True:
        try:
            socket.create_connection(address).close()
        except OSError:
            time.sleep(0.01)
        else:
            return


def tell(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    line, where, unit = sys.argv[1:]
    server = TcpServer(int(where), "127.0.0.1") if line == "tcp" else RtuServer(Serial(where, 9600))
    board = Board(server, int(unit))
    for told in sys.stdin:
        board.take(json.loads(told))
    os._exit(0)  # its thread waits for a request that does not come


main()
