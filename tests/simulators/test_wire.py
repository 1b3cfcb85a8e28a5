"""Wire addresses: what is understood, and what is said about the rest."""

import pytest

from simulators.errors import BadOptions
from simulators.wire import ModbusRtuWire, ModbusTcpWire, TcpWire, parse_modbus


def test_a_modbus_tcp_wire_names_host_port_and_unit() -> None:
    wire = parse_modbus("modbus-tcp://10.0.0.9:15020?unit=7")
    assert wire == ModbusTcpWire(host="10.0.0.9", port=15020, unit=7)
    assert str(wire) == "modbus-tcp://10.0.0.9:15020?unit=7"


def test_a_modbus_rtu_wire_has_the_line_settings_of_a_common_board() -> None:
    wire = parse_modbus("modbus-rtu:///dev/ttyUSB0?unit=2")
    assert wire == ModbusRtuWire(path="/dev/ttyUSB0", unit=2, baudrate=9600, parity="N", stopbits=1)
    assert parse_modbus(str(wire)) == wire


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:80", "must start with modbus-tcp:// or modbus-rtu://"),
        ("modbus-tcp://127.0.0.1", "the port is missing"),
        ("modbus-tcp://127.0.0.1:999999", "out of range"),
        ("modbus-tcp://127.0.0.1:502?unit=0", r"unit must be 1\.\.247"),
        ("modbus-tcp://127.0.0.1:502?unit=one", "unit must be a whole number"),
        ("modbus-tcp://127.0.0.1:502?baudrate=9600", "unknown baudrate; allowed: channel, unit"),
        ("modbus-rtu://dev/ttyUSB0?unit=1", "three slashes"),
        ("modbus-rtu:///dev/ttyUSB0?parity=X", "parity must be one of N, E, O"),
    ],
)
def test_a_wrong_wire_is_explained(url: str, says: str) -> None:
    with pytest.raises(BadOptions, match=says):
        parse_modbus(url)


def test_a_plain_tcp_wire_needs_its_own_scheme() -> None:
    assert str(TcpWire.parse("tcp://localhost:0", "tcp")) == "tcp://localhost:0"
    with pytest.raises(BadOptions, match="must start with tcp://"):
        TcpWire.parse("udp://localhost:1", "tcp")
