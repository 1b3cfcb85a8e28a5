"""Which ports a demo uses, the same from start to start where they are free, and its site file."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from hemei import language
from hemei.demo import community
from hemei.demo.belongings import write_belongings
from hemei.demo.community import Wiring
from hemei.demo.options import Options
from hemei.demo.ports import Ports
from hemei.private_files import write_private
from hemei.site import Site, read_site

DEFAULT_MQTT_PORT: Final = 18_830
DEFAULT_HTTP_PORT: Final = 8_080
FIRST_DEVICE_PORT: Final = 15_020


class LastPorts(Struct, frozen=True, kw_only=True):
    """The ports of the last start."""

    mqtt: int = 0
    http: int = 0
    devices: dict[str, int] = {}


def write_site(
    options: Options, ports: Ports, protocol: Literal["5", "3.1.1"], note: Callable[[str], None]
) -> Site:
    """Reserve ports, write the site file for them and read it back; `note` is told of a taken port."""
    folder = options.data_dir.absolute()
    chosen = community.devices(options.choice)
    memory = folder / "ports.json"
    last = _remembered(memory)
    now = LastPorts(
        http=_http_port(options.http_port, last, ports, note),
        mqtt=ports.take(last.mqtt, DEFAULT_MQTT_PORT),
        devices=_device_ports(community.port_names(chosen), last, ports),
    )
    write_private(memory, msgspec.json.encode(now).decode(), mode=0o644)
    wiring = Wiring(
        mqtt_port=now.mqtt,
        mqtt_protocol=protocol,
        http_port=now.http,
        ports=now.devices,
    )
    write_private(folder / community.PLAN.name, community.PLAN.read_text(encoding="utf-8"), mode=0o644)
    write_belongings(folder)
    community.write_addresses(folder, chosen, now.devices)
    file = folder / "site.toml"
    write_private(file, community.site_text(chosen, wiring), mode=0o644)
    return read_site(file)


def _remembered(memory: Path) -> LastPorts:
    try:
        return msgspec.json.decode(memory.read_bytes(), type=LastPorts)
    except (OSError, msgspec.MsgspecError):
        return LastPorts()


def _http_port(asked: int | None, last: LastPorts, ports: Ports, note: Callable[[str], None]) -> int:
    if asked:
        return ports.take_exactly(asked)
    if asked == 0:
        return ports.take(last.http)
    port = ports.take(DEFAULT_HTTP_PORT, last.http)
    if port != DEFAULT_HTTP_PORT:
        note(language.PORT_TAKEN(port=DEFAULT_HTTP_PORT, other=port))
    return port


def _device_ports(names: list[str], last: LastPorts, ports: Ports) -> dict[str, int]:
    return {
        name: ports.take(last.devices.get(name, 0), FIRST_DEVICE_PORT + nth) for nth, name in enumerate(names)
    }
