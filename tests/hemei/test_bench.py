"""`hemei bench`: its packets are MQTT, and what it reports of small loads is right."""

import json
import os
import struct
import subprocess
import sys

import pytest

from contract.codec import decode
from contract.messages import Event, Telemetry
from contract.topics import Address
from hemei.bench import packets
from hemei.bench.live import quantile as quantile_of_steps
from hemei.bench.packets import FIRST_NUMBER, split
from hemei.bench.viewer import quantile
from hemei.bench.wall import Look, growth
from hemei.bench.wall_page import Footprint
from tests.peers import require_program

DEVICE = Address("bench", "sensor", "bench-00001")
MARKER = 1_795_487_114_123.456


def payload(packet: bytes, qos: int) -> tuple[str, bytes]:
    """Take one PUBLISH apart: topic and payload."""
    [(kind, body)], taken = split(packet)
    assert (kind, taken) == (packets.PUBLISH >> 4, len(packet))
    (length,) = struct.unpack_from(">H", body)
    rest = body[2 + length + (2 if qos else 0) :]
    assert rest[0] == 0  # no properties
    return body[2 : 2 + length].decode(), rest[1:]


def test_telemetry_is_what_the_contract_says() -> None:
    packet = packets.Telemetry(DEVICE, 7).packet(packets.moment(int(MARKER)), FIRST_NUMBER + 5, MARKER)
    topic, body = payload(packet, 0)
    assert topic == "hemei/bench/sensor/bench-00001/telemetry"
    message = decode(Telemetry, body)
    assert (message.boot, message.seq, message.values) == (7, FIRST_NUMBER + 5, {"t": MARKER})
    assert message.ts.timestamp() * 1000 == int(MARKER)


def test_events_are_what_the_contract_says() -> None:
    encode = packets.Events(DEVICE, 7).packet
    packet = encode(b"\x01\x02", 3, packets.moment(int(MARKER)), FIRST_NUMBER, MARKER)
    topic, body = payload(packet, 1)
    assert topic == "hemei/bench/sensor/bench-00001/event"
    message = decode(Event, body)
    assert (message.id, message.source) == ("7-0000000003", str(DEVICE))
    assert (message.boot, message.sequence, message.data) == (7, FIRST_NUMBER, {"t": MARKER})


def test_packets_are_split_where_they_end() -> None:
    acknowledged = b"\x40\x02\x00\x01" + b"\x40\x03\x00\x02\x10"
    assert split(acknowledged + b"\x40\x02\x00") == ([(4, b"\0\1"), (4, b"\0\2\x10")], len(acknowledged))
    assert split(b"\x40") == ([], 0)
    assert split(b"\x40\x80") == ([], 0)


def test_the_receive_maximum_is_found_among_other_properties() -> None:
    others = (
        b"\x22\x00\x0a"
        + b"\x12\x00\x02ab"
        + b"\x26\x00\x01a\x00\x01b"
        + b"\x27\x00\x00\x00\x01"
        + b"\x24\x01"
    )
    assert packets.receive_maximum(others + b"\x21\x03\xe8") == 1000
    assert packets.receive_maximum(others) == 65_535


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.99, 99.0), (0.999, 100.0), (1.0, 100.0)])
def test_a_quantile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert quantile([float(number) for number in range(1, 101)], share) == value
    assert quantile([], share) is None


@pytest.mark.parametrize("qos", [0, 1])
def test_a_small_load_is_measured(qos: int) -> None:
    require_program("mosquitto", "mosquitto")
    options = ["--rate", "400", "--qos", str(qos), "--devices", "20", "--seconds", "2", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "hemei", "bench", "ingest", *options], capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert (answer["sent"], answer["lost"], answer["duplicates"]) == (800, 0, 0)
    assert 100 < answer["sustained"] <= 440
    assert 0 < answer["p50_ms"] <= answer["p99_ms"] <= answer["p999_ms"]
    assert set(answer["processes"]) == {"broker", "hub", "viewer", "load"}
    assert all(used["cpu_s"] > 0 and used["rss_peak_mib"] > 1 for used in answer["processes"].values())
    assert answer["viewer"]["events"] == (800 if qos else 0)


