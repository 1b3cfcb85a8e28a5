"""Readers of libosdp's own PeripheralDevice on a TCP line. How to talk to it: drivers/door/third_party.py."""

import contextlib
import json
import os
import select
import socket
import sys
import time
from binascii import crc_hqx
from typing import Any

from osdp import (
    Capability,
    CardFormat,
    Channel,
    Command,
    Event,
    LibFlag,
    LogLevel,
    PDCapabilities,
    PDInfo,
    PeripheralDevice,
    StatusReportType,
)

INPUTS, OUTPUTS = 3, 1
PDCAP = 0x46
TICK_S = 0.004


class Ear(Channel):
    """What one reader hears of the line, and how it speaks."""

    def __init__(self, line: "Line", reader: "Reader") -> None:
        super().__init__()
        self.line, self.reader = line, reader
        self.heard = bytearray()

    def read(self, max_bytes: int) -> bytes:
        taken = bytes(self.heard[:max_bytes])
        del self.heard[:max_bytes]
        return taken

    def write(self, buf: bytes) -> int:
        self.line.send(without_security(buf) if self.reader.clear_text else buf)
        return len(buf)

    def flush(self) -> None:
        self.heard.clear()


class Reader:
    """One libosdp PD, its inputs and outputs."""

    def __init__(self, line: "Line", told: dict[str, Any]) -> None:
        self.address = told["address"]
        key, flags = told.get("key"), []
        if told.get("install"):
            flags.append(LibFlag.InstallMode)
        elif key:
            flags.append(LibFlag.EnforceSecure)
        capabilities = [
            (Capability.OutputControl, 1, OUTPUTS),
            (Capability.ContactStatusMonitoring, 1, INPUTS),
            (Capability.CardDataFormat, 1, 1),
            (Capability.LEDControl, 1, 1),
            (Capability.AudibleControl, 1, 1),
        ]
        self.clear_text = not told.get("secure", True)
        self.ear = Ear(line, self)
        info = PDInfo(self.address, self.ear, scbk=bytes.fromhex(key) if key else None, flags=flags)
        self.pd = PeripheralDevice(
            info, PDCapabilities(capabilities), log_level=LogLevel.Emergency, command_handler=self.obey
        )
        self.inputs, self.strike, self.resting = bytearray(INPUTS), 0, 0
        self.refuses, self.reports_output = False, told.get("reports_output", True)
        self.strike_until = 0.0
        self.tamper = self.power = 0
        self.was_secure = False

    def obey(self, command: dict[str, Any]) -> tuple[int, None]:
        """Do what the panel says. The binding (3.2.9) takes no report: ISTAT and OSTAT get a NAK."""
        kind = command["command"]
        if kind == Command.Output:
            if self.refuses:
                return -1, None
            code, timed = command["control_code"], command["control_code"] in (5, 6)
            self.strike = 1 if code in (2, 4, 5) else 0
            self.resting = self.resting if timed else self.strike
            self.strike_until = time.monotonic() + command["timer_count"] / 10 if timed else 0
            tell(self, saw="output", code=code, timer=command["timer_count"])
            self.changed(StatusReportType.Output)
        elif kind == Command.Keyset:
            tell(self, saw="keyset", key=command["data"].hex())
        elif kind == Command.LED:
            tell(self, saw="led", colour=command["on_color"], temporary=command["temporary"])
        elif kind == Command.Buzzer:
            tell(self, saw="buzzer", times=command["rep_count"])
        return 0, None

    def report(self, kind: int) -> bytes:
        if kind == StatusReportType.Input:
            return bytes(self.inputs)
        if kind == StatusReportType.Output:
            return bytes([self.strike])
        return bytes([self.tamper, self.power])

    def do(self, told: dict[str, Any]) -> None:
        if "card" in told:
            data = bytes.fromhex(told["card"])
            card = {"event": Event.CardRead, "reader_no": 0, "direction": 0, "format": CardFormat.Wiegand}
            self.submit({**card, "length": told["bits"], "data": data})
            tell(self, saw="card")
        for key in told.get("keys", ""):
            self.submit({"event": Event.KeyPress, "reader_no": 0, "data": key.encode("latin1")})
        if "input" in told:
            self.inputs[told["input"]] = told["on"]
            self.changed(StatusReportType.Input)
        self.refuses = told.get("refuses", self.refuses)
        if "tamper" in told or "power" in told:
            self.tamper, self.power = told.get("tamper", self.tamper), told.get("power", self.power)
            self.changed(StatusReportType.Local)

    def changed(self, kind: int) -> None:
        if kind == StatusReportType.Output and not self.reports_output:
            return
        self.submit({"event": Event.Status, "type": kind, "report": self.report(kind)})

    def submit(self, event: dict[str, Any]) -> None:
        self.pd.ctx.submit_event(event)

    def live(self) -> None:
        if self.strike_until and time.monotonic() > self.strike_until:
            self.strike, self.strike_until = self.resting, 0.0
            self.changed(StatusReportType.Output)
        self.pd.ctx.refresh()
        secure = self.pd.ctx.is_sc_active()
        if secure and not self.was_secure:
            self.pd.ctx.flush_events()  # it keeps reports of how things were
            self.changed(StatusReportType.Input)
            self.changed(StatusReportType.Output)
        self.was_secure = secure


