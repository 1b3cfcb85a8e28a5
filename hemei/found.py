"""Found a site: a folder with a site file, secrets, certificates and the broker's configuration."""

import socket
from pathlib import Path
from typing import Final, NamedTuple

from contract.clock import Clock
from contract.errors import ConfigurationError
from contract.topics import is_id
from hemei import containers
from hemei.broker_files import account_files, write_broker_files, write_rules
from hemei.certificates import Authority
from hemei.mosquitto import Layout
from hemei.private_files import secret_in, write_private
from hemei.site import Site, read_site
from hemei.toml_text import toml_value

SITE_FILE: Final = "site.toml"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - inside a container

TEXT: Final = """\
# A community run by Hemei Hub. Paths count from this file's folder; `hemei check site.toml` reads it through.

[site]
id = {id}                     # stands in every MQTT topic
title = {title}

[mqtt]
host = "127.0.0.1"
port = 1883
protocol = "5"
# From another machine: port = 8883 and
# ca_file = "tls/ca.crt"

[hub]
http_host = "127.0.0.1"         # this machine alone, and a proxy with TLS on it; "0.0.0.0" lets others in
http_port = 8080
data_dir = "data/hub"
mqtt_username = "hub"
mqtt_password_file = "secrets/hub.mqtt"
# ledger = "postgresql+psycopg://hemei@/hemei"

# Alarms ship with each family of devices: `hemei check --alarms site.toml` explains those in force, and
# docs/alarms.md how to change them and to add [[alarm]], [[contact]], [[post]] and [[supply]] tables.

# Charging is free until a tariff says what it costs, in fen per kWh (docs/charging.md).
# [charging]
# payment = "prepaid"
# hold_fen_car = 5000
# hold_fen_e_bike = 500
# [[charging.tariff]]
# id = "car"
# title = {{zh-CN = "汽车", en = "Cars"}}
# vehicles = ["car"]
# [[charging.tariff.period]]
# from = "22:00"
# to = "08:00"
# title = {{zh-CN = "谷", en = "Off-peak"}}
# energy_fen = 32
# service_fen = 30
# [[charging.tariff.period]]
# from = "08:00"
# to = "22:00"
# title = {{zh-CN = "峰", en = "Peak"}}
# energy_fen = 85
# service_fen = 30
# [[charging.tariff]]
# id = "e-bike"
# title = {{zh-CN = "电动自行车", en = "E-bikes"}}
# vehicles = ["e-bike"]
# period = [{{title = {{zh-CN = "全天", en = "All day"}}, energy_fen = 60}}]

[[driver_host]]
id = "gates"
data_dir = "data/drivers/gates"
mqtt_username = "gates"
mqtt_password_file = "secrets/gates.mqtt"

# A table for every device. After adding some: `hemei init --renew-rules FOLDER`, with the folder of this
# file, and let mosquitto read its rules again (SIGHUP).
# [[device]]
# kind = "gate"
# id = "east-in"
# driver_host = "gates"
# title = {{zh-CN = "东门入口", en = "East gate, in"}}
# location = {{area = "east-gate", floor = 0, x = 0.9, y = 0.45}}
# [device.options]
# wire = "modbus-tcp://192.0.2.10:502?unit=1"
# profile = "relay-board"
"""


class Plan(NamedTuple):
    """What the new site is called, under which names clients reach its broker, and whether in a container."""

    site_id: str = "hemei"
    title: dict[str, str] = {"zh-CN": "和美小区", "en": "Hemei Community"}  # noqa: RUF012 - never changed
    names: tuple[str, ...] = ()
    containers: bool = False


def found_site(folder: Path, plan: Plan, clock: Clock) -> Site:
    """Make the site in `folder`, which must be empty or new; ConfigurationError if it is not."""
    if not is_id(plan.site_id):
        raise ConfigurationError(f"site id {plan.site_id!r}: allowed: 1 to 64 of a-z, 0-9 and -")
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigurationError(f"{folder}: is not empty, and nothing is overwritten; choose a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    text = TEXT.format(id=toml_value(plan.site_id), title=toml_value(plan.title))
    if plan.containers:
        text = containers.site_text(text, folder)
        containers.make_secrets(folder)
    write_private(folder / SITE_FILE, text, mode=0o644)
    _write_certificates(folder / "tls", plan, clock)
    site = read_site(folder / SITE_FILE)
    layout = layout_of(folder)
    write_broker_files(site, layout._replace(host=EVERYWHERE) if plan.containers else layout)
    return site


def layout_of(folder: Path) -> Layout:
    """Return where a founded site keeps its broker's files."""
    return Layout(folder=folder, store=folder / "data" / "mosquitto")


def renew_rules(folder: Path) -> Site:
    """Write password file and rules anew after the site file changed; existing secrets stay."""
    folder = folder.absolute()
    site = read_site(folder / SITE_FILE)
    passwords = {name: secret_in(file) for name, file in account_files(site).items()}
    write_rules(site, layout_of(folder), passwords)
    return site


def _write_certificates(folder: Path, plan: Plan, clock: Clock) -> None:
    authority = Authority(f"{plan.site_id} CA", clock.now())
    names = dict.fromkeys([*plan.names, socket.gethostname(), "localhost", "127.0.0.1", "::1"])
    server = authority.server(names)
    write_private(folder / "ca.crt", authority.pair.certificate, mode=0o644)
    write_private(folder / "ca.key", authority.pair.key)
    write_private(folder / "server.crt", server.certificate, mode=0o644)
    write_private(folder / "server.key", server.key)
