"""Every part is judged by what is known of it; what is not known is never called normal."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.messages import Availability, AvailabilityStatus, State
from contract.mqtt import Broker
from contract.things import Thing, read_description
from contract.topics import DRIVER_KIND, Address
from drivers.runtime.thing import HOST_MODEL
from hub.access.roles import Role
from hub.health.around import certificate_parts
from hub.health.backup import LastBackup, encode_last
from hub.health.certificates import Certificate, certificates_of
from hub.health.forecast import DAY_MS, HOUR_MS, Forecast, Sample, forecast
from hub.health.growth import Growth
from hub.health.inside import dropped_parts
from hub.health.processes import process_parts
from hub.webhooks.settings import Webhook
from tests.broker import Mosquitto, free_port
from tests.certificates import Authority
from tests.hub.api.house import House, clock, house
from tests.hub.webhooks.receiver import SECRET, receiving
from tests.waiting import eventually

of_hub = pytest.mark.asyncio(loop_scope="module")
pytestmark = pytest.mark.xdist_group("health")

PATH = "/api/v1/health/parts"
GB = 10**9
HOST = Address("hemei", DRIVER_KIND, "east")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("health")
    secret = folder / "secret"
    secret.write_text(SECRET)
    async with Mosquitto(folder / "mosquitto") as broker, receiving() as receiver:
        receiver.answers = [410]
        hook = Webhook(
            id="erp", url=receiver.url, secret_file=str(secret), events=("hemei.gate.*",), private=True
        )
        async with house(folder, broker=broker.broker(), webhooks=(hook,)) as running:
            await eventually(lambda: running.core.online)
            yield running


def host(hub: House, status: AvailabilityStatus = AvailabilityStatus.READY, **told: Any) -> None:
    """Have a driver host say how it does."""
    shadow = hub.core.shadows.of(HOST)
    thing = Thing(address=HOST, title={"zh-CN": "东侧主机", "en": "East host"}, model=HOST_MODEL)
    hub.core.shadows.describe(shadow, read_description(thing.description()))
    properties = {"outbox-waiting": 0, "devices": 2, "devices-ready": 2} | told
    now_ms = clock.now_ms()
    state = State(ts=clock.now(), boot=now_ms, seq=1, properties=properties)
    shadow.apply_state(state, now_ms, retained=False, now=clock.monotonic(), wall_ms=now_ms)
    hub.core.shadows.available(shadow, Availability(status=status, ts=clock.now()))


async def part(hub: House, ident: str) -> dict[str, Any]:
    """Ask how a part does."""
    parts = (await hub.get(PATH, Role.ADMIN)).json()["parts"]
    [found] = [each for each in parts if each["id"] == ident]
    one: dict[str, Any] = found
    return one


@of_hub
async def test_a_driver_host_is_judged_by_what_it_says_and_by_whether_it_is_heard(hub: House) -> None:
    host(hub)
    ready = await part(hub, "east")
    assert (ready["state"], ready["figures"]["devices_ready"], ready["title"]["en"]) == (
        "normal",
        2,
        "East host",
    )
    for told, says in (
        ({"devices-ready": 1}, "host-devices-away"),
        ({"outbox-waiting": 5000}, "host-backlog"),
        ({"events-refused": 1}, "host-refuses"),
    ):
        host(hub, **told)
        assert (await part(hub, "east"))["says"] == says
    host(hub, AvailabilityStatus.LOST)
    assert (await part(hub, "east"))["says"] == "host-stopped"


@of_hub
async def test_what_is_not_known_is_not_normal_and_the_worst_names_the_whole(hub: House) -> None:
    view = (await hub.get(PATH, Role.SUPERVISOR)).json()
    found = {each["id"]: each for each in view["parts"]}
    assert {found["canary"]["state"], found["none"]["state"]}.isdisjoint({"attention", "fault"})
    assert (found["broker"]["says"], found["supervisor"]["state"]) == ("link-online", "off")
    assert (found["backup"]["says"], view["state"] in ("attention", "fault")) == ("no-backup", True)
    made = hub.core.settings.data_dir / "last-backup"
    made.touch()
    assert (await part(hub, "backup"))["says"] == "backup-fresh"
    old = clock.now().timestamp() - 3 * 86_400
    os.utime(made, (old, old))
    assert (await part(hub, "backup"))["says"] == "backup-old"
    made.write_text(
        encode_last(LastBackup(made=clock.now(), folder="/mnt/b", verified=True, bytes=9, events=3))
    )
    told = await part(hub, "backup")
    assert (told["says"], told["figures"]["where"]) == ("backup-verified", "/mnt/b")
    assert (await hub.get(PATH, Role.GUARD)).status_code == 403
    assert (await hub.get(PATH, Role.WALL)).status_code == 403


@of_hub
async def test_a_webhook_that_gets_nothing_more_is_on_the_page_and_an_alarm_of_the_hub_s_own(
    hub: House,
) -> None:
    assert (await part(hub, "erp"))["says"] == "webhook-told"
    hub.commit(1)
    hub.room.outside.committed()
    await eventually(lambda: hub.room.outside.webhooks.failing)
    gone = await part(hub, "erp")
    assert (gone["group"], gone["state"], gone["says"]) == ("webhooks", "fault", "webhook-gone")
    assert (gone["figures"]["last_error"], gone["since"]) == ("HTTP 410", None)
    own = hub.room.watch.shadow.readings
    await eventually(lambda: own["webhook-failing"].value is True)


@of_hub
async def test_the_disk_is_measured_and_its_end_foretold(hub: House) -> None:
    await eventually(lambda: hub.room.health._measured_ms)
    assert (await part(hub, "ledger"))["figures"]["size_bytes"] > 0
    assert set((await part(hub, "history"))["figures"]) == {"size_bytes", "samples_a_day", "bytes_a_sample"}
    store = hub.room.health._store
    now_ms = clock.now_ms()
    with hub.core.engine.begin() as ledger:
        for hours in range(48, 0, -1):
            store.add(ledger, sample(now_ms - hours * HOUR_MS, 4 * GB + hours * GB // 24))
        store.add(ledger, sample(now_ms, 4 * GB))
    disk = await part(hub, "disk")
    assert (disk["state"], disk["says"]) == ("fault", "disk-nearly-full")
    assert 3.9 < disk["figures"]["full_in_days"] < 4.1


def sample(at_ms: int, free_bytes: int) -> Sample:
    return Sample(at_ms=at_ms, free_bytes=free_bytes, total_bytes=100 * GB)


def test_the_forecast_says_nothing_before_it_can_and_is_not_turned_by_one_clean_up() -> None:
    assert forecast([]) == Forecast()
    assert forecast([sample(0, 9 * GB), sample(HOUR_MS, 8 * GB)]) == Forecast()
    assert forecast([sample(0, 8 * GB), sample(DAY_MS, 9 * GB)]).days is None
    falling = [sample(hour * HOUR_MS, 100 * GB - hour * GB) for hour in range(72)]
    cleaned = [*falling[:36], *(sample(each.at_ms, each.free_bytes + 20 * GB) for each in falling[36:])]
    for samples in (falling, cleaned):
        told = forecast(samples)
        assert told.bytes_per_day is not None
        assert 0.4 * 24 * GB < told.bytes_per_day < 1.1 * 24 * GB


def test_what_is_dropped_now_is_a_problem_and_what_was_is_a_figure() -> None:
    growth = Growth()
    growth.look({"samples_shed": 5})
    [calm] = dropped_parts({"samples_shed": 5}, growth)
    [now] = dropped_parts({"samples_shed": 7}, growth)
    assert (calm.says, calm.figures["total"]) == ("not-dropping", 5)
    assert (now.says, now.figures["recent"]) == ("dropping", 2)


def test_processes_tell_of_restarts_and_silence_is_not_normal() -> None:
    now = clock.now()
    told = [
        {"name": "hub", "state": "running", "restarts": 0, "since": now.isoformat()},
        {"name": "drivers-a", "state": "running", "restarts": 2, "since": now.isoformat()},
        {"name": "drivers-b", "state": "stopped", "restarts": 1, "since": None},
    ]
    says = [each.says for each in process_parts(told, now, watched=True)]
    assert says == ["process-running", "process-restarted", "process-stopped"]
    assert [each.says for each in process_parts([], now, watched=True)] == ["supervisor-silent"]
    assert [each.says for each in process_parts([], now, watched=False)] == ["no-supervisor"]


def tls(port: int, certificate: Path, key: Path) -> tuple[str, ...]:
    return (f"listener {port} 127.0.0.1", f"certfile {certificate}", f"keyfile {key}")


async def test_certificates_are_read_from_the_file_and_from_the_broker(tmp_path: Path) -> None:
    now = clock.now()
    assert certificates_of(Broker(host="127.0.0.1", port=9)) == []
    nowhere = certificates_of(Broker(host="127.0.0.1", port=9, ca_file=str(tmp_path / "none")))
    assert {each.state.value for each in certificate_parts(nowhere, now)} == {"unknown"}
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue("localhost")
    async with Mosquitto(tmp_path / "tls", conf=tls(tls_port := free_port(), certificate, key)):
        shown = certificates_of(Broker(host="localhost", port=tls_port, ca_file=str(authority.ca_file)))
    assert all(each.until is not None and each.until > now for each in shown)
    ends = [Certificate(id=str(days), until=now + timedelta(days=days)) for days in (100, 10, -1)]
    says = [each.says for each in certificate_parts(ends, now)]
    assert says == ["certificate-holds", "certificate-ends-soon", "certificate-ended"]
