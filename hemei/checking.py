"""What `hemei check` looks at beyond the text of the site file: families, wires, secrets, certificates."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from contract.errors import ConfigurationError
from contract.topics import DRIVER_KIND, HUB_KIND
from drivers.runtime.families import make_driver
from drivers.runtime.thing import HOST_MODEL
from hemei import chargers, gates, viid, wires
from hemei.alarms import models
from hemei.alarms.in_force import in_force
from hemei.alarms.models import DataSheets, Device
from hemei.private_files import secret_fault
from hemei.settings import device_settings, ledger_url, simulated_device
from hemei.site import DeviceTable, Site
from hub.history.opened import MISSING
from hub.selfwatch import sheet
from hub.webhooks.message import read_secret
from simulators.clock import RealClock
from simulators.errors import SimulatorError
from simulators.families import create, family_names

PUBLIC_FILES: Final = ("certificate_file", "ca_file")


def faults(site: Site) -> Iterator[str]:
    """Yield everything that would keep a part from starting, each with its key and what is allowed."""
    yield from _secret_faults(site)
    yield from _ledger_faults(site)
    if site.tables.history.engine == "influxdb" and find_spec("influxdb_client") is None:
        yield MISSING
    ca_file = site.tables.mqtt.ca_file
    if ca_file is not None and not site.path(ca_file).is_file():
        yield f"[mqtt] ca_file = {ca_file!r}: there is no such file"
    plan_file = site.tables.site.plan_file
    if plan_file is not None and not site.path(plan_file).is_file():
        yield f"[site] plan_file = {plan_file!r}: there is no such file"
    yield from _stamp_faults(site)
    for device in site.tables.device:
        yield from _device_faults(site, device)
    yield from viid.file_faults(site)
    yield from wires.faults(site)
    yield from chargers.faults(site)
    yield from gates.faults(site)
    yield from _alarm_faults(site, data_sheets(site))


def data_sheets(site: Site) -> DataSheets:
    """Return the data sheets of the site's devices, of those whose options are right."""
    devices = []
    for each in site.tables.device:
        with suppress(ConfigurationError):
            model = make_driver(device_settings(site, each)).model
            area = each.location.area if each.location else None
            devices.append(Device(f"{each.kind}/{each.id}", each.kind, area, each.model, model))
    devices += [
        Device(f"{DRIVER_KIND}/{host.id}", DRIVER_KIND, None, None, HOST_MODEL)
        for host in site.tables.driver_host
    ]
    devices.append(Device(f"{HUB_KIND}/{HUB_KIND}", HUB_KIND, None, None, sheet.MODEL))
    return DataSheets(devices)


def _stamp_faults(site: Site) -> Iterator[str]:
    """Look whether it can be checked whose time stamps bundles get, where that is asked for."""
    said = site.tables.disclosure
    if said.stamp_authority_file is None:
        return
    place = f"[disclosure] stamp_authority_file = {said.stamp_authority_file!r}"
    if said.stamp_url is None:
        yield f"{place}: nothing is stamped; stamp_url must say by which server"
    from hub.bundle.stamping import roots_in  # noqa: PLC0415 - takes a while to load, and few want it

    try:
        roots_in(site.path(said.stamp_authority_file))
    except ConfigurationError as wrong:
        yield f"{place}: {wrong}"


def _alarm_faults(site: Site, sheets: DataSheets) -> Iterator[str]:
    """Look up what the site's own definitions name; those that ship were looked up before they shipped."""
    there = in_force(site.tables)
    for definition in there.definitions:
        key = definition.key
        place = there.place(key)
        if place is not None:
            yield from (f"{place} {fault}" for fault in models.faults(definition, sheets))


def _secret_faults(site: Site) -> Iterator[str]:
    tables = site.tables
    files = {"[hub]": tables.hub.mqtt_password_file}
    files |= {f"[driver_host {host.id}]": host.mqtt_password_file for host in tables.driver_host}
    if tables.home_assistant.enabled:
        files["[home_assistant]"] = tables.home_assistant.mqtt_password_file
    for place, written in files.items():
        fault = secret_fault(site.path(written))
        if fault:
            yield f"{place} mqtt_password_file = {written!r}: {fault}"
    token_file = tables.history.token_file
    token_fault = secret_fault(site.path(token_file)) if token_file else None
    if token_fault:
        yield f"[history] token_file = {token_file!r}: {token_fault}"
    for contact in tables.contact:
        fault = secret_fault(site.path(contact.url_file))
        if fault:
            yield f"[contact {contact.id}] url_file = {contact.url_file!r}: {fault}"
    for hook in tables.webhook:
        fault = secret_fault(site.path(hook.secret_file)) or signing_fault(site.path(hook.secret_file))
        if fault:
            yield f"[webhook {hook.id}] secret_file = {hook.secret_file!r}: {fault}"
    for device in tables.device:
        for key, written in _files(device.options):
            fault = _file_fault(key, site.path(written))
            if fault:
                yield f"device {device.kind}/{device.id}: options: {key} = {written!r}: {fault}"


def signing_fault(file: Path) -> str | None:
    """Say why a webhook cannot be signed with what a file holds; None if it can."""
    try:
        read_secret(file.read_text(encoding="utf-8"))
    except (ConfigurationError, UnicodeDecodeError) as wrong:
        return str(wrong)
    return None


def _files(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the files that options name, in tables among them too."""
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _files(value)
        elif key.endswith("_file") and isinstance(value, str):
            yield key, value


def _file_fault(key: str, file: Path) -> str | None:
    """Say what is wrong with a file of a device's options: all but certificates are secrets."""
    if key not in PUBLIC_FILES:
        return secret_fault(file)
    return None if file.is_file() else "there is no such file"


def _ledger_faults(site: Site) -> Iterator[str]:
    try:
        backend = make_url(ledger_url(site)).get_backend_name()
    except ArgumentError:
        backend = "no"
    if backend not in ("sqlite", "postgresql"):
        allowed = "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        yield f"[hub] ledger = {site.tables.hub.ledger!r}: {backend} ledger; allowed: {allowed}"


def _device_faults(site: Site, device: DeviceTable) -> Iterator[str]:
    """Let the driver build the device from its options, and the pretend hardware, where any is meant.

    Neither touches the wire yet. Not every real wire can be pretended: `https://`, or one without a port.
    """
    try:
        make_driver(device_settings(site, device))
    except ConfigurationError as wrong:
        yield str(wrong)
        return
    if device.simulated and device.family_name in family_names():
        pretend = simulated_device(site, device)
        try:
            create(pretend.family, pretend.id, pretend.options, RealClock())
        except SimulatorError as wrong:
            yield f"device {device.kind}/{device.id}: simulated: {wrong}"
