"""The one MQTT connection against a real mosquitto."""

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest

from contract.errors import LinkError, LinkRefused, PublishDenied
from contract.mqtt import Broker, Connection, Incoming, Queue, Will, reconnecting
from tests.broker import Mosquitto, free_port
from tests.peers import require_program
from tests.waiting import PATIENCE_S, eventually

Protocol = Literal["5", "3.1.1"]
both_protocols = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


async def take(link: Connection, count: int, within_s: float = 10.0) -> list[Incoming]:
    """Return the next `count` messages, and whatever came with the last of them."""
    taken: list[Incoming] = []
    async with asyncio.timeout(within_s):
        async for batch in link.batches():
            taken += batch
            if len(taken) >= count:
                break
    return taken


async def end_of(link: Connection, within_s: float) -> LinkError:
    """Return what ends the link."""
    async with asyncio.timeout(within_s):
        with pytest.raises(LinkError) as ended:
            await drain(link)
    return ended.value


async def drain(link: Connection) -> None:
    """Read until the link ends."""
    async for _ in link:
        pass


@both_protocols
async def test_what_is_published_arrives(mosquitto: Mosquitto, protocol: Protocol) -> None:
    broker = mosquitto.broker(protocol=protocol)
    async with Connection(broker, "reader") as reader, Connection(broker, "writer") as writer:
        await reader.subscribe(["hemei/#"])
        await writer.publish("hemei/a", b"1")
        await writer.publish("hemei/b", b"\x00\xff", qos=0)
        await writer.publish("hemei/c", b"3", retain=True)
        topics = [(each.topic, each.payload, each.qos, each.retain) for each in await take(reader, 3)]
        assert topics == [
            ("hemei/a", b"1", 1, False),
            ("hemei/b", b"\x00\xff", 0, False),
            ("hemei/c", b"3", 1, False),
        ]
        await reader.subscribe(["hemei/c"])
        again = (await take(reader, 1))[0]
        assert (again.topic, again.retain) == ("hemei/c", True)


@both_protocols
async def test_who_wants_only_news_hears_neither_what_is_kept_nor_itself(
    mosquitto: Mosquitto, protocol: Protocol
) -> None:
    broker = mosquitto.broker(protocol=protocol)
    async with Connection(broker, "reader") as reader, Connection(broker, "writer") as writer:
        await writer.publish("hemei/a", b"kept", retain=True)
        await reader.subscribe(["hemei/a"], news_only=True)
        await reader.publish("hemei/a", b"own")
        await writer.publish("hemei/a", b"news")
        heard = [each.payload for each in await take(reader, 1 if protocol == "5" else 3)]
        assert heard == ([b"news"] if protocol == "5" else [b"kept", b"own", b"news"])


async def test_message_by_message(mosquitto: Mosquitto) -> None:
    async with Connection(mosquitto.broker(), "both", manual_ack=True) as link:
        await link.subscribe(["t"], qos=0)
        await link.publish("t", b"0")
        seen = []
        async for message in link:
            link.acknowledge([message])  # of QoS 0: nothing to say to the broker
            seen.append(message.payload)
            if len(seen) == 3:
                break
            await link.publish("t", b"%d" % len(seen))
        assert seen == [b"0", b"1", b"2"]


async def test_nothing_is_published_before_the_link_stands(mosquitto: Mosquitto) -> None:
    link = Connection(mosquitto.broker(), "x")
    with pytest.raises(LinkError, match="cannot publish"):
        await link.publish("t", b"")
    with pytest.raises(LinkError, match="cannot subscribe"):
        await link.subscribe(["t"])


async def test_a_large_message_passes(mosquitto: Mosquitto) -> None:
    picture = bytes(range(256)) * 4096 * 8  # 8 MiB
    async with Connection(mosquitto.broker(), "both") as link:
        await link.subscribe(["picture"])
        await link.publish("picture", picture)
        assert (await take(link, 1))[0].payload == picture


