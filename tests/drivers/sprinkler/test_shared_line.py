"""Several zones and probes on one line: a shared board is read once for all, and nobody disturbs another."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from contract.topics import Address
from drivers.sprinkler import words
from tests.broker import Mosquitto
from tests.drivers.sprinkler.garden import LAWN, ROSES, Garden, device, simulated
from tests.drivers.stage import SPEED, Hurried, host_settings, hosting, listening, pretending, succeeded
from tests.serial_line import serial_line

BOTH = (LAWN, ROSES)


@asynccontextmanager
async def bus(mosquitto: Mosquitto, folder: Path) -> AsyncIterator[tuple[Garden, AsyncExitStack]]:
    """Run two zones on one board, three probes beside it, on one serial line; the stack holds the line."""
    clock = Hurried(SPEED)
    async with AsyncExitStack() as things, AsyncExitStack() as line:
        board_end, driver_end = await line.enter_async_context(serial_line(folder))
        options = {
            LAWN: {"soil": 11, "soil_profile": "soil-4in1", "air": 21},
            ROSES: {"soil": 12, "soil_profile": "soil-temperature-first", "air": 21},
        }

        def wired(end: Path, address: Address) -> dict[str, str]:
            given = options[address]
            units = {
                key: f"modbus-rtu://{end}?unit={unit}" for key, unit in given.items() if key != "soil_profile"
            }
            return {**units, "soil_profile": str(given["soil_profile"])}

        def board(end: Path, address: Address) -> str:
            return f"modbus-rtu://{end}?unit=1&channel={BOTH.index(address) + 1}"

        devices = [
            simulated(each, board(board_end, each), moisture=20.0 + n, **wired(board_end, each))
            for n, each in enumerate(BOTH)
        ]
        pretend = await things.enter_async_context(pretending(*devices))
        ear = await things.enter_async_context(listening(mosquitto.broker(), clock))
        zones = [device(board(driver_end, each), each, **wired(driver_end, each)) for each in BOTH]
        settings = host_settings(mosquitto.broker(), folder, *zones)
        await things.enter_async_context(hosting(settings, clock))
        for each in BOTH:
            await ear.status(each, "ready")
        yield Garden(pretend=pretend, ear=ear, settings=settings, clock=clock), line


async def test_two_zones_and_three_probes_share_a_serial_line(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with bus(mosquitto, tmp_path) as (garden, _):
        lawn, roses = garden.zone(LAWN), garden.zone(ROSES)
        await lawn.shows(soil_moisture=20.0, soil_temperature=16.0, air_temperature=18.0)
        await roses.shows(soil_moisture=21.0, soil_temperature=16.0, air_temperature=18.0)
        both = [await zone.ear.tell(zone.address, "run", {"minutes": 5}) for zone in (lawn, roses)]
        for zone, ident in zip((lawn, roses), both, strict=True):
            assert succeeded(await zone.ear.outcome(zone.address, ident))
        assert succeeded(await roses.do("stop"))
        assert (lawn.truth("valve_open"), roses.truth("valve_open")) == (True, False)
        lawn.breaks("soil-probe-dead")
        await lawn.shows(soil_moisture=None, state="watering")
        assert roses.shown("soil-moisture") == 21.0


async def test_a_line_pulled_out_and_put_back(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with bus(mosquitto, tmp_path) as (garden, line):
        lawn, roses = garden.zone(LAWN), garden.zone(ROSES)
        assert succeeded(await lawn.do("run", {"minutes": 10}))
        await line.aclose()
        for zone in (lawn, roses):
            await zone.ear.status(zone.address, "disconnected")
            await zone.shows(state="unknown", flow=None)
        roses.happens("opened-locally")
        await roses.becomes("valve_open", True)
        await line.enter_async_context(serial_line(tmp_path))
        for zone in (lawn, roses):
            await zone.ear.status(zone.address, "ready")
        await lawn.shows(state="watering", cause="manual")
        await roses.event(words.FOUND_OPEN)
        await roses.becomes("valve_open", False)
        assert (lawn.truth("openings"), len(lawn.events(words.WATERING_STARTED))) == (1, 1)
