"""Accounts at the site's own broker for devices that talk through it: plate cameras and face terminals.

Device and driver share one, which the site file names in the device's address; it may do no more than pass
between these two what the device's protocol has. A device at another broker is none of ours.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from hemei.site import DeviceTable, Site

FACESLUICE: Final = "mqtt/face"


class DeviceAccount(NamedTuple):
    """Whose account, where its password is kept, and the topics that it may read and write."""

    username: str
    password_file: Path
    topics: tuple[str, ...]


def device_accounts(site: Site) -> Iterator[DeviceAccount]:
    """Yield an account per device that has one at the site's own broker."""
    for device in site.tables.device:
        for url, options, topics in _wires(device):
            username, file = _user_at(site, url), options.get("password_file")
            if username and isinstance(file, str):
                yield DeviceAccount(username, site.path(file), topics)


def _wires(device: DeviceTable) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    """Yield addresses of brokers, with the options beside them and the device's topics there."""
    plates = device.options.get("plates")
    if isinstance(plates, Mapping) and plates.get("broker") and plates.get("serial"):
        serial = plates["serial"]
        yield str(plates["broker"]), plates, (f"device/{serial}/#", f"{serial}/device/#")
    wire = device.options.get("wire")
    if device.family_name == "face" and isinstance(wire, str):
        topic = f"{FACESLUICE}/{urlsplit(wire).path.strip('/')}"
        shared = (f"{FACESLUICE}/heartbeat", f"{FACESLUICE}/basic")
        yield wire, device.options, (topic, f"{topic}/#", *shared)


def _user_at(site: Site, url: str) -> str | None:
    """Return who the device is at the site's broker; None if it talks to another, or has no name."""
    try:
        parts = urlsplit(url)
        where = (parts.hostname, parts.port or 1883)
    except ValueError:
        return None
    mqtt = site.tables.mqtt
    ours = parts.scheme == "mqtt" and where == (mqtt.host, mqtt.port)
    return unquote(parts.username) if ours and parts.username else None
