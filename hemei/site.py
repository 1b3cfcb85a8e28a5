"""The site file: one TOML text that says which community this is and what stands in it.

Paths in it count from the folder of the file. Reading it checks everything that can be known from the text
alone; `hemei.checking` looks at the files it names and at what each device family makes of its options.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from msgspec import Meta, Struct, field

from contract.errors import ConfigurationError
from contract.things import Location
from contract.topics import DRIVER_KIND, HUB_KIND, Address, is_id
from hemei import history_table, strict
from hemei.alarms.in_force import order_kinds, site_faults
from hemei.alarms.known import Known
from hemei.alarms.shipped import shipped
from hemei.alarms.tables import AlarmTables
from hemei.history_table import HistoryTable
from hemei.home_assistant import home_assistant_faults
from hemei.police import TelephoneTable, police_faults
from hemei.viid import LibraryTable, viid_faults
from hub.charging.settings import ChargingSettings
from hub.commissioning.settings import CommissioningSettings
from hub.disclosure.settings import DisclosureSettings
from hub.home_assistant.settings import HomeAssistantSettings
from hub.live.wall import WallSettings
from hub.passes.settings import PassSettings
from hub.referrals.settings import PoliceSettings
from hub.register.settings import RegisterSettings
from hub.viid.settings import ViidSettings
from hub.webhooks.settings import Webhook

SUPPLY_KIND: Final = "supply"
KEPT: Final = {
    DRIVER_KIND: "driver hosts",
    HUB_KIND: "the hub itself",
    SUPPLY_KIND: "[[supply]] tables",
}
"""Kinds that no device may have."""

Port = Annotated[int, Meta(ge=1, le=65535)]
Titles = dict[str, str]


class SiteTable(Struct, frozen=True, kw_only=True):
    """`[site]`: which community; `id` stands in every topic.

    `areas` names its areas; `plan_file` is the picture of its first plan. Shifts, nights and working
    hours are those of `timezone`.
    """

    id: str
    title: Titles
    tenant: str = "default"
    timezone: str = "Asia/Shanghai"
    areas: dict[str, Titles] = field(default_factory=dict)
    plan_file: str | None = None


class MqttTable(Struct, frozen=True, kw_only=True):
    """`[mqtt]`: the broker that all parts share; `ca_file` switches TLS on."""

    host: str = "127.0.0.1"
    port: Port = 1883
    protocol: Literal["5", "3.1.1"] = "5"
    ca_file: str | None = None


class RetentionTable(Struct, frozen=True, kw_only=True):
    """`[hub.retention]`: how many days each resolution of history is kept, and files.

    `evidence_days` count from the end of an alarm, `media_days` and `passes_days` from the event. GA/T
    1742-2020 asks for 365 days of events.
    """

    raw_days: Annotated[int, Meta(ge=1)] = 7
    minute_days: Annotated[int, Meta(ge=1)] = 90
    hour_days: Annotated[int, Meta(ge=1)] = 5 * 366
    evidence_days: Annotated[int, Meta(ge=30)] = 365
    media_days: Annotated[int, Meta(ge=30)] = 90
    passes_days: Annotated[int, Meta(ge=30)] = 365


class HubTable(Struct, frozen=True, kw_only=True):
    """`[hub]`: where it listens, what it keeps and who it is to the broker. `http_port` 0 takes any."""

    data_dir: str = "data/hub"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    mqtt_username: str = "hub"
    mqtt_password_file: str = "secrets/hub.mqtt"  # noqa: S105 - names a file
    ledger: str | None = None
    processes_file: str | None = None
    retention: RetentionTable = field(default_factory=RetentionTable)


class DriverHostTable(Struct, frozen=True, kw_only=True):
    """`[[driver_host]]`: a process that drives devices; several may run on several machines."""

    id: str
    mqtt_password_file: str
    mqtt_username: str | None = None
    data_dir: str | None = None

    @property
    def username(self) -> str:
        """The broker account, by default named like the host."""
        return self.mqtt_username or self.id

    @property
    def folder(self) -> str:
        """Where its outbox lies, as written in the site file or the default."""
        return self.data_dir or f"data/drivers/{self.id}"


class SimulatorsTable(Struct, frozen=True, kw_only=True):
    """`[simulators]`: where running simulators listen for faults and scenarios.

    `library`: a view library of the police among them, which lets in whom `[viid]` says that we are.
    `telephone`: where letters arrive that the hub sends to people outside.
    """

    control: str = "data/simulators.sock"
    library: LibraryTable | None = None
    telephone: TelephoneTable | None = None


class DeviceTable(Struct, frozen=True, kw_only=True):
    """`[[device]]`: one thing in the community. `family`, a folder of `drivers`, is by default the kind.

    `options` are the driver's, `simulated` those of the pretend hardware alone.
    """

    kind: str
    id: str
    driver_host: str
    title: Titles
    family: str | None = None
    model: str | None = None
    location: Location | None = None
    options: dict[str, Any] = field(default_factory=dict)
    simulated: dict[str, Any] = field(default_factory=dict)

    @property
    def family_name(self) -> str:
        """Which device family drives it."""
        return self.family or self.kind


class SiteFile(AlarmTables, frozen=True, kw_only=True):
    """The whole file."""

    site: SiteTable
    mqtt: MqttTable = field(default_factory=MqttTable)
    hub: HubTable = field(default_factory=HubTable)
    history: HistoryTable = field(default_factory=HistoryTable)
    simulators: SimulatorsTable = field(default_factory=SimulatorsTable)
    driver_host: list[DriverHostTable] = field(default_factory=list)
    device: list[DeviceTable] = field(default_factory=list)
    charging: ChargingSettings = field(default_factory=ChargingSettings)
    passes: PassSettings = field(default_factory=PassSettings)
    register: RegisterSettings = field(default_factory=RegisterSettings)
    commissioning: CommissioningSettings = field(default_factory=CommissioningSettings)
    webhook: list[Webhook] = field(default_factory=list)
    home_assistant: HomeAssistantSettings = field(default_factory=HomeAssistantSettings)
    disclosure: DisclosureSettings = field(default_factory=DisclosureSettings)
    viid: ViidSettings = field(default_factory=ViidSettings)
    police: PoliceSettings = field(default_factory=PoliceSettings)
    wall: WallSettings | None = None


class Site(Struct, frozen=True, kw_only=True):
    """A site file that has been read, and where it was."""

    file: Path
    tables: SiteFile

    def path(self, written: str) -> Path:
        """Resolve a path of the site file."""
        return (self.file.parent / written).absolute()

    def address(self, device: DeviceTable) -> Address:
        """Return what the device is called on MQTT."""
        return Address(self.tables.site.id, device.kind, device.id)

    def driver_host(self, name: str | None) -> DriverHostTable:
        """Find a driver host; without a name the only one. ConfigurationError names those there are."""
        hosts = self.tables.driver_host
        if name is None and len(hosts) == 1:
            return hosts[0]
        for host in hosts:
            if host.id == name:
                return host
        known = ", ".join(host.id for host in hosts) or "none"
        asked = f"driver host {name!r} is not in it" if name else "say which driver host to run"
        raise ConfigurationError(f"{self.file}: {asked}; allowed: {known}")


def read_site(file: Path) -> Site:
    """Read a site file; ConfigurationError lists all faults: file, key and what is allowed, a line each."""
    tables = strict.convert(strict.read_toml(file), SiteFile, where=str(file))
    wrong = [f"{file}: {fault}" for fault in _faults(tables)]
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    return Site(file=file.absolute(), tables=tables)


def _faults(tables: SiteFile) -> Iterator[str]:
    yield from _id_fault("[site] id", tables.site.id)
    yield from _id_fault("[site] tenant", tables.site.tenant)
    yield from _title_fault("[site]", tables.site.title)
    yield from _timezone_fault(tables.site.timezone)
    yield from history_table.faults(tables.history)
    for host in tables.driver_host:
        yield from _id_fault("[[driver_host]] id", host.id)
    yield from _repeats("[[driver_host]] id", (host.id for host in tables.driver_host))
    yield from _repeats("[[device]] kind and id", (f"{each.kind}/{each.id}" for each in tables.device))
    yield from _repeats("[[webhook]] id", (each.id for each in tables.webhook))
    yield from _repeats("[[disclosure.bases]] key", (each.key for each in tables.disclosure.bases))
    yield from _shared_accounts(tables)
    hosts = [host.id for host in tables.driver_host]
    for device in tables.device:
        yield from _device_faults(device, hosts)
    yield from home_assistant_faults(tables.home_assistant, tables.device)
    yield from viid_faults(tables.viid, tables.device, tables.simulators.library)
    known = known_names(tables)
    yield from police_faults(tables.police, known, tables.contact)
    yield from site_faults(tables, known)


def known_names(tables: SiteFile) -> Known:
    """Return the names that definitions of alarms may use."""
    devices = tables.device
    places = {f"{each.kind}/{each.id}": each.location.area if each.location else None for each in devices}
    hosts = [f"{DRIVER_KIND}/{host.id}" for host in tables.driver_host]
    supplies = [f"{SUPPLY_KIND}/{supply.id}" for supply in tables.supply]
    return Known(
        kinds=frozenset({*KEPT, *shipped().kinds, *(each.kind for each in devices)}),
        areas=frozenset({*tables.site.areas, *filter(None, places.values())}),
        devices=places | dict.fromkeys([*hosts, *supplies]),
        products=frozenset(filter(None, (each.model for each in devices))),
        contacts=frozenset(each.id for each in tables.contact),
        posts=frozenset(each.id for each in tables.post),
        order_kinds=frozenset(each.key for each in order_kinds(tables)),
    )


def _device_faults(device: DeviceTable, hosts: list[str]) -> Iterator[str]:
    place = f"[device {device.kind}/{device.id}]"
    yield from _id_fault(f"{place} kind", device.kind)
    yield from _id_fault(f"{place} id", device.id)
    yield from _title_fault(place, device.title)
    if device.kind in KEPT:
        yield f"{place} kind = {device.kind!r}: is kept for {KEPT[device.kind]}; allowed: any other kind"
    if device.driver_host not in hosts:
        close = difflib.get_close_matches(device.driver_host, hosts, n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        known = ", ".join(hosts) or "none: there is no [[driver_host]]"
        yield f"{place} driver_host = {device.driver_host!r}: no such host; {guess}allowed: {known}"
    if device.location is not None:
        for axis in ("x", "y"):
            value = getattr(device.location, axis)
            if value is not None and not 0 <= value <= 1:
                yield f"{place} location.{axis} = {value}: allowed: 0 to 1, across the site plan"


def _shared_accounts(tables: SiteFile) -> Iterator[str]:
    """Each process is somebody else to the broker, or its rules could not tell them apart."""
    names = [tables.hub.mqtt_username, *(host.username for host in tables.driver_host)]
    names += [tables.home_assistant.mqtt_username] if tables.home_assistant.enabled else []
    yield from _repeats("mqtt_username", names)


def _repeats(what: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{what} = {value!r}: stands {count} times; allowed: once"


def _id_fault(what: str, value: str) -> Iterator[str]:
    if not is_id(value):
        yield f"{what} = {value!r}: allowed: 1 to 64 of a-z, 0-9 and -"


def _timezone_fault(name: str) -> Iterator[str]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = difflib.get_close_matches(name, available_timezones(), n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        yield f'[site] timezone = {name!r}: is not there; {guess}allowed: names such as "Asia/Shanghai"'


def _title_fault(place: str, title: Titles) -> Iterator[str]:
    if not title or not all(title.values()):
        yield f'{place} title: is empty; allowed: a text per language, {{zh-CN = "…", en = "…"}}'
