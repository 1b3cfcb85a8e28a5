"""Pretend sensors met by a real Modbus master: mbpoll, over TCP and over a serial line that several share."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from simulators.errors import BadOptions
from simulators.host import Host, SimulatedDevice
from tests.serial_line import serial_line
from tests.simulators.wiring import Mbpoll, Polled, hosting


def sensor(ident: str, wire: str, profile: str, **options: Any) -> SimulatedDevice:
    options = {"wire": wire, "profile": profile, **options}
    return SimulatedDevice(kind="sensor", id=ident, family="sensor", options=options)


async def holding(mbpoll: Mbpoll, count: int) -> Polled:
    """Read holding registers from address 0."""
    return await mbpoll._run("-t", "4", "-r", "0", "-c", str(count), mbpoll._target)


class Site:
    """Four units and a board on one line, each with an mbpoll of its own."""

    def __init__(self, host: Host, line: str, settings: str) -> None:
        self.host = host
        self._line, self._settings = line, settings

    def unit(self, number: int) -> Mbpoll:
        return Mbpoll(f"{self._line}?unit={number}{self._settings}")


def units(line: str) -> list[SimulatedDevice]:
    return [
        sensor("shed", f"{line}?unit=1", "smoke"),
        sensor("road", f"{line}?unit=2", "manhole"),
        sensor("air", f"{line}?unit=3", "temperature-humidity"),
        sensor("cable", f"{line}?unit=4", "water-leak"),
        sensor("tank", f"{line}?unit=5&channel=2", "input-board", **{"class": "level"}),
        sensor(
            "pump", f"{line}?unit=5&channel=8", "input-board", **{"class": "contact"}, normally_closed=True
        ),
        sensor("lift", f"{line}?unit=6&channel=16", "input-word", **{"class": "presence"}),
    ]


@pytest_asyncio.fixture(params=["tcp", "rtu"])
async def site(request: pytest.FixtureRequest, tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        if request.param == "rtu":
            ours, theirs = await stack.enter_async_context(serial_line(tmp_path))
            line, master, settings = f"modbus-rtu://{ours}", f"modbus-rtu://{theirs}", "&baudrate=9600"
        else:
            line = master = f"modbus-tcp://127.0.0.1:{unused_tcp_port}"
            settings = ""
        host, _ = await stack.enter_async_context(hosting(*units(line)))
        yield Site(host, master, settings)


async def test_mbpoll_reads_every_sensor_on_the_line(site: Site) -> None:
    for ident, happening in (
        ("shed", "smoke"),
        ("road", "cover-opens"),
        ("cable", "water-leaks"),
        ("tank", "level-rises"),
        ("lift", "somebody-comes"),
    ):
        site.host.happen(ident, happening)
    site.host.step(20)
    assert (await site.unit(1).inputs(6)).values == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0}
    smoke = (await site.unit(1).registers(3)).values
    assert 450 < smoke[0] < 600
    assert smoke[2] == 100
    assert (await site.unit(2).registers(4)).values == {0: 1, 1: 750, 2: 100, 3: 35}
    truth = site.host.inspect("air")
    climate = (await site.unit(3).registers(2, first=1)).values
    assert climate == {
        1: round(float(truth["temperature"] or 0) * 10),
        2: round(float(truth["humidity"] or 0) * 10),
    }
    where = round(float(site.host.inspect("cable")["at_m"] or 0) * 10)
    assert (await holding(site.unit(4), 3)).values == {0: 1, 1: 0, 2: where}
    assert (await site.unit(5).inputs(8)).values == {0: 0, 1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 1}
    assert (await holding(site.unit(6), 1)).values[0] & 0xFFFF == 0x8000


async def test_mbpoll_silences_tests_and_resets_a_detector(site: Site) -> None:
    shed = site.unit(1)
    site.host.happen("shed", "smoke-puff")
    site.host.step(10)
    assert (await shed.write(0, 1)).code == 0
    assert (await shed.inputs(6)).values == {0: 1, 1: 0, 2: 0, 3: 0, 4: 1, 5: 0}
    assert (await shed.write(2, 1)).code == 0
    assert (await shed.write(1, 1)).code == 0
    site.host.step(1)
    assert (await shed.inputs(6)).values == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 1}
    site.host.step(10)
    assert (await shed.inputs(6)).values == dict.fromkeys(range(6), 0)
    assert (await shed.coils(3)).values == {0: 0, 1: 0, 2: 0}


async def test_what_a_sensor_does_not_have_it_refuses(site: Site) -> None:
    assert "Illegal data address" in (await site.unit(1).inputs(7)).text
    assert "Illegal function" in (await site.unit(2).inputs(1)).text
    assert "Illegal function" in (await site.unit(5).registers(1)).text
    assert "timed out" in (await site.unit(9).inputs(1)).text


async def test_a_dark_board_takes_its_sensors_with_it_and_no_other(site: Site) -> None:
    site.host.fault("tank", "power-loss")
    assert "timed out" in (await site.unit(5).inputs(8)).text
    assert (await site.unit(1).inputs(6)).code == 0
    site.host.fault("tank", "none")
    assert (await site.unit(5).inputs(8)).code == 0


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        (("unit=1&channel=1", "input-board"), ("unit=1&channel=1", "input-board"), "two sensors"),
        (("unit=1&channel=1", "input-board"), ("unit=1&channel=9", "input-board"), "1 to 8"),
        (("unit=1&channel=1", "input-board"), ("unit=1", "input-board"), "1 to 8"),
        (("unit=1&channel=1", "input-board"), ("unit=1&channel=2", "input-word"), "is a input-board"),
        (("unit=1", "manhole"), ("unit=1", "smoke"), "two devices have this unit"),
    ],
)
async def test_what_cannot_hang_together_is_named(
    first: tuple[str, str], second: tuple[str, str], complaint: str, unused_tcp_port: int
) -> None:
    line = f"modbus-tcp://127.0.0.1:{unused_tcp_port}?"
    devices = [
        sensor(str(number), line + at, profile, **({"class": "smoke"} if "input" in profile else {}))
        for number, (at, profile) in enumerate((first, second))
    ]
    with pytest.raises(BadOptions, match=complaint):
        async with hosting(*devices):
            pass
