"""The sample community as it is written down."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from contract.errors import ConfigurationError
from contract.plates import folded, is_plate, normalised
from drivers.charger.options import ChargerOptions
from hemei import checking
from hemei.alarms.in_force import in_force
from hemei.charging import ledger_of
from hemei.command_line import CLI
from hemei.demo import community
from hemei.demo.belongings import card_numbers, write_belongings
from hemei.demo.community import Choice, Wiring
from hemei.demo.options import Options
from hemei.demo.sample import sample
from hemei.demo.wallets import LEAST_FEN, PAID_IN_FEN, RESIDENTS, read_wallets, wallets
from hemei.device_accounts import device_accounts
from hemei.mosquitto import rules
from hemei.private_files import secret_in
from hemei.settings import contacts, simulator_settings
from hemei.site import Site, read_site
from hub.alarms.definition import by_key
from hub.charging.payment.accounts import Accounts
from hub.notify.address import read_address
from hub.plans.picture import read_picture
from hub.viid.settings import Kind, Watched
from simulators.clock import VirtualClock
from simulators.host import Host
from simulators.scenarios import scenario_names


def written(folder: Path, choice: Choice) -> Site:
    """Write the site with everything that it names, and read it back."""
    chosen = community.devices(choice)
    ports = {name: 20_000 + nth for nth, name in enumerate(community.port_names(chosen))}
    wiring = Wiring(mqtt_port=1883, mqtt_protocol="5", http_port=8080, ports=ports)
    file = folder / "site.toml"
    file.write_text(community.site_text(chosen, wiring), encoding="utf-8")
    (folder / community.PLAN.name).write_bytes(community.PLAN.read_bytes())
    write_belongings(folder)
    community.write_addresses(folder, chosen, ports)
    for account in ("hub", *community.driver_hosts(chosen)):
        secret_in(folder / "secrets" / f"{account}.mqtt")
    site = read_site(file)
    for each in device_accounts(site):
        secret_in(each.password_file)
    return site


def test_it_has_what_it_should_and_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    site = written(tmp_path, Choice())
    kinds = Counter(device.kind for device in site.tables.device)
    assert kinds == {"gate": 5, "door": 14, "camera": 16, "sprinkler": 11, "sensor": 11, "charger": 28}
    assert Counter(
        device.family_name for device in site.tables.device if device.kind in ("gate", "door")
    ) == {
        "gate": 4,
        "lpr": 1,
        "door": 12,
        "face": 2,
    }
    facades = [each for each in site.tables.device if each.simulated.get("scene") == "facade"]
    assert len(facades) == 2
    assert {each.options["profile"] for each in site.tables.device if each.kind == "sensor"} >= {
        "smoke",
        "water-leak",
        "manhole",
    }
    assert all(each.location and each.location.x is not None for each in site.tables.device)
    assert list(checking.faults(site)) == []


def test_every_area_has_grid_officers_whose_letters_go_to_a_pretend_telephone(tmp_path: Path) -> None:
    site = written(tmp_path, Choice())
    grids = site.tables.police.grid
    named = [area for each in grids for area in each.areas]
    assert sorted(named) == sorted(site.tables.site.areas)
    telephone = simulator_settings(site).telephone
    assert telephone is not None
    assert set(telephone.owners) == {each.key for each in grids}
    addresses = [read_address(each) for each in contacts(site)]
    assert addresses == [f"json://127.0.0.1:{telephone.port}/{each.key}" for each in grids]
    assert written(tmp_path, Choice(kinds=("gate",))).tables.police.grid == ()


@pytest.mark.parametrize("scenario", scenario_names())
def test_its_pretend_hardware_can_play_every_story(tmp_path: Path, scenario: str) -> None:
    settings = simulator_settings(written(tmp_path, Choice()))
    Host(settings, clock=VirtualClock(), scenario=scenario)


def test_its_garage_has_a_plan_on_which_its_own_devices_stand() -> None:
    chosen = community.devices(Choice())
    (garage,) = community.floors(chosen)
    below = {f"{each['kind']}/{each['id']}" for each in chosen if each["location"]["floor"] < 0}
    assert garage.places.keys() == below
    assert read_picture(garage.picture).media_type == "image/svg+xml"
    assert community.floors(community.devices(Choice(kinds=("gate",)))) == []


def test_any_number_of_gates_has_places_names_and_ports_of_its_own(tmp_path: Path) -> None:
    site = written(tmp_path, Choice(kinds=("gate",), gates=community.MOST_GATES))
    devices = site.tables.device
    assert len(devices) == len({each.id for each in devices}) == community.MOST_GATES
    assert len({each.options["wire"] for each in devices}) == community.MOST_GATES
    assert [host.id for host in site.tables.driver_host] == ["gates"]
    assert list(checking.faults(site)) == []


def test_whoever_comes_is_in_the_register_and_no_two_plates_are_alike() -> None:
    who = sample()
    assert (len(who.people), len(who.vehicles), len(who.rooms) > 20) == (60, 40, True)
    assert len({each.name for each in who.people} | {each.name for each in who.visitors}) == 63
    plates = [plate for plates in who.plates.values() for plate in plates]
    assert len({folded(plate) for plate in plates}) == len(plates) == 44
    assert all(is_plate(plate) and normalised(plate) == plate for plate in plates)
    assert who == sample(), "the same at every start"
    cards = card_numbers()
    assert len({cards[each.card] for each in who.people}) == 60
    assert sum(each.consents for each in who.people) == 40


def test_devices_at_the_broker_may_do_no_more_than_their_protocol(tmp_path: Path) -> None:
    allowed = rules(written(tmp_path, Choice()), demo=True)
    assert {rule.topic for rule in allowed["plates-garage-in"]} == {
        "device/5ca1ab1e-0000c0de/#",
        "5ca1ab1e-0000c0de/device/#",
    }
    assert {rule.topic for rule in allowed["faces-lobby-1"]} == {
        "mqtt/face/1306612",
        "mqtt/face/1306612/#",
        "mqtt/face/heartbeat",
        "mqtt/face/basic",
    }


def test_its_gates_feed_a_pretend_library_on_a_paper_that_says_so(tmp_path: Path) -> None:
    site = written(tmp_path, Choice())
    feed = site.tables.viid
    assert feed.kinds() == [Kind.MOTOR_VEHICLES]
    assert "模拟" in feed.motor_vehicles.document
    assert {each.device for each in feed.device} == {
        f"gate/{each.id}" for each in site.tables.device if each.kind == "gate"
    }
    library = simulator_settings(site).library
    assert library is not None
    assert (library.account, feed.url) == (feed.id, f"http://127.0.0.1:{library.port}")
    assert library.wishes is not None
    assert (library.wishes.site_id, library.wishes.account) == (feed.id, feed.subscriptions.username)
    assert feed.watched() == list(Watched)


def test_without_gates_there_is_no_feed(tmp_path: Path) -> None:
    site = written(tmp_path, Choice(kinds=("sensor",)))
    assert not site.tables.viid.enabled
    assert simulator_settings(site).library is None


def test_a_kind_that_is_not_there_is_told(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path, choice=Choice(kinds=("gate", "lift")))
    with pytest.raises(
        ConfigurationError, match="--kinds lift: allowed: gate, door, camera, sprinkler, sensor, charger"
    ):
        options.check()


def test_smoke_in_the_shed_sets_everything_in_motion(tmp_path: Path) -> None:
    alarms = by_key(in_force(written(tmp_path, Choice()).tables).definitions)
    links = alarms["bike-shed-smoke"].link
    assert [(link.action, link.to.kinds or link.to.devices) for link in links] == [
        ("cut-power", ("charger",)),
        ("fire-release", ("sprinkler/bike-shed",)),
        ("fire-release", ("door",)),
        ("fire-release", ("gate",)),
    ]
    assert alarms["bike-shed-smoke"].evidence.snapshot
    assert alarms["bike-shed-smoke"].escalate


@pytest.mark.parametrize("kinds", [("gate",), ("sensor",), ("door", "gate"), ("camera",), ("charger",)])
def test_a_part_of_it_has_the_alarms_of_that_part(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    site = written(tmp_path, Choice(kinds=kinds))
    assert list(checking.faults(site)) == []
    links = by_key(in_force(site.tables).definitions)["bike-shed-smoke"].link
    assert {kind for link in links for kind in link.to.kinds} == {"gate", "door", "charger"} & set(kinds)


def test_together_its_chargers_would_take_more_than_there_is(tmp_path: Path) -> None:
    site = written(tmp_path, Choice())
    groups: dict[str, list[ChargerOptions]] = {}
    for device in site.tables.device:
        if device.kind == "charger":
            options = msgspec.convert(device.options, ChargerOptions)
            groups.setdefault(options.supply_group or "", []).append(options)
    assert {group: len(those) for group, those in groups.items()} == {"garage": 8, "bike-shed": 20}
    for those in groups.values():
        assert (those[0].supply_limit or 0) < sum(each.power for each in those) / 1.5
    assert {each.parsed_wire().scheme for each in groups["garage"]} == {"ocpp", "ykc"}
    assert len({each.wire for those in groups.values() for each in those}) == 28


def test_what_residents_need_to_charge_is_kept_from_start_to_start(tmp_path: Path) -> None:
    site = written(tmp_path, Choice(kinds=("charger",)))
    file = tmp_path / "secrets" / "residents.json"
    first = wallets(site, file)
    assert len(first.codes) == 28
    assert len({*first.residents, first.visitor}) == RESIDENTS + 1
    assert file.stat().st_mode & 0o077 == 0
    assert wallets(site, file) == first == read_wallets(file)
    with ledger_of(site) as (connection, trail):
        for each in Accounts(trail).listed(connection):
            assert each.balance.available_fen == PAID_IN_FEN
            Accounts(trail).top_up(connection, each.account.id, LEAST_FEN - PAID_IN_FEN - 1, CLI, "spent")
    assert wallets(site, file) == first
    with ledger_of(site) as (connection, trail):
        assert all(each.balance.available_fen > PAID_IN_FEN for each in Accounts(trail).listed(connection))
    site.path("data/hub/ledger.sqlite").unlink()
    second = wallets(site, file)
    assert not {*second.residents, *second.codes.values()} & {*first.residents, *first.codes.values()}