async def test_expiry_response_topic_and_correlation_travel_on_mqtt_5(mosquitto: Mosquitto) -> None:
    program = require_program("mosquitto_sub", "mosquitto-clients")
    broker = mosquitto.broker()
    async with Connection(broker, "writer") as writer:
        await writer.publish("t", b"x", retain=True, expiry_s=60, response_topic="answer", correlation=b"42")
        listener = await asyncio.create_subprocess_exec(
            *(program, "-h", broker.host, "-p", str(broker.port), "-V", "5", "-t", "t", "-C", "1"),
            *("-F", "%E %R %D %p"),
            stdout=asyncio.subprocess.PIPE,
        )
        seen, _ = await asyncio.wait_for(listener.communicate(), 60)
    expiry, response, correlation, payload = seen.split()
    assert 50 < int(expiry) <= 60
    assert (response, correlation, payload) == (b"answer", b"42", b"x")


async def test_mqtt_3_1_1_drops_what_it_cannot_say(mosquitto: Mosquitto) -> None:
    async with Connection(mosquitto.broker(protocol="3.1.1"), "both") as link:
        await link.subscribe(["t"])
        await link.publish("t", b"x", expiry_s=60, response_topic="answer", correlation=b"42")
        assert (await take(link, 1))[0].payload == b"x"


@both_protocols
async def test_wrong_credentials_are_a_refusal(tmp_path: Path, protocol: Protocol) -> None:
    async with Mosquitto(tmp_path / "b", users={"gates": "secret"}) as mosquitto:
        for broker in (
            mosquitto.broker("gates", protocol=protocol, password="wrong"),
            mosquitto.broker(protocol=protocol),
        ):
            with pytest.raises(LinkRefused) as refused:
                async with Connection(broker, "x"):
                    pass
            assert not refused.value.retryable


async def test_nobody_listening_is_a_lost_link() -> None:
    with pytest.raises(LinkError) as lost:
        async with Connection(Broker(host="127.0.0.1", port=free_port()), "x"):
            pass
    assert lost.value.retryable
    assert not isinstance(lost.value, LinkRefused)


ACL = """
user gates
topic write hemei/s/gate/east/#
topic read hemei/s/gate/east/action
"""


async def test_a_denied_publish_is_seen_on_mqtt_5(tmp_path: Path) -> None:
    async with (
        Mosquitto(tmp_path / "b", users={"gates": "secret"}, acl=ACL) as mosquitto,
        Connection(mosquitto.broker("gates"), "gates") as link,
    ):
        await link.publish("hemei/s/gate/east/state", b"{}")
        with pytest.raises(PublishDenied):
            await link.publish("hemei/s/gate/west/state", b"{}")
        assert link.alive
        assert link.transport is not None


async def test_a_denied_publish_that_nobody_waits_for_is_no_error(tmp_path: Path) -> None:
    async with (
        Mosquitto(tmp_path / "b", users={"gates": "secret"}, acl=ACL) as mosquitto,
        Connection(mosquitto.broker("gates"), "gates") as link,
    ):
        denied = link.start_publish("hemei/s/gate/west/state", b"{}")
        await link.publish("hemei/s/gate/east/state", b"{}")
        assert denied is not None
        assert isinstance(denied.exception(), PublishDenied)


async def test_a_wait_that_is_given_up_harms_nothing(mosquitto: Mosquitto) -> None:
    async with Connection(mosquitto.broker(), "x") as link:
        waiting = [
            asyncio.create_task(link.publish("t", b"1")),
            asyncio.create_task(link.subscribe(["t"])),
        ]
        await asyncio.wait(waiting, timeout=0)
        for each in waiting:
            each.cancel()
        await asyncio.wait(waiting)
        await link.publish("t", b"2")
        await link.subscribe(["t"])


