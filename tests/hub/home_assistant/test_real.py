"""A real Home Assistant beside the hub: it shows what is there, and may do what the site file allows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from contract.clock import SystemClock, rfc3339
from contract.messages import AvailabilityStatus
from contract.mqtt import Connection
from contract.topics import Address, Channel
from hub.home_assistant import topics
from hub.home_assistant.entities import EXPIRE_AFTER_S
from tests.hub.home_assistant.assistant import GONE
from tests.hub.home_assistant.puppets import PERSONAL, say
from tests.hub.home_assistant.scene import (
    GATE,
    LAWN,
    Scene,
    all_right,
    centre_of,
    device,
    entity,
    expected,
    set_up,
    shows,
)
from tests.ledgers import new_ledger
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("home-assistant"), pytest.mark.asyncio(loop_scope="module")]

clock = SystemClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with set_up(tmp_path_factory.mktemp("scene")) as made:
        yield made


async def test_every_device_of_the_sample_community_is_shown_as_it_is(scene: Scene) -> None:
    wanted = {name: value for each in scene.puppets.values() for name, value in expected(each).items()}
    assert len({each.address.kind for each in scene.puppets.values()}) == 6
    page = await all_right(scene, wanted)
    titles = {device(address): each.thing.title["zh-CN"] for address, each in scene.puppets.items()}
    assert page.devices == titles | {device(LAWN): "花园北区"}


async def test_units_and_classes_are_what_home_assistant_knows(scene: Scene) -> None:
    charger = next(each for address, each in scene.puppets.items() if address.kind == "charger")
    page = await scene.assistant.until(
        lambda page: page.state(entity("sensor", charger.address, "energy")) != GONE
    )
    shown = page.entities[entity("sensor", charger.address, "energy")]["attributes"]
    assert shown["unit_of_measurement"] == "Wh"
    assert (shown["device_class"], shown["state_class"]) == ("energy", "total_increasing")
    assert "本次电量" in shown["friendly_name"]
    state = page.entities[entity("sensor", charger.address, "state")]["attributes"]
    assert state["device_class"] == "enum"


async def test_free_text_never_leaves(scene: Scene) -> None:
    assert any(PERSONAL in each.values.values() for each in scene.puppets.values())
    async with Connection(scene.broker.broker("home-assistant"), "eavesdropper") as link:
        await link.subscribe(["hemei/#", "hemei-ha/+/+/+/state", "homeassistant/#"])
        await link.subscribe([topics.status("hemei")])
        heard: dict[str, bytes] = {}
        async for message in link:
            heard[message.topic] = message.payload
            if message.topic == topics.status("hemei"):
                break
    assert topics.state(GATE) in heard
    assert not any(topic.startswith("hemei/") for topic in heard), "it reads what drivers publish"
    assert not any(PERSONAL.encode() in each for each in heard.values())


async def test_what_is_not_allowed_has_no_way_to_make_it_act(scene: Scene) -> None:
    ways = ("button.", "lock.", "select.", "number.", "valve.", "cover.", "switch.")
    page = await scene.assistant.until(
        lambda page: (
            page.state(entity("valve", LAWN, "valve")) != GONE
            and page.state(entity("button", GATE, "open")) != GONE
        )
    )
    with_ways = {name for name in page.entities if name.startswith(ways)}
    ours = ("sprinkler_garden_north_", "gate_east_in_")
    assert with_ways
    assert all(name.partition(".")[2].startswith(ours) for name in with_ways), with_ways


async def test_a_press_makes_the_device_act_and_shows_the_outcome(scene: Scene) -> None:
    valve, last = entity("valve", LAWN, "valve"), entity("sensor", LAWN, "last-command")
    await scene.assistant.until(lambda page: page.state(valve) == "closed")
    await scene.assistant.press("valve.open_valve", valve)
    await scene.assistant.until(lambda page: page.state(valve) == "open" and page.state(last) == "succeeded")
    await scene.assistant.press("button.press", entity("button", LAWN, "stop"))
    await scene.assistant.until(lambda page: page.state(valve) == "closed")
    mode = entity("select", LAWN, "set-mode")
    await scene.assistant.press("select.select_option", mode, option="manual")
    await scene.assistant.until(lambda page: page.state(mode) == "manual")
    asked = await scene.hub._core.actions.newest(LAWN, 3)
    assert [each.action for each in asked] == ["set-mode", "stop", "run"]
    assert {(each.issuer, each.reason, each.status) for each in asked} == {
        ("home-assistant", "Home Assistant", "succeeded")
    }


async def test_a_refusal_of_the_driver_is_seen(scene: Scene) -> None:
    last = entity("sensor", GATE, "last-command")
    await scene.assistant.press("button.press", entity("button", GATE, "open"))
    page = await scene.assistant.until(lambda page: page.state(last) == "expired")
    assert page.entities[last]["attributes"]["action"] == "open"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"retain": True}, "ha-command-retained"),
        ({"at": rfc3339(clock.now() - timedelta(minutes=5))}, "ha-command-stale"),
        ({"at": rfc3339(clock.now() + timedelta(hours=5))}, "ha-command-stale"),
        ({"action": "fire-release"}, "ha-command-not-allowed"),
        ({"action": 5}, "ha-command-unreadable"),
    ],
)
async def test_a_forged_message_is_refused_and_counted(
    scene: Scene, fields: dict[str, Any], code: str
) -> None:
    before, rejected = scene.refused, scene.hub._core.counters.rejected[code]
    async with Connection(scene.broker.broker("hub"), "retainer") as link:
        await link.publish(topics.command(GATE), b"", retain=True)
    acted = await scene.hub._core.actions.newest(GATE, 50)
    if fields.get("retain"):
        await leave_a_command(scene)
    else:
        await scene.command(GATE, **fields)
    await eventually(lambda: scene.hub._core.counters.rejected[code] > rejected)
    assert scene.refused > before
    assert await scene.hub._core.actions.newest(GATE, 50) == acted


async def leave_a_command(scene: Scene) -> None:
    """Have the broker keep a command, and the hub come back to it."""
    bridge = scene.hub._room.outside.home_assistant
    await scene.command(GATE, retain=True, action="stop", at=rfc3339(clock.now() - timedelta(minutes=5)))
    assert bridge.link is not None
    assert bridge.link.transport is not None
    bridge.link.transport.abort()


async def test_a_device_that_is_not_allowed_takes_no_command(scene: Scene) -> None:
    other = next(address for address in scene.puppets if address.kind == "door")
    before = scene.hub._core.counters.rejected["ha-command-not-allowed"]
    await scene.command(other, action="unlock")
    await eventually(lambda: scene.hub._core.counters.rejected["ha-command-not-allowed"] > before)
    assert await scene.hub._core.actions.newest(other, 5) == []


async def test_home_assistants_own_account_may_command_only_what_is_allowed(scene: Scene) -> None:
    other = next(address for address in scene.puppets if address.kind == "door")
    async with Connection(scene.broker.broker("home-assistant"), "curious") as link:
        for topic in (topics.command(other), GATE.topic(Channel.ACTION), topics.state(GATE)):
            with pytest.raises(Exception, match="refuses"):
                await link.publish(topic, b"{}")


async def test_a_lost_device_and_a_lost_host_are_unavailable(scene: Scene) -> None:
    lost = scene.puppets[GATE]
    names = list(expected(lost))
    await lost.say(scene.link, AvailabilityStatus.LOST)
    page = await scene.assistant.until(
        lambda page: (
            all(page.state(name) == "unavailable" for name in names)
            and page.state(entity("button", GATE, "open")) == "unavailable"
        )
    )
    assert page.state(entity("valve", LAWN, "valve")) == "closed"
    await lost.say(scene.link, AvailabilityStatus.READY)
    await lost.show(scene.link, 2)
    await scene.assistant.until(lambda page: all(shows(page, *each) for each in expected(lost).items()))
    driver = Address("hemei", "driver", str(lost.thing.driver))
    await say(scene.link, driver, AvailabilityStatus.LOST)
    await scene.assistant.until(lambda page: all(page.state(name) == "unavailable" for name in names))
    await say(scene.link, driver, AvailabilityStatus.READY)
    await scene.assistant.until(lambda page: all(shows(page, *each) for each in expected(lost).items()))


async def test_an_unknown_value_is_unavailable_and_the_others_are_not(scene: Scene) -> None:
    gate = scene.puppets[GATE]
    await gate.show(scene.link, 3, position=None)
    position, state = entity("sensor", GATE, "position"), entity("sensor", GATE, "state")
    page = await scene.assistant.until(lambda page: page.state(position) == "unavailable")
    assert page.state(state) == gate.values["state"]
    await gate.show(scene.link, 4)
    await scene.assistant.until(lambda page: shows(page, position, gate.values["position"]))


async def test_a_removed_device_is_forgotten(scene: Scene) -> None:
    gone = next(each for address, each in scene.puppets.items() if address.kind == "camera")
    await scene.link.publish(gone.address.topic(Channel.DESCRIPTION), b"", retain=True)
    page = await scene.assistant.until(
        lambda page: (
            not any(name in page.entities for name in expected(gone))
            and device(gone.address) not in page.devices
        )
    )
    assert page.entities


async def test_a_hub_that_dies_leaves_nothing_live_and_a_new_one_publishes_no_entity_anew(
    scene: Scene,
) -> None:
    bridge = scene.hub._room.outside.home_assistant
    heard: list[tuple[str, bytes]] = []
    async with Connection(scene.broker.broker("home-assistant"), "witness") as link:
        await link.subscribe(["homeassistant/+/+/+/config", topics.status("hemei")])

        async def listen() -> None:
            async for message in link:
                if not message.retain:
                    heard.append((message.topic, message.payload))

        listening = asyncio.create_task(listen())
        assert bridge.link is not None
        assert bridge.link.transport is not None
        bridge.link.transport.abort()  # as when the process is killed
        await eventually(lambda: heard[-1:] == [(topics.status("hemei"), b"online")])
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert heard == [(topics.status("hemei"), b"offline"), (topics.status("hemei"), b"online")]


async def test_what_was_removed_while_the_hub_was_away_is_forgotten_and_nothing_is_live_meanwhile(
    scene: Scene,
) -> None:
    stays = expected(scene.puppets[GATE])
    told, silent = [each for address, each in scene.puppets.items() if address.kind == "charger"][:2]
    await all_right(scene, stays | expected(told) | expected(silent))
    await scene.centre.stop()
    await scene.assistant.until(lambda page: all(page.state(name) == "unavailable" for name in stays))
    await scene.link.publish(told.address.topic(Channel.DESCRIPTION), b"", retain=True)
    # Of this the broker keeps nothing for the hub, as if it had lost the hub's session.
    await scene.link.publish(silent.address.topic(Channel.DESCRIPTION), b"", retain=True, qos=0)
    scene.centre.start()
    await all_right(scene, stays)
    page = await scene.assistant.until(lambda page: device(told.address) not in page.devices)
    assert {page.state(name) for name in expected(silent)} == {"unavailable"}, "forgotten when it is sure"
    still = [each for each in scene.puppets if each != silent.address and device(each) in page.devices]
    await eventually(lambda: all(map(scene.hub._core.shadows.description, still)))
    scene.hub._room.outside.home_assistant._settle_s = 0.0
    page = await scene.assistant.until(lambda page: device(silent.address) not in page.devices)
    assert not (expected(told) | expected(silent)).keys() & page.entities.keys()
    await all_right(scene, {name: v for each in still for name, v in expected(scene.puppets[each]).items()})


async def test_a_hub_that_says_nothing_any_more_is_not_believed(scene: Scene) -> None:
    """As after a power cut: the broker's store still says that the hub is there."""
    stays = expected(scene.puppets[GATE])
    await scene.centre.stop()
    async with Connection(scene.broker.broker("hub"), "store") as link:
        await link.publish(topics.status("hemei"), b"online", retain=True)
    await all_right(scene, stays)
    await scene.assistant.ask(do="later", seconds=EXPIRE_AFTER_S)
    await scene.assistant.until(lambda page: all(page.state(name) == "unavailable" for name in stays))
    scene.centre.start()
    await all_right(scene, stays)


async def test_switched_off_all_is_taken_back(scene: Scene, tmp_path: Path) -> None:
    """The last: the hub of the scene still runs, another one of the same site tidies up."""
    off = msgspec.structs.replace(
        scene.settings,
        home_assistant=msgspec.structs.replace(scene.settings.home_assistant, enabled=False),
        data_dir=tmp_path / "hub",
        ledger_url=new_ledger(tmp_path / "ledger.sqlite"),
    )
    noted = tmp_path / "hub" / "home-assistant.prefix"
    noted.parent.mkdir()
    noted.write_text("homeassistant\n")
    async with centre_of(off):
        await eventually(lambda: not noted.exists())
        await scene.assistant.until(lambda page: not any("." in name for name in page.entities))
