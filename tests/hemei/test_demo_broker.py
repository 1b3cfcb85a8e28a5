"""The demo's pure-Python broker keeps everybody in their place with mosquitto's own files."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from contract.errors import LinkError
from contract.mqtt import Broker, Connection
from hemei.broker_files import write_broker_files
from hemei.child import Child
from hemei.demo.amqtt_plugins import allows
from hemei.found import layout_of
from hemei.mosquitto import MONITOR, Rule
from hemei.readiness import broker_accepts
from hemei.site import read_site
from tests.broker import free_port
from tests.hemei.test_init import TWO_HOSTS
from tests.waiting import PATIENCE_S

Accounts = dict[str, Broker]


@pytest_asyncio.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[Accounts]:
    """Run the broker for a site with two driver hosts; gives everybody's account."""
    (tmp_path / "site.toml").write_text(TWO_HOSTS, encoding="utf-8")
    layout = layout_of(tmp_path)._replace(port=free_port())
    passwords = write_broker_files(read_site(tmp_path / "site.toml"), layout, demo=True)
    everybody = {
        name: Broker(host="127.0.0.1", port=layout.port, username=name, password=password, protocol="3.1.1")
        for name, password in passwords.items()
    }
    command = (sys.executable, "-m", "hemei.demo.broker", str(layout.port), layout.passwords, layout.acl)
    log = tmp_path / "broker.log"
    child = Child([str(word) for word in command], log, {})
    try:
        async with asyncio.timeout(60):
            while not await broker_accepts(everybody["hub"]):
                assert child.running, log.read_text()
        yield everybody
        assert await child.stop(5) == 0, log.read_text()
    finally:
        await child.stop(5)


async def test_it_keeps_the_rules(accounts: Accounts) -> None:
    async with (
        Connection(accounts["gates"], "gates") as gates,
        Connection(accounts["doors"], "doors") as doors,
        Connection(accounts[MONITOR], "monitor") as monitor,
    ):
        for link in (monitor, doors):
            await link.subscribe(["hemei/#"])
        async with Connection(accounts["hub"], "hub") as hub:
            await hub.publish("hemei/hemei/driver/gates/list", b"cards and codes")
        await gates.publish("hemei/hemei/door/b1/state", b"forged")
        await gates.publish("hemei/hemei/gate/east-in/state", b"right")
        await monitor.publish("hemei/hemei/gate/east-in/action", b"for the gate")
        await monitor.publish("hemei/hemei/door/b1/action", b"for the door")
        assert await payloads(monitor, 3) == [b"right", b"for the gate", b"for the door"]
        assert await payloads(doors, 1) == [b"for the door"]


async def test_what_is_retained_is_sent_by_the_rules_and_to_who_asks_for_it(accounts: Accounts) -> None:
    async with (
        Connection(accounts["gates"], "gates") as gates,
        Connection(accounts[MONITOR], "monitor") as monitor,
    ):
        await monitor.subscribe(["hemei/#"])
        await gates.publish("hemei/hemei/gate/east-in/state", b"kept", retain=True)
        await monitor.publish("hemei/hemei/door/b1/action", b"for the door", retain=True)
        assert await payloads(monitor, 2) == [b"kept", b"for the door"]
        async with Connection(accounts["doors"], "doors") as doors, Connection(accounts["hub"], "hub") as hub:
            await hub.subscribe(["hemei/hemei/gate/+/event"])
            await doors.subscribe(["hemei/#"])
            await gates.publish("hemei/hemei/gate/east-in/event", b"now")
            assert await payloads(hub, 1) == [b"now"], "nothing of what others have asked for"
            assert await payloads(doors, 1) == [b"for the door"], "nothing that it must not read"


async def test_nobody_comes_in_without_a_password(accounts: Accounts) -> None:
    hub = accounts["hub"]
    for name, password in ((None, None), ("hub", "wrong"), ("hub", None), ("who", hub.password)):
        stranger = Broker(
            host=hub.host, port=hub.port, protocol=hub.protocol, username=name, password=password
        )
        with pytest.raises(LinkError):
            await Connection(stranger, "who").__aenter__()


async def payloads(link: Connection, count: int) -> list[bytes]:
    seen: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        async for batch in link.batches():
            seen += [message.payload for message in batch]
            if len(seen) >= count:
                break
    return seen


@pytest.mark.parametrize(
    ("rule", "access", "topic", "allowed"),
    [
        (Rule("read", "a/#"), "read", "a/b/c", True),
        (Rule("read", "a/#"), "write", "a/b", False),
        (Rule("readwrite", "a/+"), "write", "a/b", True),
        (Rule("write", "a/+"), "write", "a/b/c", False),
        (Rule("write", "a/b/c"), "write", "a/b", False),
        (Rule("write", "a/b"), "write", "a/c", False),
    ],
)
def test_a_rule_covers_what_its_filter_matches(rule: Rule, access: str, topic: str, allowed: bool) -> None:
    assert allows(rule, access, topic) is allowed