@both_protocols
async def test_a_session_brings_again_what_was_not_acknowledged(
    mosquitto: Mosquitto, protocol: Protocol
) -> None:
    broker = mosquitto.broker(protocol=protocol)
    async with Connection(broker, "hub", session_s=60, manual_ack=True) as hub:
        await hub.subscribe(["event/#"])
        async with Connection(broker, "driver") as driver:
            for number in range(4):
                await driver.publish(f"event/{number}", b"")
        taken = await take(hub, 4)
        hub.acknowledge(taken[:2])
    async with Connection(broker, "driver") as driver:
        await driver.publish("event/4", b"")
    async with Connection(broker, "hub", session_s=60, manual_ack=True) as hub:
        again = await take(hub, 3)
        assert [each.topic for each in again] == ["event/2", "event/3", "event/4"]
        hub.acknowledge(again)
    async with Connection(broker, "hub", session_s=60, manual_ack=True) as hub:
        await hub.subscribe(["event/#"])
        await hub.publish("event/5", b"")
        assert [each.topic for each in await take(hub, 1)] == ["event/5"]


@both_protocols
async def test_without_a_session_nothing_is_left_behind(mosquitto: Mosquitto, protocol: Protocol) -> None:
    broker = mosquitto.broker(protocol=protocol)
    async with Connection(broker, "reader") as reader:
        await reader.subscribe(["#"])
    async with Connection(broker, "reader") as reader, Connection(broker, "writer") as writer:
        await writer.publish("lost", b"")
        await reader.subscribe(["#"])
        await writer.publish("seen", b"")
        assert [each.topic for each in await take(reader, 1)] == ["seen"]


async def test_a_full_queue_stops_reading_and_loses_nothing(mosquitto: Mosquitto) -> None:
    count = 3000
    broker = mosquitto.broker(keepalive_s=1)
    queue = Queue(limit=10, when_full="block")
    async with Connection(broker, "reader", queue=queue) as reader, Connection(broker, "writer") as writer:
        await reader.subscribe(["n"])
        for number in range(count):
            writer.start_publish("n", b"%d" % number)
        await writer.publish("n", b"%d" % count)
        await eventually(lambda: reader._paused)
        assert len(reader._waiting) < 50
        taken = await take(reader, count + 1)
        assert [int(each.payload) for each in taken] == list(range(count + 1))
        assert reader.shed == 0


async def test_a_full_queue_does_not_look_like_a_dead_link(mosquitto: Mosquitto) -> None:
    queue = Queue(limit=1, when_full="block")
    loop = asyncio.get_running_loop()
    async with Connection(mosquitto.broker(keepalive_s=1), "both", queue=queue) as link:
        await link.subscribe(["n"])
        for number in range(100):
            link.start_publish("n", b"%d" % number)
        await eventually(lambda: link._paused)
        paused = loop.time()
        await eventually(lambda: loop.time() > paused + 4, within_s=60)  # over twice the keepalive
        taken = await take(link, 100)
        assert [int(each.payload) for each in taken] == list(range(100))
        assert link.alive


async def test_a_link_that_ends_behind_a_full_queue_gives_what_it_has(mosquitto: Mosquitto) -> None:
    broker = mosquitto.broker(keepalive_s=1)
    async with Connection(broker, "reader", queue=Queue(limit=1)) as reader:
        await reader.subscribe(["n"])
        async with Connection(broker, "writer") as writer:
            for number in range(10):
                await writer.publish("n", b"%d" % number)
        await eventually(lambda: reader._paused)
        await mosquitto.kill()
        await eventually(lambda: not reader.alive)
        assert (await take(reader, 1))[0].payload == b"0"
        await end_of(reader, within_s=60)


async def test_a_shedding_queue_keeps_the_newest_and_counts(mosquitto: Mosquitto) -> None:
    broker = mosquitto.broker()
    queue = Queue(limit=10, when_full="shed")
    async with Connection(broker, "reader", queue=queue) as reader, Connection(broker, "writer") as writer:
        await reader.subscribe(["n"], qos=0)
        for number in range(100):
            await writer.publish("n", b"%d" % number)
        await eventually(lambda: reader.shed == 90)
        assert [int(each.payload) for each in await take(reader, 10)] == list(range(90, 100))


