"""`hemei init`: what it makes is taken by a real mosquitto, which then keeps everybody in their place."""

import asyncio
import ssl
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from contract.clock import SystemClock
from contract.errors import ConfigurationError, LinkError, PublishDenied
from contract.mqtt import Broker, Connection
from contract.topics import LEFT
from hemei import found, mosquitto
from hemei.broker_files import account_files, write_broker_files
from hemei.child import Child
from hemei.cli import main
from hemei.private_files import read_secret
from hemei.readiness import broker_accepts
from hemei.site import Site, read_site
from tests.broker import free_port
from tests.hemei.test_site import GOOD
from tests.peers import require_program
from tests.waiting import PATIENCE_S

SHA256 = "0" * 64
TWO_HOSTS = (
    GOOD
    + """
[[driver_host]]
id = "doors"
mqtt_password_file = "secrets/doors.mqtt"
[[device]]
kind = "door"
id = "b1"
driver_host = "doors"
title = {en = "Block 1"}
"""
)

ATTIC = """
[[device]]
kind = "door"
id = "attic"
driver_host = "gates"
title = {en = "Attic"}
"""


def files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def test_init_makes_a_site_and_keeps_its_secrets(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["init", str(tmp_path / "site"), "--id", "north"])
    assert made.exit_code == 0, made.output
    assert read_site(tmp_path / "site" / "site.toml").tables.site.id == "north"
    open_to_others = {
        str(file.relative_to(tmp_path / "site"))
        for file in files(tmp_path / "site")
        if stat.S_IMODE(file.stat().st_mode) & 0o077
    }
    assert open_to_others == {"site.toml", "tls/ca.crt", "tls/server.crt", "mosquitto/mosquitto.conf"}


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    refused = CliRunner().invoke(main, ["init", str(tmp_path)], env={"LANG": "C"})
    assert refused.exit_code == 2
    assert refused.output.startswith(f"Error: {tmp_path}: is not empty")
    assert [file.name for file in files(tmp_path)] == ["mine"]


def test_the_certificate_names_the_server_and_is_signed_by_the_authority(tmp_path: Path) -> None:
    found.found_site(tmp_path, found.Plan(names=("hub.example", "192.0.2.7")), SystemClock())
    server = x509.load_pem_x509_certificate((tmp_path / "tls/server.crt").read_bytes())
    authority = x509.load_pem_x509_certificate((tmp_path / "tls/ca.crt").read_bytes())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"hub.example", "localhost"} <= set(names.get_values_for_type(x509.DNSName))
    assert {"192.0.2.7", "127.0.0.1"} <= {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    assert (server.not_valid_after_utc - server.not_valid_before_utc).days == 825
    key = load_pem_private_key((tmp_path / "tls/server.key").read_bytes(), None)
    assert key.public_key() == server.public_key()


def test_a_hash_is_what_mosquitto_makes(tmp_path: Path) -> None:
    program = require_program("mosquitto_passwd", "mosquitto")
    subprocess.run([program, "-b", "-c", str(tmp_path / "p"), "me", "wachtwoord"], check=True)
    hashed = (tmp_path / "p").read_text().strip().removeprefix("me:")
    assert mosquitto.verify_password("wachtwoord", hashed)
    assert not mosquitto.verify_password("other", hashed)
    assert mosquitto.verify_password("wachtwoord", mosquitto.hash_password("wachtwoord"))
    assert not mosquitto.verify_password("", "$7$garbage")


def test_an_open_secret_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o644)
    with pytest.raises(ConfigurationError, match="mode 0644 lets others read the secret; allowed: 0600"):
        read_secret(secret)


