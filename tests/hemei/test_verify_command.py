"""`hemei verify`: what it says and how it ends."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from contract.clock import SystemClock
from hemei.bundle_words import FAULTS
from hemei.cli import main
from hub.bundle.keys import SigningKeys
from hub.bundle.making import Making, Options
from hub.bundle.verify.findings import Fault
from tests.hub.bundle.changing import flip
from tests.hub.bundle.synthetic import Synthetic, facts


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a bundle; whoever changes it puts it right again."""
    folder = tmp_path_factory.mktemp("bundle")
    made = Making(folder, Synthetic(), facts(), SigningKeys(folder / "keys"), Options(), SystemClock())
    return folder / made.run(lambda _progress: None, lambda: False).name


def ran(*words: object, language: str = "C") -> Result:
    """Run the command."""
    environment = {"LC_ALL": language, "LANG": language}
    return CliRunner(env=environment).invoke(main, ["verify", *map(str, words)])


def test_a_whole_bundle_ends_with_0(bundle: Path) -> None:
    result = ran(bundle)
    assert result.exit_code == 0, result.output
    assert "Whole: all 18 files" in result.output
    assert "Compare it" in result.output
    assert "完好：18 个文件" in ran(bundle, language="zh_CN.UTF-8").output


def test_with_the_key_nothing_is_left_to_compare(bundle: Path, tmp_path: Path) -> None:
    key = SigningKeys(bundle.parent / "keys").current().public
    (tmp_path / "signer.pem").write_bytes(key.pem)
    for given in (key.fingerprint, key.fingerprint.upper(), tmp_path / "signer.pem"):
        result = ran(bundle, "--key", given)
        assert (result.exit_code, "Compare it" in result.output) == (0, False), result.output
    assert ran(bundle, "--key", "0" * 64).exit_code == 1
    wrong = ran(bundle, "--key", tmp_path / "nowhere.pem")
    assert wrong.exit_code == 2
    assert "64 digits" in wrong.output


def test_a_changed_bundle_ends_with_1_and_says_what(bundle: Path) -> None:
    with ZipFile(bundle) as opened:
        place = opened.getinfo("data/passes.xlsx").header_offset + 200
    flip(bundle, place)
    result, plain = ran(bundle), ran(bundle, language="zh_CN.UTF-8")
    report = json.loads(ran(bundle, "--json").output)
    flip(bundle, place)
    assert result.exit_code == 1
    assert "data/passes.xlsx: the content was changed" in result.output
    assert "data/passes.xlsx: 内容被改动" in plain.output
    assert not report["right"]
    assert {"changed", "sidecar"} == {each["fault"] for each in report["findings"]}


def test_what_is_no_bundle_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "it.zip").write_text("no bundle")
    for name in ("it.zip", "nowhere.zip"):
        result = ran(tmp_path / name)
        assert (result.exit_code, "Traceback" in result.output) == (2, False)
        assert result.output.startswith("Error: ")


def test_an_unpacked_bundle_is_checked_too(bundle: Path, tmp_path: Path) -> None:
    with ZipFile(bundle) as opened:
        opened.extractall(tmp_path)
    assert ran(tmp_path).exit_code == 0
    (tmp_path / "data/passes.csv").write_text("other")
    assert ran(tmp_path).exit_code == 1


def test_every_fault_has_words() -> None:
    assert set(FAULTS) == {each.value for each in Fault}
