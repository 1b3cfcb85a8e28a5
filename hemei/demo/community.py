"""The demo's community, 和美小区: what stands in it, read from `community.toml` and written as a site file.

There a `{name}` in an address stands for a TCP port, the same one wherever the name is the same. Where only
a part of the community is wanted, alarms, posts and supplies are narrowed to that.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract.charging import CHARGER_KIND
from contract.topics import ROOT
from hemei.demo import feed, police
from hemei.demo.narrowing import alarm_tables
from hemei.demo.rows import expanded
from hemei.toml_text import toml_table

SITE_ID: Final = ROOT
TITLE: Final = {"zh-CN": "和美小区", "en": "Hemei Community"}
FILE: Final = Path(__file__).with_suffix(".toml")
PLAN: Final = Path(__file__).with_name("plan.svg")
GATES: Final = 4
"""With boards of their own, as the community is written down; beside them one that its camera opens."""
BROKER_NAMES: Final = ("mqtt", "mqtt-protocol")
"""Not ports of pretend hardware: where the broker listens, and what it speaks."""
FEWEST_GATES: Final = 1
MOST_GATES: Final = 200
PORT_NAME: Final = re.compile(r"\{([a-z0-9-]+)\}")

Device = Mapping[str, Any]


class Choice(Struct, frozen=True, kw_only=True):
    """What of the community is wanted: `kinds` of devices, none for all, and how many gates."""

    kinds: tuple[str, ...] = ()
    gates: int = GATES


class Floor(Struct, frozen=True, kw_only=True):
    """A plan beside that of the site: its picture, and x and y on it by device (`kind/id`)."""

    id: str
    file: str
    title: dict[str, str]
    building: dict[str, str]
    floor: str
    places: dict[str, tuple[float, float]]

    @property
    def picture(self) -> bytes:
        """The picture's bytes."""
        return PLAN.with_name(self.file).read_bytes()


class Wiring(Struct, frozen=True, kw_only=True):
    """What differs from start to start: the broker's protocol, and the ports by their names."""

    mqtt_port: int
    mqtt_protocol: Literal["5", "3.1.1"]
    http_port: int
    ports: dict[str, int]


def kinds() -> list[str]:
    """Return the kinds of devices that there are."""
    return list(dict.fromkeys(device["kind"] for device in _community()["device"]))


def devices(choice: Choice) -> list[Device]:
    """Return what `choice` asks for, as tables of a site file with port names in their addresses.

    Another number of gates than the community's own is one of gates with boards.
    """
    wanted = [each for each in _community()["device"] if not choice.kinds or each["kind"] in choice.kinds]
    gates = [each for each in wanted if each["kind"] == "gate"]
    if gates and choice.gates != GATES:
        boards = [each for each in gates if "family" not in each]
        gates = [*boards, *_ramps(boards[0], choice.gates - len(boards))][: choice.gates]
    return [*gates, *(each for each in wanted if each["kind"] != "gate")]


def floors(chosen: Iterable[Device]) -> list[Floor]:
    """Return the plans beside that of the site on which `chosen` devices stand, with these alone."""
    there = {f"{each['kind']}/{each['id']}" for each in chosen}
    found = [msgspec.convert(each, Floor) for each in _community()["plan"]]
    with_places = [
        replace(each, places={key: at for key, at in each.places.items() if key in there}) for each in found
    ]
    return [each for each in with_places if each.places]


def port_names(chosen: Iterable[Device]) -> list[str]:
    """Return the names of the ports that `chosen` devices need, in their order."""
    chosen = list(chosen)
    found: dict[str, None] = {}
    for text in _texts(chosen):
        found.update(dict.fromkeys(PORT_NAME.findall(text)))
    devices_own = [each for each in found if each not in BROKER_NAMES]
    beside = {
        feed.PORT_NAME: feed.feeds(_community(), chosen),
        police.PORT_NAME: police.units(_community(), chosen),
    }
    return [*devices_own, *(name for name, there in beside.items() if there)]


def driver_hosts(chosen: Iterable[Device]) -> list[str]:
    """Return the driver hosts of `chosen` devices, in their order."""
    return list(dict.fromkeys(device["driver_host"] for device in chosen))


