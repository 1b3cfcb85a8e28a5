"""`[disclosure]` in the site file."""

from pathlib import Path

import pytest

from hemei.settings import hub_settings
from hemei.site import read_site
from hub.disclosure.bases import Reveal
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD
from tests.hub.bundle.stamper import make_authority
from tests.peers import require_program

TABLE = """
[disclosure]
keep_days = 10
stamp_url = "https://tsa.example/tsr"
folder = "bundles"

[[disclosure.bases]]
key = "court-order"
title = {zh-CN = "法院调查令", en = "Court order"}
document = {zh-CN = "调查令原件", en = "The order, in the original"}
kinds = ["passes"]
fields = {passes = ["at", "plate"]}
reveals = ["plates"]
longest_days = 10
release_days = 3
"""


def test_the_hub_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml"))
    assert settings.disclosures_dir == tmp_path / "bundles"
    assert (settings.disclosure.keep_days, settings.disclosure.decide_days) == (10, 7)
    (basis,) = settings.disclosure.bases
    assert basis.reveals == {Reveal.PLATES}


def test_bundles_lie_in_the_hubs_own_folder_by_default(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml"))
    assert settings.disclosures_dir == settings.data_dir / "disclosures"


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ('"https://tsa.example/tsr"', '"ftp://tsa.example"', "[disclosure] stamp_url"),
        ("keep_days = 10", "keep_days = 0", "[disclosure] keep_days"),
        ("keep_days = 10", "keeps = 1", "[disclosure] keeps: unknown key"),
        ('kinds = ["passes"]', 'kinds = ["visits"]', "[disclosure.bases court-order] kinds"),
        ('["at", "plate"]', '["plates"]', "[disclosure.bases court-order] fields.passes = plates: no such"),
        ('kinds = ["passes"]', 'kinds = ["passes", "events"]', "fields: must say it for each of kinds"),
        ('reveals = ["plates"]', 'reveals = ["all"]', "[disclosure.bases court-order] reveals"),
        ("longest_days = 10\n", "", "[disclosure.bases court-order] longest_days: missing"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, was: str, now: str, named: str) -> None:
    said = check(tmp_path, GOOD + SECOND + TABLE.replace(was, now))
    assert said.exit_code == 2
    assert named in said.output


def test_the_authority_of_stamps_is_looked_at(tmp_path: Path) -> None:
    require_program("openssl", "openssl")
    named = TABLE.replace("folder =", 'stamp_authority_file = "tsa.pem"\nfolder =')
    assert "stamp_authority_file = 'tsa.pem': " in check(tmp_path, GOOD + SECOND + named).output
    (tmp_path / "tsa.pem").write_text("no certificate")
    said = check(tmp_path, GOOD + SECOND + named)
    assert (said.exit_code, "no certificates in PEM" in said.output) == (2, True)
    make_authority(tmp_path / "authority").rename(tmp_path / "tsa.pem")
    assert check(tmp_path, GOOD + SECOND + named).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml"))
    assert settings.disclosure.stamp_authority_file == str(tmp_path / "tsa.pem")
    unasked = named.replace('stamp_url = "https://tsa.example/tsr"\n', "")
    assert "stamp_url must say by which server" in check(tmp_path, GOOD + SECOND + unasked).output


def test_a_basis_stands_there_once(tmp_path: Path) -> None:
    again = TABLE[TABLE.index("[[disclosure.bases]]") :]
    said = check(tmp_path, GOOD + SECOND + TABLE + again)
    assert said.exit_code == 2
    assert "[[disclosure.bases]] key = 'court-order': stands 2 times" in said.output
