"""Every device of the sample community as its driver describes it.

Each says once what it shows; a test moves it from there. Whatever a property may hold, it holds.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from contract.clock import SystemClock
from contract.codec import encode
from contract.messages import Availability, AvailabilityStatus, Scalar, State
from contract.mqtt import Connection
from contract.things import Property, Thing
from contract.topics import Address, Channel
from drivers.runtime.families import make_driver
from drivers.runtime.thing import HOST_MODEL
from hemei.demo import community
from hemei.demo.belongings import write_belongings
from hemei.demo.community import Choice, Wiring
from hemei.device_accounts import device_accounts
from hemei.private_files import secret_in, write_private
from hemei.settings import device_settings
from hemei.site import Site, read_site

PERSONAL = "粤B·12345 王晓明"
"""What a property of free text holds."""

PATIENT_S = 3600.0
clock = SystemClock()


def written(folder: Path, more: str) -> Site:
    """Write the sample community's site file, with `more` at its end, and read it back."""
    chosen = community.devices(Choice())
    ports = {name: 20_000 + nth for nth, name in enumerate(community.port_names(chosen))}
    wiring = Wiring(mqtt_port=1883, mqtt_protocol="5", http_port=8080, ports=ports)
    write_private(folder / "site.toml", community.site_text(chosen, wiring) + more, mode=0o644)
    (folder / community.PLAN.name).write_bytes(community.PLAN.read_bytes())
    write_belongings(folder)
    site = read_site(folder / "site.toml")
    for each in device_accounts(site):
        secret_in(each.password_file)
    return site


class Puppet(NamedTuple):
    """A device that does nothing by itself."""

    thing: Thing
    values: Mapping[str, Scalar]

    @property
    def address(self) -> Address:
        """Where it is."""
        return self.thing.address

    async def appear(self, link: Connection) -> None:
        """Describe itself, and say how it is."""
        await link.publish(self.address.topic(Channel.DESCRIPTION), self.thing.description(), retain=True)
        await self.say(link, AvailabilityStatus.READY)
        await self.show(link, 1)

    async def say(self, link: Connection, status: AvailabilityStatus) -> None:
        """Say whether it can be talked to."""
        await say(link, self.address, status)

    async def show(self, link: Connection, seq: int, **changed: Scalar) -> None:
        """Say what its properties are."""
        values = dict(self.values) | {name.replace("_", "-"): value for name, value in changed.items()}
        state = State(ts=clock.now(), boot=1, seq=seq, properties=values)
        await link.publish(self.address.topic(Channel.STATE), encode(state), retain=True)


async def say(link: Connection, address: Address, status: AvailabilityStatus) -> None:
    """Say whether a thing can be talked to."""
    said = encode(Availability(status=status, ts=clock.now()))
    await link.publish(address.topic(Channel.AVAILABILITY), said, retain=True)


def puppets(site: Site, but: Address) -> Iterator[Puppet]:
    """Yield every device, without one that a driver drives; no two of a family show the same."""
    for nth, device in enumerate(site.tables.device):
        if site.address(device) == but:
            continue
        model = make_driver(device_settings(site, device)).model
        thing = Thing(
            address=site.address(device),
            title=device.title,
            model=replace(model, heartbeat_s=PATIENT_S),
            product=device.model,
            location=device.location,
            driver=device.driver_host,
        )
        yield Puppet(thing, {name: _value(spec, nth) for name, spec in model.properties.items()})


def host(site: Site, name: str) -> Puppet:
    """Return a driver host that does nothing by itself."""
    address = Address(site.tables.site.id, "driver", name)
    model = replace(HOST_MODEL, heartbeat_s=PATIENT_S)
    thing = Thing(address=address, title={"zh-CN": name}, model=model)
    return Puppet(thing, dict.fromkeys(model.properties, 7))


def _value(spec: Property, nth: int) -> Scalar:
    if spec.type == "boolean":
        return nth % 2 == 0
    if spec.type == "string":
        return spec.enum[nth % len(spec.enum)] if spec.enum else PERSONAL
    value = nth + (0 if spec.type == "integer" else 0.5)
    least = 0 if spec.minimum is None else spec.minimum
    return value if spec.maximum is None else min(least + value, spec.maximum)
