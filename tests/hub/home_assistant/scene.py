"""The whole sample community beside a real Home Assistant: a broker with the site's own rules, a hub."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from contract.clock import SystemClock, rfc3339
from contract.messages import Scalar
from contract.mqtt import Connection
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings
from hemei.mosquitto import MONITOR, acl_file, rules
from hub.app import Hub
from hub.home_assistant import topics
from hub.settings import HubSettings
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.stage import HOST, host_settings, hosting, pretending
from tests.hub.home_assistant.assistant import GONE, HomeAssistant, Page, home_assistant
from tests.hub.home_assistant.puppets import Puppet, host, puppets, written
from tests.ledgers import new_ledger

TABLE = """
[home_assistant]
enabled = true
allow = ["sprinkler/garden-north", "gate/east-in"]
[home_assistant.inputs]
"sprinkler/garden-north/run" = {minutes = 5}
"""
LAWN = Address("hemei", "sprinkler", "garden-north")
GATE = Address("hemei", "gate", "east-in")
clock = SystemClock()


@dataclass
class Scene:
    """A broker with the site's own rules, a hub, the devices of the sample community, a Home Assistant."""

    broker: Mosquitto
    settings: HubSettings
    puppets: dict[Address, Puppet]
    link: Connection
    centre: "Centre"
    assistant: HomeAssistant

    @property
    def hub(self) -> Hub:
        """The hub that runs now."""
        return self.centre.hub

    @property
    def refused(self) -> int:
        """How many commands the hub has refused."""
        return self.hub._room.outside.home_assistant.refused

    async def command(self, address: Address, retain: bool = False, **fields: Any) -> None:
        """Publish a command as somebody would who has the hub's own account."""
        said = {"at": rfc3339(clock.now()), "action": "open"} | fields
        async with Connection(self.broker.broker("hub"), "forger") as link:
            await link.publish(topics.command(address), msgspec.json.encode(said), retain=retain)


class Centre:
    """A hub that can be stopped and started again, where it was."""

    def __init__(self, settings: HubSettings) -> None:
        self._settings = settings
        self.start()

    def start(self) -> None:
        """Start a hub."""
        self.hub, self._stop = Hub(self._settings), asyncio.Event()
        self._running = asyncio.create_task(self.hub.run(self._stop))

    async def stop(self) -> None:
        """Stop it."""
        self._stop.set()
        await self._running


@asynccontextmanager
async def centre_of(settings: HubSettings) -> AsyncIterator[Centre]:
    """Run a hub."""
    centre = Centre(settings)
    try:
        yield centre
    finally:
        await centre.stop()


@asynccontextmanager
async def set_up(folder: Path) -> AsyncIterator[Scene]:
    """Have everything of the sample community be there."""
    site = written(folder, TABLE)
    allowed = rules(site, demo=True)
    users = {name: f"{name}-secret" for name in allowed}
    async with Mosquitto(folder / "broker", users=users, acl=acl_file(allowed)) as broker:
        settings = HubSettings(
            site_id="hemei",
            title={"zh-CN": "和美小区"},
            areas=site.tables.site.areas,
            broker=broker.broker("hub"),
            data_dir=folder / "hub",
            http_port=0,
            ledger_url=new_ledger(folder / "ledger.sqlite"),
            home_assistant=site.tables.home_assistant,
        )
        there = {each.address: each for each in puppets(site, but=LAWN)}
        async with (
            Connection(broker.broker(MONITOR), "devices") as link,
            sprinkler(broker, folder),
            centre_of(settings) as centre,
            home_assistant(folder, broker.broker("home-assistant")) as assistant,
        ):
            for name in {each.thing.driver for each in there.values()}:
                if name != HOST:
                    await host(site, str(name)).appear(link)
            for each in there.values():
                await each.appear(link)
            yield Scene(broker, settings, there, link, centre, assistant)


@asynccontextmanager
async def sprinkler(broker: Mosquitto, folder: Path) -> AsyncIterator[None]:
    """Run a real driver over pretend hardware."""
    simulated = SimulatedDevice(
        kind="sprinkler",
        id=LAWN.device,
        family="sprinkler",
        options={"wire": "modbus-tcp://127.0.0.1:0?unit=1&channel=2"},
    )
    async with pretending(simulated) as pretend:
        device = DeviceSettings(
            kind="sprinkler",
            id=LAWN.device,
            family="sprinkler",
            title={"zh-CN": "花园北区", "en": "Garden, north"},
            options={"poll_s": 0.1, "wire": pretend.wires[f"sprinkler/{LAWN.device}"]},
        )
        async with hosting(host_settings(broker.broker(MONITOR), folder, device)):
            yield


def entity(component: str, address: Address, name: str) -> str:
    return f"{component}.{address.kind}_{address.device}_{name}".replace("-", "_")


def device(address: Address) -> str:
    return f"hemei-hemei_{address.kind}_{address.device}"


def expected(puppet: Puppet) -> dict[str, Scalar]:
    """Return what Home Assistant must show of a device, by entity."""
    there: dict[str, Scalar] = {}
    for name, spec in puppet.thing.model.properties.items():
        value = puppet.values[name]
        if spec.type == "boolean":
            there[entity("binary_sensor", puppet.address, name)] = "on" if value else "off"
        elif spec.enum or spec.type != "string":
            there[entity("sensor", puppet.address, name)] = value
    return there


def shows(page: Page, name: str, value: Scalar) -> bool:
    shown = page.state(name)
    if isinstance(value, str) or shown in (GONE, "unavailable", "unknown"):
        return shown == value
    return value is not None and float(shown) == float(value)


def wrong(page: Page, wanted: dict[str, Scalar]) -> dict[str, str]:
    """Return what is shown otherwise than wanted, and how."""
    return {name: page.state(name) for name, value in wanted.items() if not shows(page, name, value)}


async def all_right(scene: Scene, wanted: dict[str, Scalar]) -> Page:
    """Wait until all is shown as wanted; what is not is in the error."""
    try:
        return await scene.assistant.until(lambda page: not wrong(page, wanted))
    except TimeoutError:
        assert wrong(await scene.assistant.page(), wanted) == {}
        raise