CORES = """
import os
from contract.errors import ConfigurationError
from hemei.bench.apart import move_to, take_other_cores
core = take_other_cores()
assert core not in os.sched_getaffinity(0)
move_to(core, os.getpid())
assert os.sched_getaffinity(0) == {core}
try:
    take_other_cores()
except ConfigurationError as told:
    print(told)
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
def test_a_core_is_left_to_the_hub_alone() -> None:
    """In a process of its own: what is chosen there lasts as long as the process."""
    done = subprocess.run([sys.executable, "-c", CORES], capture_output=True, check=True, text=True)
    assert done.stdout == "--apart needs two cores; there is one\n"


def test_alarms_arrive_beside_other_load() -> None:
    """docs/complaints.md, 7: elsewhere telemetry holds alarms back for minutes, at a small load."""
    require_program("mosquitto", "mosquitto")
    options = ["--rate", "20", "--background", "1000", "--devices", "50", "--seconds", "3", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "hemei", "bench", "alarms", *options], capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert (answer["sent"], answer["background_sent"]) == (60, 3_000)
    assert (answer["lost"], answer["unseen"], answer["twice"], answer["out_of_order"]) == (0, 0, 0, 0)
    assert 0 < answer["p50_ms"] <= answer["p99_ms"] <= answer["longest_ms"]


def test_quantiles_of_steps_are_told_in_ms() -> None:
    assert quantile_of_steps({10: 98, 500: 1, 900: 1}, 0.5) == 1.0
    assert quantile_of_steps({10: 98, 500: 1, 900: 1}, 0.99) == 50.0
    assert quantile_of_steps({10: 98, 500: 1, 900: 1}, 1.0) == 90.0
    assert quantile_of_steps({}, 0.5) is None


def test_growth_is_a_line_through_what_comes_after_warming_up() -> None:
    def look(days: float, heap: float) -> Look:
        return Look(
            days=days, footprint=Footprint(heap_mib=heap, nodes=100, listeners=int(days), process_mib=80.0)
        )

    warm, rest = [look(0.0, 5.0)], [look(float(day), 9.0 + 2 * day) for day in range(1, 4)]
    found = growth([*warm, *rest])
    assert (found.days, found.heap_mib_a_day, found.nodes_a_day, found.listeners_a_day) == (
        3.0,
        2.0,
        0.0,
        1.0,
    )
    assert found.exceeds(1.9)
    assert not found.exceeds(2.0)


def test_all_viewers_see_every_alarm_once() -> None:
    require_program("mosquitto", "mosquitto")
    options = [
        "--viewers",
        "3",
        "--rate",
        "200",
        "--alarms",
        "5",
        "--devices",
        "20",
        "--seconds",
        "1",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "hemei", "bench", "live", *options], capture_output=True, check=True
    )
    one, three = json.loads(done.stdout)["populations"]
    for seen in (one, three):
        assert (seen["published"], seen["alarms"]) == (205, 5)
        assert (seen["alarms_missed"], seen["alarms_twice"], seen["cut_off"]) == (0, 0, 0)
        assert 0 < seen["p50_ms"] <= seen["p99_ms"] <= seen["worst_p99_ms"] <= seen["longest_ms"]
    assert three["viewers"] == 3
    assert three["hub_peak_mib"] > 1


def test_the_wall_is_measured() -> None:
    require_program("mosquitto", "mosquitto")
    require_program("chromium", "chromium")
    options = [
        "--devices",
        "30",
        "--alarms",
        "5",
        "--soak",
        "2",
        "--seconds",
        "2",
        "--limit",
        "0",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "hemei", "bench", "wall", *options], capture_output=True, check=False
    )
    answer = json.loads(done.stdout)
    assert done.returncode == int(answer["growth"]["heap_mib_a_day"] > 0), done.stderr
    assert answer["frames"]["mean_fps"] > 0
    assert 0 < answer["start"]["heap_mib"] < answer["start"]["process_mib"]
    assert answer["said"]["changes"] > 50
    assert answer["growth"]["days"] > 0
    assert answer["open_ms"] > 0