def site_text(chosen: Sequence[Device], wiring: Wiring) -> str:
    """Write the site file."""
    tables = [
        toml_table("[site]", {"id": SITE_ID, "title": TITLE, "plan_file": PLAN.name}),
        toml_table("[site.areas]", _areas(chosen)),
        toml_table("[mqtt]", {"port": wiring.mqtt_port, "protocol": wiring.mqtt_protocol}),
        toml_table("[hub]", {"http_port": wiring.http_port, "processes_file": "processes.json"}),
    ]
    for host in driver_hosts(chosen):
        secret = {"id": host, "mqtt_password_file": f"secrets/{host}.mqtt"}
        tables.append(toml_table("[[driver_host]]", secret))
    names = {**wiring.ports, "mqtt": wiring.mqtt_port, "mqtt-protocol": wiring.mqtt_protocol}
    tables += [_device(_with_ports(device, names)) for device in chosen]
    tables.append(toml_table("[passes]", _passes(chosen)))
    tables += alarm_tables(_community(), chosen)
    if any(device["kind"] == CHARGER_KIND for device in chosen):
        tables.append(toml_table("[charging]", _community()["charging"]))
    tables += feed.feed_tables(_community(), chosen, wiring.ports.get(feed.PORT_NAME))
    tables += police.police_tables(_community(), chosen, wiring.ports.get(police.PORT_NAME))
    return "# Written by `hemei demo` at every start.\n\n" + "\n".join(tables)


def write_addresses(folder: Path, chosen: Sequence[Device], ports: Mapping[str, int]) -> None:
    """Write the secret addresses that the site file names, into `folder`."""
    police.write_addresses(folder, _community(), chosen, ports.get(police.PORT_NAME))


def _passes(chosen: Sequence[Device]) -> dict[str, Any]:
    passes = _community()["passes"]
    there = {f"{each['kind']}/{each['id']}" for each in chosen}
    return {**passes, "inner_gates": [each for each in passes["inner_gates"] if each in there]}


def _device(device: Device) -> str:
    inner = ("options", "simulated")
    own = {key: value for key, value in device.items() if key not in inner}
    text = toml_table("[[device]]", own)
    for name in inner:
        if name in device:
            text += toml_table(f"[device.{name}]", device[name])
    return text


def _areas(chosen: Iterable[Device]) -> dict[str, dict[str, str]]:
    names = _community()["areas"]
    used = dict.fromkeys(device["location"]["area"] for device in chosen)
    return {area: names.get(area) or _ramp_words(area) for area in used}


def _ramps(model: Device, count: int) -> Iterator[Device]:
    """Yield `count` more gates: entry and exit of one garage after the other, in rows over the plan.

    They have no plate cameras.
    """
    options = {key: value for key, value in model["options"].items() if key != "plates"}
    for nth in range(count):
        number, way = nth // 2 + 1, ("in", "out")[nth % 2]
        area = f"garage-{number}"
        words = _ramp_words(area)
        zh = {"in": "入口", "out": "出口"}[way]
        x = 0.15 + (number - 1) % 10 * 0.075 + (nth % 2) * 0.02
        y = 0.25 + (number - 1) // 10 * 0.07
        yield {
            **{key: value for key, value in model.items() if key != "simulated"},
            "id": f"{area}-{way}",
            "title": {"zh-CN": words["zh-CN"] + zh, "en": f"{words['en']}, {way}"},
            "location": {"area": area, "floor": -1, "x": round(x, 3), "y": round(y, 3)},
            "options": {**options, "wire": f"modbus-tcp://127.0.0.1:{{{area}-{way}}}?unit=1"},
        }


def _ramp_words(area: str) -> dict[str, str]:
    number = area.rpartition("-")[2]
    return {"zh-CN": f"地下车库{number}号坡道", "en": f"Garage ramp {number}"}


def _with_ports(value: Any, ports: Mapping[str, int | str]) -> Any:
    if isinstance(value, str):
        return PORT_NAME.sub(lambda name: str(ports[name[1]]), value)
    if isinstance(value, Mapping):
        return {key: _with_ports(each, ports) for key, each in value.items()}
    return [_with_ports(each, ports) for each in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


@cache
def _community() -> dict[str, Any]:
    community = tomllib.loads(FILE.read_text(encoding="utf-8"))
    community["device"] += [device for row in community["row"] for device in expanded(row)]
    return community
