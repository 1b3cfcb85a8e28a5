"""What is measured: a broker and a hub of our own in a new folder, or a site that runs already."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from contract.clock import SystemClock
from contract.errors import ConfigurationError
from contract.mqtt import Broker
from hemei import mosquitto
from hemei.broker_files import account_files, write_broker_files
from hemei.demo.parts import Parts
from hemei.demo.ports import Ports
from hemei.mosquitto import MONITOR, Layout
from hemei.people import access_of
from hemei.private_files import read_secret, write_private
from hemei.settings import hub_settings
from hemei.site import Site, read_site
from hemei.supervisor import ProcessStatus, Supervisor
from hemei.toml_text import toml_table
from hub.access.roles import Role

SITE_ID: Final = "bench"
TOKEN_LIFETIME_S: Final = 3600.0


class Target(Struct, frozen=True, kw_only=True):
    """A running site: how to load it, look at it, and which processes it is made of, by name."""

    site: Site
    account: Broker
    url: str
    token: str
    processes: dict[str, int]

    @property
    def live_url(self) -> str:
        """Where the live stream is."""
        return self.url.replace("http", "ws", 1) + "/api/v1/live"


@asynccontextmanager
async def private_target(extra: str = "") -> AsyncIterator[Target]:
    """Run mosquitto and a hub on an empty site until the end of `async with`; `extra`: more of its file."""
    program = mosquitto.find_program()
    if program is None:
        raise ConfigurationError("bench needs mosquitto: apt-get install mosquitto")
    with tempfile.TemporaryDirectory(prefix="hemei-bench-") as name, _own_ports() as (mqtt, http):
        folder = Path(name)
        site = _write_site(folder, mqtt, http, extra)
        layout = Layout(folder=folder, store=folder / "data" / "mosquitto", port=mqtt, tls_port=None)
        parts = Parts(site, layout, write_broker_files(site, layout, demo=True), program)
        async with Supervisor(SystemClock()) as supervisor:
            supervisor.start(parts.broker())
            await supervisor.ready("broker")
            supervisor.start(parts.hub())
            await supervisor.ready("hub")
            yield Target(
                site=site,
                account=parts.account,
                url=parts.url,
                token=await _token(site),
                processes={each.name: each.pid for each in supervisor.statuses() if each.pid is not None},
            )


@asynccontextmanager
async def running_target(file: Path) -> AsyncIterator[Target]:
    """Measure a site that runs already, such as a demo; its `monitor` account must be allowed to publish."""
    site = read_site(file)
    settings = hub_settings(site)
    password = read_secret(account_files(site)[MONITOR])
    yield Target(
        site=site,
        account=msgspec.structs.replace(settings.broker, username=MONITOR, password=password),
        url=f"http://{settings.http_host}:{settings.http_port}",
        token=await _token(site),
        processes=named_processes(settings.processes_file),
    )


@contextmanager
def _own_ports() -> Iterator[tuple[int, int]]:
    with Ports() as ports:
        yield ports.take(), ports.take()


def _write_site(folder: Path, mqtt_port: int, http_port: int, extra: str) -> Site:
    tables = [
        toml_table("[site]", {"id": SITE_ID, "title": {"zh-CN": "性能测试", "en": "Benchmark"}}),
        toml_table("[mqtt]", {"port": mqtt_port}),
        toml_table("[hub]", {"http_port": http_port}),
        # Devices of the load say nothing but what they measure: to the rules they would all be offline.
        toml_table("[alarm_change.sensor-offline]", {"enabled": False}),
        extra,
    ]
    write_private(folder / "site.toml", "\n".join(tables))
    return read_site(folder / "site.toml")


async def _token(site: Site) -> str:
    """Make a token for an hour, in place of that of the last run."""
    async with access_of(site) as access:
        await access.revoke_token("bench")
        return await access.create_token("bench", Role.WALL, TOKEN_LIFETIME_S)


def named_processes(processes_file: Path | None) -> dict[str, int]:
    """Return the process ids of a demo by name; none where no demo runs."""
    if processes_file is None or not processes_file.exists():
        return {}
    statuses = msgspec.json.decode(processes_file.read_bytes(), type=list[ProcessStatus])
    return {status.name: status.pid for status in statuses if status.pid is not None}
