"""The driver and the pretend Hikvision camera: own simulator, over real sockets, with Digest."""

from pathlib import Path

from drivers.plates.options import PlateOptions
from tests.broker import free_port
from tests.drivers.plates.desk import Desk, secret_file, serving
from tests.simulators.cameras import credentials
from tests.simulators.plates import RESIDENT, camera_gate, camera_options, plate_options, until
from tests.simulators.wiring import hosting


async def test_a_resident_is_seen_on_the_channel_and_let_in_by_the_relay(desk: Desk, tmp_path: Path) -> None:
    account = credentials(tmp_path)
    pretended = plate_options("hikvision-stream", url="http://127.0.0.1:0", credentials_file=account)
    device = camera_gate(plates=pretended, camera=camera_options(tmp_path, patience_s=8.0))
    async with hosting(device) as (host, wires):
        options = PlateOptions(
            wire="hikvision-stream", url=wires["gate/garage"], credentials_file=account, direction="in"
        )
        async with serving(desk, options):
            await until(host, lambda: desk.signs)
            host.happen("garage", "vehicle-arrives")
            await until(host, lambda: host.inspect("garage")["cars_passed"])
        assert host.inspect("garage")["open_pulses"] == 1
    (seen,) = desk.sightings
    assert (seen.plate, seen.replay, len(seen.pictures)) == (RESIDENT, False, 2)
    assert desk.nonsense == []


async def test_what_nobody_took_comes_as_a_replay_and_opens_nothing(desk: Desk, tmp_path: Path) -> None:
    port = free_port()
    secret = secret_file(tmp_path)
    pretended = plate_options("hikvision-push", listen=f"127.0.0.1:{port}", secret_file=secret)
    device = camera_gate(plates=pretended, camera=camera_options(tmp_path, patience_s=8.0))
    async with hosting(device) as (host, _):
        host.happen("garage", "vehicle-arrives")
        await until(host, lambda: host.inspect("garage")["records_kept"])
        options = PlateOptions(wire="hikvision-push", listen=f"127.0.0.1:{port}", secret_file=secret)
        async with serving(desk, options):
            await until(host, lambda: desk.sightings)
        assert host.inspect("garage")["open_pulses"] == 0
    assert [(each.plate, each.replay) for each in desk.sightings] == [(RESIDENT, True)]
