"""The sample community as it is written down."""

from collections import Counter
from pathlib import Path

import pytest

from contract.errors import ConfigurationError
from hemei import checking
from hemei.alarms.in_force import in_force
from hemei.demo import community
from hemei.demo.belongings import write_belongings
from hemei.demo.community import Choice, Wiring
from hemei.demo.options import Options
from hemei.private_files import secret_in
from hemei.settings import simulator_settings
from hemei.site import Site, read_site
from hub.alarms.definition import by_key
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
    for account in ("hub", *community.driver_hosts(chosen)):
        secret_in(folder / "secrets" / f"{account}.mqtt")
    return read_site(file)


def test_it_has_what_it_should_and_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    site = written(tmp_path, Choice())
    kinds = Counter(device.kind for device in site.tables.device)
    assert kinds == {"gate": 4, "door": 12, "camera": 16, "sprinkler": 11, "sensor": 11}
    facades = [each for each in site.tables.device if each.simulated.get("scene") == "facade"]
    assert len(facades) == 2
    assert {each.options["profile"] for each in site.tables.device if each.kind == "sensor"} >= {
        "smoke",
        "water-leak",
        "manhole",
    }
    assert all(each.location and each.location.x is not None for each in site.tables.device)
    assert list(checking.faults(site)) == []


@pytest.mark.parametrize("scenario", scenario_names())
def test_its_pretend_hardware_can_play_every_story(tmp_path: Path, scenario: str) -> None:
    settings = simulator_settings(written(tmp_path, Choice()))
    Host(settings, clock=VirtualClock(), scenario=scenario)


def test_any_number_of_gates_has_places_names_and_ports_of_its_own(tmp_path: Path) -> None:
    site = written(tmp_path, Choice(kinds=("gate",), gates=community.MOST_GATES))
    devices = site.tables.device
    assert len(devices) == len({each.id for each in devices}) == community.MOST_GATES
    assert len({each.options["wire"] for each in devices}) == community.MOST_GATES
    assert [host.id for host in site.tables.driver_host] == ["gates"]
    assert list(checking.faults(site)) == []


def test_a_kind_that_is_not_there_is_told(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path, choice=Choice(kinds=("gate", "lift")))
    with pytest.raises(
        ConfigurationError, match="--kinds lift: allowed: gate, door, camera, sprinkler, sensor"
    ):
        options.check()


def test_smoke_in_the_shed_sets_everything_in_motion(tmp_path: Path) -> None:
    alarms = by_key(in_force(written(tmp_path, Choice()).tables).definitions)
    links = alarms["bike-shed-smoke"].link
    assert [(link.action, link.to.kinds or link.to.devices) for link in links] == [
        ("fire-release", ("sprinkler/bike-shed",)),
        ("fire-release", ("door",)),
        ("fire-release", ("gate",)),
    ]
    assert alarms["bike-shed-smoke"].evidence.snapshot
    assert alarms["bike-shed-smoke"].escalate


@pytest.mark.parametrize("kinds", [("gate",), ("sensor",), ("door", "gate"), ("camera",)])
def test_a_part_of_it_has_the_alarms_of_that_part(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    site = written(tmp_path, Choice(kinds=kinds))
    assert list(checking.faults(site)) == []
    links = by_key(in_force(site.tables).definitions)["bike-shed-smoke"].link
    assert {kind for link in links for kind in link.to.kinds} == {"gate", "door"} & set(kinds)
