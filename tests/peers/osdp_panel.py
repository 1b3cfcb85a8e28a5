"""A control panel of PyPI osdp, in its own environment. How to talk to it: tests/simulators/panels.py."""

import json
import logging
import sys
from typing import Any

from osdp import (
    ControlPanel,
    LedColor,
    OutputControl,
    OutputControlCode,
    OutputControls,
    PermanentReaderControlCode,
    ReaderLedControl,
    ReaderLedControls,
    SerialPortOsdpConnection,
    TcpClientOsdpConnection,
    TemporaryReaderControlCode,
    calculate_scbk,
)


class Panel(ControlPanel):
    """Says what devices say without being asked, what they refuse, and which key it came to share."""

    def __init__(self, master_key: bytes | None) -> None:
        super().__init__(master_key)
        self.master_key = master_key
        self.keys: dict[int, bytes] = {}

    def on_reply_received(self, reply: Any) -> None:
        super().on_reply_received(reply)
        device = next(iter(self._buses.values()))._configured_devices[reply.address]
        if device.is_security_established and not device.is_scbkd and reply.address not in self.keys:
            self.keys[reply.address] = calculate_scbk(self.master_key, device.cuid)
            say(address=reply.address, key=self.keys[reply.address].hex())

    def on_nak_reply_received(self, address: int, nak: Any) -> None:
        say(address=address, nak=nak.error_code.value)

    def on_raw_card_data_reply_received(self, address: int, raw_card_data: Any) -> None:
        say(address=address, card=raw_card_data.data.hex(), bits=raw_card_data.bit_count)

    def on_keypad_data_reply_received(self, address: int, keypad_data: Any) -> None:
        say(address=address, keys=bytes(keypad_data.data).hex())


class Desk:
    """What the test asks for, by name."""

    def __init__(self) -> None:
        told = json.loads(sys.stdin.readline())
        key = told.get("master_key")
        self.panel = Panel(bytes.fromhex(key) if key else None)
        if "path" in told:
            connection = SerialPortOsdpConnection(told["path"], told["baudrate"])
        else:
            connection = TcpClientOsdpConnection(told["host"], told["port"])
        self.bus = self.panel.start_connection(connection)
        for address in told["addresses"]:
            self.panel.add_device(self.bus, address, use_crc=told["crc"], use_secure_channel=told["secure"])

    def do(self, told: dict[str, Any]) -> object:
        address = told["address"]
        return getattr(self, told["do"])(address)

    def identity(self, address: int) -> object:
        found = self.panel.id_report(self.bus, address)
        return {"vendor": bytes(found.vendor_code).hex(), "serial": found.serial_number}

    def capabilities(self, address: int) -> object:
        found = self.panel.device_capabilities(self.bus, address)
        return {each.function.name: [each.compliance, each.number_of] for each in found.capabilities}

    def local(self, address: int) -> object:
        status = self.panel.local_status(self.bus, address)
        return [status.tamper, status.power_failure]

    def inputs(self, address: int) -> object:
        return list(self.panel.input_status(self.bus, address).statuses)

    def outputs(self, address: int) -> object:
        return list(self.panel.output_status(self.bus, address).statuses)

    def open(self, address: int) -> object:
        pulse = OutputControl(0, OutputControlCode.TemporaryStateOnResumePermanentState, 50)
        return self.panel.output_control(self.bus, address, OutputControls([pulse]))

    def green(self, address: int) -> object:
        led = ReaderLedControl(
            0,
            0,
            TemporaryReaderControlCode.SetTemporaryAndStartTimer,
            1,
            0,
            LedColor.Green,
            LedColor.Black,
            30,
            PermanentReaderControlCode.Nop,
            0,
            0,
            LedColor.Black,
            LedColor.Black,
        )
        return self.panel.reader_led_control(self.bus, address, ReaderLedControls([led]))


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    logging.getLogger("osdp").setLevel(logging.CRITICAL)
    desk = Desk()
    for line in sys.stdin:
        told = json.loads(line)
        try:
            say(did=told["do"], answer=desk.do(told))
        except TimeoutError:
            say(did=told["do"], answer=None)
    desk.panel.shutdown()


main()