class Line:
    """A TCP listener that stands for the RS-485 pair; one caller at a time, as a converter has it."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.caller: socket.socket | None = None
        self.readers: list[Reader] = []
        self.silent: list[int] = []
        self.noise = self.told = b""

    def send(self, frame: bytes) -> None:
        if self.caller is not None:
            with contextlib.suppress(OSError):
                self.caller.sendall(self.noise + frame)

    def hang_up(self) -> None:
        if self.caller is not None:
            self.caller.close()
        self.caller = None

    def hear(self, said: bytes) -> None:
        for reader in self.readers:
            if reader.address not in self.silent:
                reader.ear.heard += said

    def take(self, told: dict[str, Any]) -> None:
        """Do what a line of the test says."""
        if "readers" in told:
            self.readers = [Reader(self, each) for each in told["readers"]]
            say({"port": self.server.getsockname()[1]})
        if "silent" in told:
            self.silent = told["silent"]
        if "noise" in told:
            self.noise = bytes.fromhex(told["noise"])
        if "say" in told:
            self.send(bytes.fromhex(told["say"]))
        if told.get("hang_up"):
            self.hang_up()
        for reader in self.readers:
            if told.get("address") == reader.address:
                reader.do(told)

    def turn(self) -> bool:
        """Live for a moment; False when the test has gone."""
        sources: list[Any] = [0, self.server]
        if self.caller is not None:
            sources.append(self.caller)
        ready, _, _ = select.select(sources, [], [], TICK_S)
        if 0 in ready:
            said = os.read(0, 65536)
            if not said:
                return False
            *lines, self.told = (self.told + said).split(b"\n")
            for line in lines:
                self.take(json.loads(line))
        if self.server in ready:
            self.hang_up()
            self.caller, _ = self.server.accept()
            self.caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif self.caller in ready and self.caller is not None:
            said = b""
            with contextlib.suppress(OSError):
                said = self.caller.recv(4096)
            if said:
                self.hear(said)
            else:
                self.hang_up()
        for reader in self.readers:
            reader.live()
            reader.live()
        return True


def without_security(frame: bytes) -> bytes:
    """Take the secure channel out of a list of capabilities: libosdp cannot be built without it."""
    start = frame.index(0x53)
    if frame[start + 5] != PDCAP:
        return frame
    entries = [frame[at : at + 3] for at in range(start + 6, len(frame) - 2, 3)]
    kept = b"".join(each for each in entries if each[0] != Capability.CommunicationSecurity)
    length = (6 + len(kept) + 2).to_bytes(2, "little")
    body = frame[start : start + 2] + length + frame[start + 4 : start + 6] + kept
    return frame[:start] + body + crc_hqx(body, 0x1D0F).to_bytes(2, "little")


def tell(reader: Reader, **what: object) -> None:
    """Say what a reader saw, and when by the machine's monotonic clock."""
    say({"address": reader.address, "at": time.monotonic(), **what})


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    line = Line()
    while line.turn():
        pass


main()
