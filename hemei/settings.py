"""Give each part of the product its own settings, made from the site file.

Only the part that is asked for is imported: `hemei simulators` loads no web framework.
"""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from contract.errors import ConfigurationError
from contract.mqtt import Broker
from hemei.alarms.drafting import SiteDrafting
from hemei.alarms.in_force import in_force, order_kinds
from hemei.control_socket import control_socket
from hemei.private_files import read_secret
from hemei.site import DeviceTable, Site, known_names
from hub.disclosure.settings import DisclosureSettings
from hub.notify.contact import Contact
from hub.viid.settings import ViidSettings
from hub.webhooks.settings import Webhook

if TYPE_CHECKING:
    from drivers.runtime.settings import DeviceSettings, HostSettings
    from hub.history.influx.settings import InfluxSettings
    from hub.settings import HubSettings, Retention
    from simulators.host import SimulatedDevice, SimulatorSettings
    from simulators.telephone.device import TelephoneSettings
    from simulators.viid.device import LibrarySettings
    from simulators.viid.subscribing import Wishes


def broker(site: Site, username: str, password_file: str) -> Broker:
    """Return how an account reaches the broker; ConfigurationError if its secret cannot be read."""
    mqtt = site.tables.mqtt
    return Broker(
        host=mqtt.host,
        port=mqtt.port,
        protocol=mqtt.protocol,
        ca_file=str(site.path(mqtt.ca_file)) if mqtt.ca_file else None,
        username=username,
        password=read_secret(site.path(password_file)),
    )


def hub_settings(site: Site, *, insecure: bool = False) -> "HubSettings":
    """Return what the hub is told."""
    from hub.settings import HubSettings  # noqa: PLC0415 - only where a hub runs

    hub = site.tables.hub
    there = in_force(site.tables)
    return HubSettings(
        site_id=site.tables.site.id,
        tenant=site.tables.site.tenant,
        title=site.tables.site.title,
        areas=site.tables.site.areas,
        plan_file=site.path(site.tables.site.plan_file) if site.tables.site.plan_file else None,
        broker=broker(site, hub.mqtt_username, hub.mqtt_password_file),
        data_dir=site.path(hub.data_dir),
        http_host=hub.http_host,
        http_port=hub.http_port,
        ledger_url=ledger_url(site),
        processes_file=site.path(hub.processes_file) if hub.processes_file else None,
        retention=retention(site),
        influx=influx(site) if site.tables.history.engine == "influxdb" else None,
        insecure=insecure,
        timezone=site.tables.site.timezone,
        wall=site.tables.wall,
        alarms=there.definitions,
        drafting=SiteDrafting(site.file, site.tables, there, known_names(site.tables)),
        contacts=contacts(site),
        webhooks=webhooks(site),
        posts=tuple(site.tables.post),
        supplies=tuple(site.tables.supply),
        order_kinds=order_kinds(site.tables),
        working_hours=site.tables.orders.working_hours,
        charging=site.tables.charging,
        passes=site.tables.passes,
        register=site.tables.register,
        commissioning=site.tables.commissioning,
        home_assistant=site.tables.home_assistant,
        disclosure=disclosure(site),
        viid=viid(site),
        police=site.tables.police,
        export_command=(sys.executable, "-m", "hemei", "export", "--config", str(site.file.resolve())),
    )


def disclosure(site: Site) -> DisclosureSettings:
    """Return what is said of disclosures, with its paths made whole."""
    said = site.tables.disclosure
    whole = {
        name: str(site.path(written))
        for name in ("folder", "stamp_authority_file")
        if (written := getattr(said, name)) is not None
    }
    return replace(said, **whole)


def retention(site: Site) -> "Retention":
    """Return how long things are kept."""
    from hub.settings import Retention  # noqa: PLC0415 - only where a hub runs

    return msgspec.convert(msgspec.to_builtins(site.tables.hub.retention), Retention)


def influx(site: Site) -> "InfluxSettings":
    """Return how history reaches InfluxDB; ConfigurationError if that is not said, or its secret is open."""
    from hub.history.influx.settings import MEBIBYTE, InfluxSettings  # noqa: PLC0415 - only where a hub runs

    table = site.tables.history
    name = table.bucket or table.database
    if table.url is None or name is None:
        raise ConfigurationError(f"{site.file}: [history] url: missing; expected where InfluxDB is")
    return InfluxSettings(
        url=table.url,
        bucket=name,
        database=table.database or name,
        org=table.org or "-",
        token=read_secret(site.path(table.token_file)) if table.token_file else None,
        buffer_dir=site.path(site.tables.hub.data_dir) / "history-influxdb",
        buffer_bytes=table.buffer_mb * MEBIBYTE,
        timeout_s=table.timeout_s,
    )


def contacts(site: Site) -> tuple[Contact, ...]:
    """Return who can be told; the files with their addresses count from the site file's folder."""
    return tuple(replace(each, url_file=str(site.path(each.url_file))) for each in site.tables.contact)


def webhooks(site: Site) -> tuple[Webhook, ...]:
    """Return which programs are told; the files with their secrets count from the site file's folder."""
    return tuple(replace(each, secret_file=str(site.path(each.secret_file))) for each in site.tables.webhook)


