"""The demo's community, 和美小区: its gates with names and places, written as a site file."""

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from contract.topics import ROOT
from hemei.toml_text import toml_table

SITE_ID: Final = ROOT
TITLE: Final = {"zh-CN": "和美小区", "en": "Hemei Community"}
DRIVER_HOST: Final = "gates"
FEWEST_GATES: Final = 1
MOST_GATES: Final = 200


class Lane(Struct, frozen=True, kw_only=True):
    """One lane with a barrier gate; `x` and `y` run from 0 to 1 over the site plan."""

    id: str
    zh: str
    en: str
    area: str
    x: float
    y: float


MAIN_LANES: Final = (
    Lane(id="east-in", zh="东门入口", en="East gate, in", area="east-gate", x=0.93, y=0.45),
    Lane(id="east-out", zh="东门出口", en="East gate, out", area="east-gate", x=0.93, y=0.55),
    Lane(id="west-in", zh="西门入口", en="West gate, in", area="west-gate", x=0.07, y=0.55),
    Lane(id="west-out", zh="西门出口", en="West gate, out", area="west-gate", x=0.07, y=0.45),
    Lane(id="north-in", zh="北门入口", en="North gate, in", area="north-gate", x=0.45, y=0.07),
    Lane(id="north-out", zh="北门出口", en="North gate, out", area="north-gate", x=0.55, y=0.07),
)


AREAS: Final = {
    "east-gate": {"zh-CN": "东门", "en": "East gate"},
    "west-gate": {"zh-CN": "西门", "en": "West gate"},
    "north-gate": {"zh-CN": "北门", "en": "North gate"},
}


def lanes(count: int) -> list[Lane]:
    """Return `count` lanes: the gates of the community, then the ramps of its underground garages."""
    found = list(MAIN_LANES)
    for lane in _ramps():
        if len(found) >= count:
            break
        found.append(lane)
    return found[:count]


def _ramps() -> Iterator[Lane]:
    """Yield an entry and an exit for one garage after the other, in rows of ten over the plan."""
    for number in range(1, MOST_GATES):
        area = f"garage-{number}"
        x, y = 0.15 + (number - 1) % 10 * 0.075, 0.25 + (number - 1) // 10 * 0.07
        zh, en = f"地下车库{number}号坡道", f"Garage ramp {number}"
        yield Lane(id=f"{area}-in", zh=f"{zh}入口", en=f"{en}, in", area=area, x=round(x, 3), y=round(y, 3))
        x += 0.02
        yield Lane(id=f"{area}-out", zh=f"{zh}出口", en=f"{en}, out", area=area, x=round(x, 3), y=round(y, 3))


def areas(count: int) -> dict[str, dict[str, str]]:
    """Name the areas in which `count` lanes stand."""
    garages = {
        f"garage-{number}": {"zh-CN": f"地下车库{number}号坡道", "en": f"Garage ramp {number}"}
        for number in range(1, MOST_GATES)
    }
    names = AREAS | garages
    return {lane.area: names[lane.area] for lane in lanes(count)}


class Wiring(Struct, frozen=True, kw_only=True):
    """What differs from start to start: ports and the broker's protocol."""

    mqtt_port: int
    mqtt_protocol: Literal["5", "3.1.1"]
    http_port: int
    gate_ports: list[int]


def site_text(wiring: Wiring) -> str:
    """Write the site file, a gate for each of the ports."""
    tables = [
        toml_table("[site]", {"id": SITE_ID, "title": TITLE}),
        toml_table("[site.areas]", areas(len(wiring.gate_ports))),
        toml_table("[mqtt]", {"port": wiring.mqtt_port, "protocol": wiring.mqtt_protocol}),
        toml_table("[hub]", {"http_port": wiring.http_port, "processes_file": "processes.json"}),
        toml_table("[[driver_host]]", {"id": DRIVER_HOST, "mqtt_password_file": "secrets/gates.mqtt"}),
    ]
    for lane, port in zip(lanes(len(wiring.gate_ports)), wiring.gate_ports, strict=True):
        tables.append(_gate(lane, wire_of(port)))
    return "# Written by `hemei demo` at every start.\n\n" + "\n".join(tables)


def wire_of(port: int) -> str:
    """Return the wire of the gate whose board listens on `port`."""
    return f"modbus-tcp://127.0.0.1:{port}?unit=1"


def _gate(lane: Lane, wire: str) -> str:
    device = {
        "kind": "gate",
        "id": lane.id,
        "driver_host": DRIVER_HOST,
        "title": {"zh-CN": lane.zh, "en": lane.en},
        "model": "Modbus relay board, 8 DI / 4 DO",
        "location": {"area": lane.area, "floor": 0, "x": lane.x, "y": lane.y},
    }
    return toml_table("[[device]]", device) + toml_table(
        "[device.options]", {"wire": wire, "profile": "relay-board"}
    )