def test_the_rules_that_are_written_are_read_back(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(TWO_HOSTS)
    rules = mosquitto.rules(read_site(tmp_path / "site.toml"))
    assert mosquitto.read_acl_file(mosquitto.acl_file(rules)) == rules


@asynccontextmanager
async def broker_of(
    folder: Path, text: str, *, tls_port: int | None = None
) -> AsyncIterator[tuple[Site, Broker]]:
    """Run mosquitto on the files of a site, as root or not; yields the site and how the hub reaches it."""
    program = require_program("mosquitto", "mosquitto")
    (folder / "site.toml").write_text(text, encoding="utf-8")
    site = read_site(folder / "site.toml")
    layout = found.layout_of(folder)._replace(port=free_port(), tls_port=tls_port)
    passwords = write_broker_files(site, layout, demo=True)
    broker = Broker(host="127.0.0.1", port=layout.port, username="hub", password=passwords["hub"])
    child = Child((program, "-c", str(layout.conf)), folder / "mosquitto.log", {})
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await broker_accepts(broker):
                assert child.running, (folder / "mosquitto.log").read_text()
        yield site, broker
    finally:
        await child.stop(5)


def account(site: Site, broker: Broker, name: str) -> Broker:
    password = read_secret(account_files(site)[name])
    return Broker(host=broker.host, port=broker.port, username=name, password=password)


async def test_a_driver_host_publishes_as_nobody_else(tmp_path: Path) -> None:
    async with (
        broker_of(tmp_path, TWO_HOSTS) as (site, broker),
        Connection(account(site, broker, "gates"), "gates") as gates,
    ):
        for allowed in (
            "gate/east-in/state",
            f"gate/east-in/media/{SHA256}",
            "gate/east-in/preview",
            "driver/gates/availability",
            "driver/gates/holding",
        ):
            await gates.publish(f"hemei/hemei/{allowed}", b"{}")
        for forbidden in (
            "gate/west-in/state",
            "door/b1/event",
            "door/b1/preview",
            "driver/doors/availability",
            "driver/gates/committed",
            "driver/gates/list",
            "driver/doors/holding",
            "gate/east-in/holding",
            "gate/east-in/action",
        ):
            with pytest.raises(PublishDenied):
                await gates.publish(f"hemei/hemei/{forbidden}", b"{}")


async def test_a_driver_host_reads_only_its_own_actions(tmp_path: Path) -> None:
    async with (
        broker_of(tmp_path, TWO_HOSTS) as (site, broker),
        Connection(account(site, broker, "gates"), "gates") as gates,
        Connection(account(site, broker, "doors"), "doors") as doors,
        Connection(broker, "hub") as hub,
    ):
        for driver in (gates, doors):
            await driver.subscribe(["hemei/#"])
        await doors.publish("hemei/hemei/door/b1/state", b"{}")
        await hub.publish("hemei/hemei/door/b1/action", b"for the door")
        await hub.publish("hemei/hemei/driver/doors/committed", b"for the doors")
        await hub.publish("hemei/hemei/driver/doors/list", b"for the doors")
        await hub.publish("hemei/hemei/gate/east-in/action", b"for the gate")
        await hub.publish("hemei/hemei/driver/gates/committed", b"for the gates")
        await hub.publish("hemei/hemei/driver/gates/list", b"the gates' list")
        seen: list[bytes] = []
        async with asyncio.timeout(PATIENCE_S):
            async for batch in gates.batches():
                seen += [message.payload for message in batch]
                if len(seen) >= 3:
                    break
        assert seen == [b"for the gate", b"for the gates", b"the gates' list"]


async def test_a_host_may_take_back_what_it_left_of_a_device_but_not_of_another_hosts(tmp_path: Path) -> None:
    before = TWO_HOSTS.replace('driver_host = "doors"', 'driver_host = "gates"') + ATTIC
    (tmp_path / "site.toml").write_text(before, encoding="utf-8")
    write_broker_files(read_site(tmp_path / "site.toml"), found.layout_of(tmp_path), demo=True)
    async with (
        broker_of(tmp_path, TWO_HOSTS) as (site, broker),
        Connection(account(site, broker, "gates"), "gates") as gates,
        Connection(account(site, broker, "doors"), "doors") as doors,
    ):
        for channel in LEFT:
            await gates.publish(f"hemei/hemei/door/attic/{channel}", b"", retain=True)
            with pytest.raises(PublishDenied):
                await gates.publish(f"hemei/hemei/door/b1/{channel}", b"", retain=True)
        with pytest.raises(PublishDenied):
            await gates.publish("hemei/hemei/door/attic/event", b"{}")
        await gates.subscribe(["hemei/hemei/door/b1/description"])
        await doors.publish("hemei/hemei/door/b1/description", b"whose it is")
        async with asyncio.timeout(PATIENCE_S):
            async for message in gates:
                assert message.payload == b"whose it is"
                break


async def test_who_only_watches_sees_no_cards_and_codes(tmp_path: Path) -> None:
    async with (
        broker_of(tmp_path, TWO_HOSTS) as (site, broker),
        Connection(account(site, broker, mosquitto.MONITOR), "monitor") as monitor,
        Connection(broker, "hub") as hub,
    ):
        await monitor.subscribe(["hemei/#", "hemei/hemei/driver/doors/list"])
        await hub.publish("hemei/hemei/driver/doors/list", b"who may pass")
        await hub.publish("hemei/hemei/driver/doors/committed", b"harmless")
        async with asyncio.timeout(PATIENCE_S):
            async for message in monitor:
                assert message.payload == b"harmless"
                break


async def test_nobody_comes_in_without_a_password(tmp_path: Path) -> None:
    async with broker_of(tmp_path, GOOD) as (_, broker):
        for name, password in ((None, None), ("hub", ""), ("hub", "wrong")):
            stranger = Broker(host=broker.host, port=broker.port, username=name, password=password)
            with pytest.raises(LinkError):
                await Connection(stranger, "who").__aenter__()


async def test_the_tls_listener_shows_the_certificate(tmp_path: Path) -> None:
    found.found_site(tmp_path / "site", found.Plan(), SystemClock())
    port = free_port()
    async with broker_of(tmp_path / "site", GOOD, tls_port=port):
        context = ssl.create_default_context(cafile=str(tmp_path / "site/tls/ca.crt"))
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        with closing(writer):
            assert writer.get_extra_info("peercert")["subjectAltName"]
        await writer.wait_closed()


def test_the_whole_template_is_taken_as_init_renders_it(tmp_path: Path) -> None:
    found.found_site(tmp_path / "site", found.Plan(), SystemClock())
    text = (tmp_path / "site/mosquitto/mosquitto.conf").read_text()
    assert "/etc/hemei" not in text
    assert "/var/lib/hemei" not in text
    assert "listener 8883" in text
