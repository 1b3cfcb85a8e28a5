"""The whole of it: a driver host, a broker, and pretend posts of every protocol on real sockets.

The pretend posts are this product's own. For OCPP, independent peers stand elsewhere in these tests; of DNY
and 云快充 there are none to be had.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from contract.charging import CHARGE_ENDED, CHARGE_STARTED
from contract.messages import Event, State
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.benches.charger import PASSWORD
from tests.drivers.stage import SITE, Ear, Pretend, host_settings, hosting, listening, pretending, succeeded
from tests.waiting import eventually

SECRET = {"password_file": PASSWORD}


class Yard(NamedTuple):
    """Connectors that are driven, and the posts behind them."""

    pretend: Pretend
    ear: Ear

    def power(self) -> float:
        """Add up what the posts' meters show."""
        told = [self.pretend.inspect(device)["power_w"] for device in self.pretend.wires]
        return sum(power for power in told if isinstance(power, int | float))


@asynccontextmanager
async def yard(
    mosquitto: Mosquitto, folder: Path, posts: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any]
) -> AsyncIterator[Yard]:
    """Put up connectors by name, each with what the simulator is told, and drive them."""
    devices = [
        SimulatedDevice(kind="charger", id=name, family="charger", options=dict(told))
        for name, told in posts.items()
    ]
    async with pretending(*devices) as pretend, listening(mosquitto.broker()) as ear:
        driven = [
            DeviceSettings(
                kind="charger",
                id=name,
                family="charger",
                title={"en": name},
                options={"wire": pretend.wires[f"charger/{name}"], **options},
            )
            for name in posts
        ]
        async with hosting(host_settings(mosquitto.broker(), folder, *driven)):
            for name in posts:
                await ear.status(connector(name), "ready")
            yield Yard(pretend, ear)


def connector(name: str) -> Address:
    return Address(SITE, "charger", name)


def order(number: int) -> dict[str, Any]:
    return {"order": f"{number:016}", "seconds": 3600, "energy": 50_000}


@pytest.mark.parametrize(
    ("wire", "told", "options"),
    [
        ("ocpp://127.0.0.1:0/A?connector=1", {**SECRET, "version": "1.6"}, {**SECRET, "read_s": 1}),
        ("ocpp://127.0.0.1:0/A?connector=1", {**SECRET, "version": "2.0.1"}, {**SECRET, "read_s": 1}),
        ("dny://127.0.0.1:0/04AB373B?connector=1", {"vehicle": "e-bike"}, {"vehicle": "e-bike"}),
        ("ykc://127.0.0.1:0/20231212000010?connector=1", {}, {}),
    ],
    ids=["ocpp-1.6", "ocpp-2.0.1", "dny", "ykc"],
)
async def test_a_charge_from_start_to_stop(
    mosquitto: Mosquitto, tmp_path: Path, wire: str, told: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    post = {"a": {"wire": wire, "plugged": True, "soc": 20.0, **told}}
    async with yard(mosquitto, tmp_path, post, options) as site:
        at = connector("a")
        assert succeeded(await site.ear.do(at, "start", order(1)))
        assert site.pretend.inspect("charger/a")["order"]
        await site.ear.property(at, "order", f"{1:016}")
        await eventually(lambda: site.power() > 50)
        assert succeeded(await site.ear.do(at, "stop", {"order": f"{1:016}"}))
        ended = await site.ear.hear(Event, at, lambda event: event.type == CHARGE_ENDED)
        started = await site.ear.hear(Event, at, lambda event: event.type == CHARGE_STARTED)
        assert started.data["order"] == ended.data["order"] == f"{1:016}"
        assert started.data["transaction"] == ended.data["transaction"]
        assert (ended.data["why"], ended.data["estimated"]) == ("stopped", False)
        assert succeeded(await site.ear.do(at, "cut-power", {"active": True}))
        refused = await site.ear.do(at, "start", order(2))
        assert (refused.status, refused.error and refused.error.code) == ("refused", "power-cut")
        truth = site.pretend.inspect("charger/a")
        assert (truth["starts"], truth["charging"]) == (1, False)


async def test_ten_cars_that_start_at_once_stay_within_their_supply(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    limit = 21_000
    told = {**SECRET, "plugged": True, "soc": 20.0, "battery_wh": 60_000.0}
    posts = {f"c{n}": {"wire": f"ocpp://127.0.0.1:0/C{n}?connector=1", **told} for n in range(10)}
    options = {**SECRET, "read_s": 1, "supply_group": "garage", "supply_limit": limit}
    async with yard(mosquitto, tmp_path, posts, options) as site:
        names = list(posts)
        starting = [
            asyncio.create_task(site.ear.do(connector(name), "start", order(number)))
            for number, name in enumerate(names)
        ]
        seen = [0.0]

        def most_is_used() -> bool:
            seen.append(site.power())
            return all(each.done() for each in starting) and max(seen) > 0.8 * limit

        await eventually(most_is_used)
        assert all(succeeded(each) for each in await asyncio.gather(*starting))

        def allotted() -> int:
            seen.append(site.power())
            said = [site.ear.last(State, connector(name)) for name in names]
            return sum(int(each.properties["power-limit"] or 0) for each in said if each)

        await eventually(lambda: 0.95 * limit < allotted() <= limit)
        assert max(seen) <= limit
        assert succeeded(await site.ear.do(connector("c0"), "stop", {"order": ""}))
        await eventually(lambda: site.power() > 0.95 * limit)
