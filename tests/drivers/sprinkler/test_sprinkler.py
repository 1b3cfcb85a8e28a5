"""The sprinkler driver and a pretend garden: real Modbus, a real driver host, a real broker."""

import asyncio
from pathlib import Path

from contract.messages import State
from drivers.sprinkler import words
from tests.broker import Mosquitto
from tests.drivers.sprinkler.garden import LAWN, TCP, code, device, garden, planted
from tests.drivers.stage import HOST_ADDRESS, host_settings, hosting, listening, succeeded
from tests.waiting import eventually

SOIL = "modbus-tcp://127.0.0.1:0?unit=11"
AIR = "modbus-tcp://127.0.0.1:0?unit=21"


async def test_run_succeeds_when_water_flows_and_ends_by_itself(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        assert succeeded(await lawn.do("run", {"minutes": 0.2}))
        assert lawn.truth("valve_open")
        assert lawn.truth("metered") > 1
        assert lawn.truth("openings") == 1
        await lawn.shows(state="watering", cause="manual", valve_open=True)
        started = await lawn.event(words.WATERING_STARTED)
        assert started.data == {"cause": "manual", "minutes": 0.2}
        ended = await lawn.event(words.WATERING_ENDED, why="finished")
        assert 8 < ended.data["seconds"] < 20
        assert 3 < ended.data["litres"] < 14
        assert lawn.truth("timed_closings") == 0, "the driver closed it, not the board"
        await lawn.shows(state="closed", remaining=0, cause="none")
        seen = [each.properties["state"] for each in lawn.ear.all(State, lawn.address)]
        assert [each for each in dict.fromkeys(seen) if each != "closed"][:2] == ["opening", "watering"]
        await eventually(lambda: abs(lawn.shown("water-total") - lawn.truth("litres")) < 3)


async def test_stop_closes_and_is_no_repeat(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        await lawn.do("run", {"minutes": 5})
        assert succeeded(await lawn.do("stop"))
        assert not lawn.truth("valve_open")
        await lawn.event(words.WATERING_ENDED, why="stopped")
        assert succeeded(await lawn.do("stop")), "a shut valve may be shut again"
        assert lawn.truth("openings") == 1
        assert code(await lawn.do("run", {"minutes": 61})) == ("refused", "too-long")


async def test_a_valve_that_does_not_open_fails_and_is_not_told_again(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        lawn.breaks("valve-stuck-closed")
        assert code(await lawn.do("run", {"minutes": 5})) == ("failed", "valve-stuck-closed")
        await lawn.event(words.FAULTED, fault="valve-stuck-closed")
        await lawn.becomes("current", False)
        assert lawn.truth("openings") == 1
        await lawn.shows(lockout="fault", state="closed")
        lawn.breaks("none")
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        await lawn.event(words.FAULT_CLEARED, fault="valve-stuck-closed")


async def test_a_valve_that_does_not_close_is_told(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        await lawn.do("run", {"minutes": 5})
        lawn.breaks("valve-stuck-open")
        assert code(await lawn.do("stop")) == ("failed", "valve-stuck-open")
        await lawn.event(words.FAULTED, fault="valve-stuck-open")
        await lawn.shows(state="fault")
        lawn.breaks("none")
        await lawn.event(words.FAULT_CLEARED)
        await lawn.event(words.WATERING_ENDED, why="stopped")
        await lawn.shows(state="closed")


async def test_a_dry_pipe_closes_the_valve_and_locks(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        lawn.breaks("dry-pipe")
        assert code(await lawn.do("run", {"minutes": 5})) == ("failed", "dry-pipe")
        await lawn.event(words.DRY_PIPE)
        await lawn.event(words.WATERING_ENDED, why="dry-pipe")
        await lawn.becomes("valve_open", False)
        await lawn.shows(dry_pipe=True, lockout="dry-pipe")
        assert succeeded(await lawn.do("reset"))
        await lawn.shows(dry_pipe=False, lockout="none")


async def test_a_flow_that_breaks_off_or_a_dead_meter_ends_the_watering(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        lawn.breaks("flow-meter-dead")
        await lawn.event(words.WATERING_ENDED, why="dry-pipe")
        await lawn.becomes("valve_open", False)


async def test_a_leak_locks_until_it_ends(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        lawn.breaks("leak")
        leak = await lawn.event(words.LEAK_DETECTED)
        assert 5 < leak.data["rate"] < 7
        await lawn.shows(state="leaking", leak=True, lockout="leak")
        assert code(await lawn.do("run", {"minutes": 5})) == ("refused", "leak")
        assert lawn.truth("openings") == 0
        lawn.breaks("none")
        await lawn.event(words.LEAK_ENDED)
        await lawn.shows(state="closed", leak=False, lockout="none")


async def test_dry_soil_is_watered_until_it_is_wet(mosquitto: Mosquitto, tmp_path: Path) -> None:
    sim = {"soil": SOIL, "moisture": 20.0, "soil_speed": 100.0, "dries_mm_h": 0.0}
    async with garden(mosquitto, tmp_path, sim, dry_below=22, wet_at=26) as lawn:
        await lawn.event(words.WATERING_STARTED, cause="soil")
        ended = await lawn.event(words.WATERING_ENDED, cause="soil", why="wet")
        assert ended.data["litres"] > 0
        assert 25.5 < lawn.truth("soil_moisture") < 30
        await lawn.shows(state="closed")


async def test_unknown_soil_is_not_dry_soil(mosquitto: Mosquitto, tmp_path: Path) -> None:
    """The silent probe is asked seldom enough that its line has time for the valve, on a busy machine too."""
    sim, soil = {"soil": SOIL, "moisture": 5.0}, {"dry_below": 22, "wet_at": 26, "poll_probes_s": 2}
    patient = {"move_timeout_s": 30, "dry_after_s": 30}
    async with planted(mosquitto, tmp_path, sim, **soil, **patient) as planting:
        lawn = planting.zone()
        lawn.breaks("soil-probe-mad")
        await planting.start()
        await lawn.shows(soil_temperature=None, soil_moisture=None, lockout="soil-unknown")
        assert lawn.truth("openings") == 0
        lawn.breaks("none")
        await lawn.event(words.WATERING_STARTED, cause="soil")
        lawn.breaks("soil-probe-dead")
        await lawn.event(words.WATERING_ENDED, why="soil-unknown")
        assert succeeded(await lawn.do("run", {"minutes": 5})), "a person may"


async def test_rain_ends_what_began_by_itself_and_frost_everything(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    sim = {"soil": SOIL, "moisture": 10.0, "air": AIR}
    async with garden(
        mosquitto, tmp_path, sim, dry_below=22, wet_at=40, rest_minutes=0, rain_delay_minutes=0
    ) as lawn:
        await lawn.event(words.WATERING_STARTED, cause="soil")
        lawn.happens("rain-starts")
        await lawn.event(words.WATERING_ENDED, why="rain")
        await lawn.shows(raining=True, lockout="rain", state="closed")
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        lawn.happens("frost")
        await lawn.event(words.FROST_LOCKED)
        await lawn.event(words.WATERING_ENDED, why="frost")
        await lawn.shows(frost_lock=True, lockout="frost", air_temperature=-3.0)
        assert code(await lawn.do("run", {"minutes": 5})) == ("refused", "frost")
        lawn.happens("thaw")
        lawn.happens("rain-stops")
        await lawn.event(words.FROST_UNLOCKED)
        await eventually(lambda: len(lawn.events(words.WATERING_STARTED)) == 3)


async def test_whoever_comes_near_is_sprayed_and_has_a_rest(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path, approach_s=3, approach_rest_s=600) as lawn:
        lawn.happens("someone-approaches")
        await lawn.shows(presence=True)
        await lawn.event(words.WATERING_STARTED, cause="approach")
        ended = await lawn.event(words.WATERING_ENDED, cause="approach", why="finished")
        assert ended.data["seconds"] < 10
        assert lawn.truth("presence"), "still there"
        await lawn.shows(state="closed")
        assert lawn.truth("openings") == 1


async def test_switched_off_and_held_off(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path, approach_s=5) as lawn:
        assert succeeded(await lawn.do("hold-off", {"hours": 2}))
        await lawn.shows(lockout="hold-off")
        lawn.happens("someone-approaches")
        await lawn.shows(presence=True)
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        assert succeeded(await lawn.do("set-mode", {"mode": "off"}))
        await lawn.event(words.WATERING_ENDED, cause="manual", why="off")
        assert code(await lawn.do("run", {"minutes": 5})) == ("refused", "off")
        await lawn.shows(mode="off", lockout="off", next_run=None)
        assert lawn.truth("openings") == 1


async def test_fire_waters_through_frost_and_off_until_it_is_over(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with garden(mosquitto, tmp_path, {"air": AIR}) as lawn:
        lawn.happens("frost")
        await lawn.do("set-mode", {"mode": "off"})
        await lawn.shows(frost_lock=True)
        assert succeeded(await lawn.do("fire-release", {"active": True}))
        await lawn.shows(fire=True, state="watering")
        assert code(await lawn.do("stop")) == ("refused", "fire")
        assert succeeded(await lawn.do("fire-release", {"active": False}))
        assert not lawn.truth("valve_open")
        await lawn.shows(fire=False, state="closed")


async def test_a_valve_opened_at_the_board_is_closed_in_the_end(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path, longest_run_minutes=0.2) as lawn:
        lawn.happens("opened-locally")
        await lawn.event(words.WATERING_STARTED, cause="local")
        await lawn.event(words.LONGEST_RUN_EXCEEDED)
        await lawn.event(words.WATERING_ENDED, cause="local", why="longest-run")
        await lawn.becomes("valve_open", False)


async def test_the_board_lost_and_back(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with garden(mosquitto, tmp_path) as lawn:
        await lawn.do("run", {"minutes": 5})
        lawn.breaks("power-loss")
        await lawn.ear.status(lawn.address, "disconnected")
        await lawn.shows(state="unknown", valve_open=None, flow=None, presence=None)
        lawn.breaks("none")
        await lawn.ear.status(lawn.address, "ready")
        await lawn.event(words.WATERING_ENDED, why="closed-by-board")
        await lawn.shows(state="closed")
        assert lawn.truth("openings") == 1, "it is not opened again"


async def test_a_board_that_talks_nonsense_is_counted_by_the_host(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(100):
            writer.write(b"\x15\x03 please hold the line")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    wire = f"modbus-tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}?unit=1"
    settings = host_settings(mosquitto.broker(), tmp_path, device(wire))
    async with server, listening(mosquitto.broker()) as ear, hosting(settings):
        told = await ear.status(LAWN, "disconnected")
        assert "no answer" in (told.reason or "")
        await eventually(
            lambda: (said := ear.last(State, HOST_ADDRESS)) and said.properties["malformed"] != 0, 15
        )


async def test_a_flash_on_relay_closes_by_itself(mosquitto: Mosquitto, tmp_path: Path) -> None:
    sim = {"profile": "relay-8", "wire": TCP + "&channel=5"}
    async with garden(mosquitto, tmp_path, sim, profile="relay-8") as lawn:
        assert succeeded(await lawn.do("run", {"minutes": 1}))
        assert 60 < lawn.truth("closes_in_s") <= 75
        await lawn.shows(state="watering", flow=None, soil_moisture=None)
        assert succeeded(await lawn.do("stop"))
        assert (lawn.truth("valve_open"), lawn.truth("openings")) == (False, 1)
