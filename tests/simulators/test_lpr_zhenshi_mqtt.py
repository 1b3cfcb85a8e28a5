"""The pretend Zhenshi camera at a real mosquitto, met by mosquitto_sub and mosquitto_pub.

The words are golden vectors and our own: no camera of the vendor's could be had.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from simulators.host import Host
from tests.broker import Mosquitto
from tests.simulators.brokers import Watcher, watching
from tests.simulators.plates import RESIDENT, SERIAL, camera_gate, camera_options, plate_options, until
from tests.simulators.wiring import hosting

Bench = tuple[Host, Watcher]
PULSE = {"type": "gpio_out", "body": {"io": 0, "value": 2, "delay": 1500}}


def order(name: str, payload: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": "ask-1", "sn": SERIAL, "name": name, "version": "1.0", "timestamp": 1, "payload": payload}


@asynccontextmanager
async def bench(broker: Mosquitto, folder: Path, **options: Any) -> AsyncIterator[Bench]:
    plates = plate_options("zhenshi-mqtt", broker=f"mqtt://{broker.host}:{broker.port}")
    device = camera_gate(plates=plates, camera=camera_options(folder, **options))
    async with watching(broker) as watcher, hosting(device) as (host, _):
        await until(host, lambda: watcher.of("/up/keep_alive"))
        yield host, watcher


@pytest.mark.parametrize(
    ("layout", "root"), [("device-first", f"device/{SERIAL}"), ("serial-first", f"{SERIAL}/device")]
)
async def test_a_plate_is_told_and_an_order_opens_and_is_answered(
    mosquitto: Mosquitto, tmp_path: Path, layout: str, root: str
) -> None:
    async with bench(mosquitto, tmp_path, layout=layout) as (host, watcher):
        host.happen("garage", "vehicle-arrives")
        await until(host, lambda: watcher.of(f"{root}/message/up/ivs_result"))
        (said,) = watcher.of("/up/ivs_result")
        alarm = said["payload"]["AlarmInfoPlate"]
        result = alarm["result"]["PlateResult"]
        assert (said["sn"], alarm["serialno"], result["isoffline"]) == (SERIAL, SERIAL, 0)
        assert base64.b64decode(result["license"]).decode() == RESIDENT
        assert base64.b64decode(result["full_image_content"]).startswith(b"\xff\xd8")
        await watcher.publish(f"{root}/message/down/gpio_out", order("gpio_out", PULSE))
        await until(host, lambda: host.inspect("garage")["cars_passed"])
        (reply,) = watcher.of("/down/gpio_out/reply")
        assert (reply["code"], reply["id"], reply["sn"]) == (200, "ask-1", SERIAL)
        inputs = [each["payload"]["body"]["AlarmGioIn"]["result"] for each in watcher.of("/up/gpio_in")]
        assert {each["TriggerResult"]["source"] for each in inputs} == {0, 1, 2}
        stands = [each["payload"]["body"]["gate_status"] for each in watcher.of("/up/barr_gate_status")]
        assert stands[:2] == [0, 1]


async def test_only_newer_firmware_knows_the_barrier_by_name(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with bench(mosquitto, tmp_path, direct_open=False) as (host, watcher):
        down = f"device/{SERIAL}/message/down"
        await watcher.publish(f"{down}/gate_direct_open", order("gate_direct_open", None))
        await until(host, lambda: watcher.of("/gate_direct_open/reply"))
        wrong = PULSE | {"body": {"io": 0, "value": 2, "delay": 60_000}}
        await watcher.publish(f"{down}/gpio_out", order("gpio_out", wrong))
        await watcher.publish(f"{down}/gpio_out", "nonsense")
        await until(host, lambda: watcher.of("/gpio_out/reply"))
        assert [each.said["code"] for each in watcher.heard if "reply" in each.topic] == [404, 400]
        assert host.inspect("garage")["open_pulses"] == 0
    async with bench(mosquitto, tmp_path) as (host, watcher):
        await watcher.publish(f"{down}/gate_direct_open", order("gate_direct_open", None))
        await until(host, lambda: host.inspect("garage")["state"] == "open")
        assert watcher.of("/gate_direct_open/reply")[0]["code"] == 200


async def test_what_was_read_without_network_comes_later_marked_as_old(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with bench(mosquitto, tmp_path) as (host, watcher):
        host.fault("garage", "network-loss")
        for _ in range(3):
            host.happen("garage", "stranger-arrives")
        await until(host, lambda: host.inspect("garage")["records_kept"] == 3)
        assert watcher.of("/up/ivs_result") == []
        host.fault("garage", "none")
        await until(host, lambda: host.inspect("garage")["records_kept"] == 0)
        await until(host, lambda: len(watcher.of("/up/ivs_result")) == 3)
        said = [each["payload"]["AlarmInfoPlate"]["result"] for each in watcher.of("/up/ivs_result")]
        assert [each["PlateResult"]["isoffline"] for each in said] == [1, 1, 1]
        assert len({each["PlateResult"]["plateid"] for each in said}) == 3


async def test_a_broker_that_dies_loses_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    plates = plate_options("zhenshi-mqtt", broker=f"mqtt://{mosquitto.host}:{mosquitto.port}")
    device = camera_gate(plates=plates, camera=camera_options(tmp_path))
    async with hosting(device) as (host, _):
        await mosquitto.kill()
        host.happen("garage", "vehicle-arrives")
        await until(host, lambda: host.inspect("garage")["records_kept"])
        await mosquitto.start()
        async with watching(mosquitto) as watcher:
            await until(host, lambda: watcher.of("/up/ivs_result"))
            await until(host, lambda: host.inspect("garage")["records_kept"] == 0)
