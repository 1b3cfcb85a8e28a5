"""The load: a process of its own that writes messages to the broker when the plan says, whatever happens.

`python -m hemei.bench.load` reads a `Plan` as JSON from its standard input and writes an `Outcome` when done.
A message that goes out late still carries the time at which it should have: an open loop, so that a slow hub
cannot slow down what measures it.
"""

import select
import socket
import sys
from typing import Final

import msgspec
from msgspec import Struct

from contract.topics import Address
from hemei.bench import packets
from hemei.bench.clock import BenchClock

MOST_AT_ONCE: Final = 1_000
"""Messages put together for one write; more would hold back the first of them."""
READ_BYTES: Final = 1 << 18
WAIT_S: Final = 0.0005
ANSWER_TIMEOUT_S: Final = 10.0
REFUSED: Final = 0x80


class Plan(Struct, frozen=True, kw_only=True):
    """`start_ms` is when the first message is due, in ms since 1970; `boot` tells runs apart."""

    host: str
    port: int
    username: str
    password: str
    devices: list[str]
    rate: float
    qos: int
    count: int
    boot: int
    start_ms: float
    clock: BenchClock


class Outcome(Struct, frozen=True, kw_only=True):
    """`late_ms`: the longest that a message was written after it was due, by our or the broker's fault."""

    sent: int
    acknowledged: int
    refused: int
    late_ms: float


class Load:
    """One connection that sends a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        addresses = [Address(*device.split("/")) for device in plan.devices]
        self._telemetry = [packets.Telemetry(address, plan.boot) for address in addresses]
        self._events = [packets.Events(address, plan.boot) for address in addresses]
        self._ids = packets.packet_ids()
        self._second = (-1, b"")
        self._socket = socket.create_connection((plan.host, plan.port), timeout=ANSWER_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._window = self._connect()
        self._sent = self._acknowledged = self._refused = 0
        self._late_ms = 0.0

    def run(self) -> Outcome:
        """Send every message when it is due and wait for the last acknowledgement."""
        plan = self._plan
        self._socket.setblocking(False)
        waiting = memoryview(b"")
        while self._sent < plan.count or waiting or (plan.qos and self._acknowledged < self._sent):
            if not waiting:
                waiting = memoryview(self._due())
            if waiting:
                waiting = self._write(waiting)
            self._wait(writing=bool(waiting))
        self._leave()
        return Outcome(
            sent=self._sent,
            acknowledged=self._acknowledged,
            refused=self._refused,
            late_ms=round(self._late_ms, 3),
        )

    def _due(self) -> bytes:
        """Encode what is due by now, as far as the broker takes it unacknowledged."""
        plan = self._plan
        now_ms = plan.clock.now_ms()
        due = min(plan.count, int((now_ms - plan.start_ms) * plan.rate / 1000) + 1, self._sent + MOST_AT_ONCE)
        if plan.qos:
            due = min(due, self._acknowledged + self._window)
        if now_ms < plan.start_ms or due <= self._sent:
            return b""
        first_due_ms = plan.start_ms + self._sent * 1000 / plan.rate
        self._late_ms = max(self._late_ms, now_ms - first_due_ms)
        encode = self._event if plan.qos else self._measurement
        encoded = b"".join([encode(number) for number in range(self._sent, due)])
        self._sent = due
        return encoded

    def _measurement(self, number: int) -> bytes:
        plan = self._plan
        lap, device = divmod(number, len(plan.devices))
        due_ms = plan.start_ms + number * 1000 / plan.rate
        return self._telemetry[device].packet(self._time(due_ms), packets.FIRST_NUMBER + lap, due_ms)

    def _event(self, number: int) -> bytes:
        plan = self._plan
        lap, device = divmod(number, len(plan.devices))
        due_ms = plan.start_ms + number * 1000 / plan.rate
        packet_id = self._ids[number % len(self._ids)]
        sequence = packets.FIRST_NUMBER + lap
        return self._events[device].packet(packet_id, number, self._time(due_ms), sequence, due_ms)

    def _time(self, due_ms: float) -> bytes:
        whole_ms = int(due_ms)
        if self._second[0] != whole_ms:
            self._second = (whole_ms, packets.moment(whole_ms))
        return self._second[1]

    def _write(self, waiting: memoryview) -> memoryview:
        try:
            return waiting[self._socket.send(waiting) :]
        except BlockingIOError:
            return waiting

    def _wait(self, *, writing: bool) -> None:
        reading, _, _ = select.select([self._socket], [self._socket] if writing else [], [], WAIT_S)
        if reading:
            self._read()

    def _read(self) -> None:
        data = self._socket.recv(READ_BYTES)
        if not data:
            raise ConnectionError("the broker closed the connection")
        self._received += data
        found, taken = packets.split(self._received)
        self._received = self._received[taken:]
        for kind, body in found:
            if kind == packets.PUBACK:
                self._acknowledged += 1
                self._refused += len(body) > 2 and body[2] >= REFUSED

    def _leave(self) -> None:
        """Say goodbye, and wait until the broker has read everything and closes."""
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        self._socket.sendall(packets.DISCONNECT)
        while self._socket.recv(READ_BYTES):
            pass
        self._socket.close()

    def _connect(self) -> int:
        """Introduce ourselves; returns how many messages the broker takes unacknowledged."""
        plan = self._plan
        self._socket.sendall(packets.connect(f"bench-{plan.boot}", plan.username, plan.password))
        while not (found := packets.split(self._received)).found:
            data = self._socket.recv(READ_BYTES)
            if not data:
                raise ConnectionError("the broker closed the connection")
            self._received += data
        self._received = self._received[found.taken :]
        kind, body = found.found[0]
        if kind != packets.CONNACK or body[1]:
            raise ConnectionError(f"the broker refused the load: reason {body[1]}")
        return min(packets.receive_maximum(body[3:]), len(self._ids))


if __name__ == "__main__":
    outcome = Load(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)).run()
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