def viid(site: Site) -> ViidSettings:
    """Return what the police feed is told; its files count from the site file's folder."""
    said = site.tables.viid
    return replace(
        said,
        password_file=str(site.path(said.password_file)),
        ca_file=str(site.path(said.ca_file)) if said.ca_file else None,
        profile_file=str(site.path(said.profile_file)) if said.profile_file else None,
        subscriptions=replace(
            said.subscriptions, password_file=str(site.path(said.subscriptions.password_file))
        ),
    )


def ledger_url(site: Site) -> str:
    """Return the ledger's SQLAlchemy URL; a relative SQLite path counts from the site file's folder."""
    url = site.tables.hub.ledger
    if url is None:
        return f"sqlite:///{site.path(site.tables.hub.data_dir) / 'ledger.sqlite'}"
    scheme, separator, path = url.partition(":///")
    if scheme == "sqlite" and separator and path:
        return f"sqlite:///{site.path(path)}"
    return url


def host_settings(site: Site, name: str | None) -> "HostSettings":
    """Return what a driver host is told; without a name the only one there is."""
    from drivers.runtime.settings import HostSettings  # noqa: PLC0415 - only where drivers run

    host = site.driver_host(name)
    return HostSettings(
        site_id=site.tables.site.id,
        tenant=site.tables.site.tenant,
        host_id=host.id,
        broker=broker(site, host.username, host.mqtt_password_file),
        data_dir=site.path(host.folder),
        devices=tuple(
            device_settings(site, device) for device in site.tables.device if device.driver_host == host.id
        ),
    )


def device_settings(site: Site, device: DeviceTable) -> "DeviceSettings":
    """Return what a driver host is told of one device."""
    from drivers.runtime.settings import DeviceSettings  # noqa: PLC0415 - only where drivers run

    return DeviceSettings(
        kind=device.kind,
        id=device.id,
        family=device.family_name,
        title=device.title,
        model=device.model,
        location=device.location,
        options=_with_paths(site, device.options),
    )


def _with_paths(site: Site, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options whose files, `…_file`, count from the site file's folder, in tables among them too."""

    def placed(key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return _with_paths(site, value)
        return str(site.path(value)) if key.endswith("_file") and isinstance(value, str) else value

    return {key: placed(key, value) for key, value in options.items()}


def simulator_settings(site: Site, *, speed: float = 1.0) -> "SimulatorSettings":
    """Return what the pretend hardware is told: every device of which there is a pretend family."""
    from simulators.families import family_names  # noqa: PLC0415 - only where simulators run
    from simulators.host import SimulatorSettings  # noqa: PLC0415 - the same

    known = family_names()
    simulated = [simulated_device(site, each) for each in site.tables.device if each.family_name in known]
    if not simulated:
        families = ", ".join(known)
        raise ConfigurationError(
            f"{site.file}: no device in it can be simulated; allowed families: {families}"
        )
    return SimulatorSettings(
        devices=simulated,
        library=_library(site),
        telephone=_telephone(site),
        control_socket=control_socket(site),
        speed=speed,
    )


def _library(site: Site) -> "LibrarySettings | None":
    """Return the pretend view library, which knows us by what `[viid]` says; ConfigurationError."""
    from simulators.viid.device import LibrarySettings  # noqa: PLC0415 - only where simulators run

    table, said = site.tables.simulators.library, viid(site)
    if table is None:
        return None
    password = _secret("[viid] password_file", said.password_file, said.secret)
    wishes = _wishes(site, said) if table.subscribes else None
    return LibrarySettings(id=table.id, port=table.port, account=said.id, password=password, wishes=wishes)


def _wishes(site: Site, said: ViidSettings) -> "Wishes":
    from simulators.viid.subscribing import Wishes  # noqa: PLC0415 - only where simulators run

    own = said.subscriptions
    return Wishes(
        site=f"http://127.0.0.1:{site.tables.hub.http_port}",
        site_id=said.id,
        account=own.username,
        password=_secret("[viid.subscriptions] password_file", own.password_file, own.secret),
    )


def _secret(place: str, file: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except OSError as error:
        raise ConfigurationError(f"{place} = {file!r}: {error.strerror}") from error


def _telephone(site: Site) -> "TelephoneSettings | None":
    """Return the pretend telephones."""
    from simulators.telephone.device import TelephoneSettings  # noqa: PLC0415 - only where simulators run

    table = site.tables.simulators.telephone
    if table is None:
        return None
    return TelephoneSettings(port=table.port, owners=table.owners, timezone=site.tables.site.timezone)


def simulated_device(site: Site, device: DeviceTable) -> "SimulatedDevice":
    """Return what the pretend hardware is told of one device.

    Of `[device.options]`, which are meant for the driver, it gets what it knows (the wire, the profile);
    `[device.simulated]` is its alone, and is checked to the last key.
    """
    from simulators.host import SimulatedDevice  # noqa: PLC0415 - only where simulators run

    known = {field.encode_name for field in msgspec.structs.fields(_simulated_options(device.family_name))}
    shared = {key: value for key, value in device.options.items() if key in known}
    options = _with_paths(site, shared | device.simulated)
    return SimulatedDevice(kind=device.kind, id=device.id, family=device.family_name, options=options)


def _simulated_options(family: str) -> Any:
    """Return the options struct of a pretend family, where `simulators.families` says that it is."""
    return importlib.import_module(f"simulators.{family}.family").Options