async def test_a_killed_broker_ends_the_link_at_once(mosquitto: Mosquitto) -> None:
    async with Connection(mosquitto.broker(), "x") as link:
        mosquitto.freeze()
        publishing = asyncio.create_task(link.publish("t", b"1"))
        subscribing = asyncio.create_task(link.subscribe(["t"]))
        given_up = asyncio.create_task(link.publish("t", b"2"))
        await asyncio.wait([publishing], timeout=0)
        given_up.cancel()
        await asyncio.wait([given_up])
        await mosquitto.kill()
        assert "ended" in str(await end_of(link, within_s=60))
        with pytest.raises(LinkError):
            await publishing
        with pytest.raises(LinkError):
            await subscribing
        assert not link.alive
        with pytest.raises(LinkError):
            await link.publish("t", b"2")
        with pytest.raises(LinkError):
            await link.subscribe(["t"])


async def test_what_arrived_before_the_end_is_still_given(mosquitto: Mosquitto) -> None:
    async with Connection(mosquitto.broker(), "x") as link:
        await link.subscribe(["t"])
        await link.publish("t", b"1")
        await eventually(lambda: link._waiting)
        await mosquitto.kill()
        await eventually(lambda: not link.alive)
        taken = await take(link, 1)
        assert [each.payload for each in taken] == [b"1"]
        link.acknowledge(taken)  # too late, and no error: the next session brings it again
        await end_of(link, within_s=60)


@both_protocols
async def test_a_half_open_link_is_found_by_the_keepalive(mosquitto: Mosquitto, protocol: Protocol) -> None:
    async with Connection(mosquitto.broker(keepalive_s=1, protocol=protocol), "x") as link:
        mosquitto.freeze()
        await end_of(link, within_s=60)


@both_protocols
async def test_the_will_speaks_only_of_sudden_ends(mosquitto: Mosquitto, protocol: Protocol) -> None:
    broker = mosquitto.broker(protocol=protocol)
    async with Connection(broker, "witness") as witness:
        await witness.subscribe(["+/availability"])
        async with Connection(broker, "polite", will=Will("polite/availability", b"lost")) as polite:
            await polite.publish("polite/availability", b"ready")
            await polite.publish("polite/availability", b"disconnected", qos=0)
        async with Connection(broker, "sudden", will=Will("sudden/availability", b"lost")) as sudden:
            assert sudden._transport is not None
            sudden._transport.abort()
            await end_of(sudden, within_s=60)
        seen = [(each.topic, each.payload) for each in await take(witness, 3)]
    assert seen == [
        ("polite/availability", b"ready"),
        ("polite/availability", b"disconnected"),
        ("sudden/availability", b"lost"),
    ]


async def test_a_second_session_of_the_same_name_ends_the_first(mosquitto: Mosquitto) -> None:
    async with (
        Connection(mosquitto.broker(), "hub") as first,
        Connection(mosquitto.broker(), "hub") as second,
    ):
        await end_of(first, within_s=60)
        assert second.alive


async def test_tries_again_with_back_off_until_the_broker_is_there(mosquitto: Mosquitto) -> None:
    await mosquitto.stop()
    pauses: list[float] = []
    served = asyncio.Event()
    links: list[Connection] = []

    async def serve() -> None:
        async with Connection(mosquitto.broker(), "x") as link:
            links.append(link)
            served.set()
            await drain(link)

    def on_lost(_why: LinkError, pause: float) -> None:
        pauses.append(pause)

    task = asyncio.create_task(reconnecting(serve, on_lost=on_lost, first_s=0.01, longest_s=0.08))
    await eventually(lambda: len(pauses) >= 6)
    for pause, bound in zip(pauses, (0.01, 0.02, 0.04, 0.08, 0.08, 0.08), strict=False):
        assert bound / 2 <= pause <= bound
    await mosquitto.start()
    async with asyncio.timeout(PATIENCE_S):
        await served.wait()
    served.clear()
    connected = asyncio.get_running_loop().time()
    await eventually(lambda: asyncio.get_running_loop().time() > connected + 0.1)
    pauses.clear()
    await mosquitto.restart()
    async with asyncio.timeout(PATIENCE_S):
        await served.wait()
    assert pauses[0] <= 0.01
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_fault_of_our_own_is_not_retried() -> None:
    async def serve() -> None:
        raise ZeroDivisionError

    def on_lost(*_: Any) -> None:
        raise AssertionError

    with pytest.raises(ZeroDivisionError):
        await reconnecting(serve, on_lost=on_lost)
