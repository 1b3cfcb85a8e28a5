"""Which device is reached where: two at one place would be moved together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from drivers.plates.push import Secret, read_secret
from hemei.site import Site


class Place(NamedTuple):
    """What one device alone may have, as options name it: `shown` in a message, `secret` never."""

    shown: str
    secret: Secret | None = None


def faults(site: Site) -> Iterator[str]:
    """Yield the places that stand at more than one device."""
    devices = defaultdict(list)
    for device in site.tables.device:
        for place in _places(site, device.options):
            devices[place].append(f"{device.kind}/{device.id}")
    for place, those in devices.items():
        if len(those) > 1:
            yield f"[device.options] {place.shown}: stands at {', '.join(those)}; allowed: one device"


def _places(site: Site, options: Mapping[str, Any]) -> Iterator[Place]:
    wire = options.get("wire")
    if isinstance(wire, str):
        yield _device(wire)
    plates = options.get("plates")
    if isinstance(plates, Mapping):
        yield from _camera(site, plates)


def _device(wire: str) -> Place:
    """Return the place of a device: on a broker, whichever way that is written, its serial number."""
    with suppress(ValueError):
        parts = urlsplit(wire)
        if parts.scheme in ("mqtt", "mqtts"):
            return Place(f"wire: the serial number {parts.path.strip('/')!r}")
    return Place(f"wire = {wire!r}")


def _camera(site: Site, plates: Mapping[str, Any]) -> Iterator[Place]:
    """Yield the places of a plate camera. Its `wire` is a protocol, which many have."""
    said = {key: value for key, value in plates.items() if isinstance(value, str)}
    if "listen" in said and "secret_file" in said:
        with suppress(ValueError):  # that it cannot be read is told elsewhere
            secret = read_secret(str(site.path(said["secret_file"])))
            yield Place(f"plates: listen = {said['listen']!r} with one secret", secret)
    if "broker" in said and "serial" in said:
        yield Place(f"plates: serial = {said['serial']!r}")
    if "url" in said:
        yield Place(f"plates: url = {said['url']!r} with channel = {plates.get('channel', 1)}")
