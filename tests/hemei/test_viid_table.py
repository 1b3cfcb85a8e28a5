"""`[viid]` in the site file."""

from pathlib import Path

import pytest

from hemei.private_files import write_private
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.viid.settings import Kind
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint

TABLE = """
[viid]
enabled = true
url = "http://198.51.100.7:8080"
id = "33021200005030000017"

[viid.motor_vehicles]
enabled = true
basis = "《…条例》第…条"
document = "甬公通 2026-17"

[[viid.device]]
device = "gate/east-in"
id = "33021200001210000007"
"""


def test_the_hub_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "secrets" / "viid.password", "a word of the test")
    said = check(tmp_path, GOOD + SECOND + TABLE)
    assert said.exit_code == 0, said.output
    feed = hub_settings(read_site(tmp_path / "site.toml")).viid
    assert feed.password_file == str(tmp_path / "secrets" / "viid.password")
    assert (feed.kinds(), feed.account) == ([Kind.MOTOR_VEHICLES], "33021200005030000017")


def test_it_is_off_by_default(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND).exit_code == 0
    assert hub_settings(read_site(tmp_path / "site.toml")).viid.kinds() == []


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    own = TABLE.replace("[viid]", '[viid]\nprofile_file = "own.toml"\nca_file = "ca.pem"')
    said = check(tmp_path, GOOD + SECOND + own)
    assert said.exit_code == 2
    for named in ("password_file", "profile_file", "ca_file"):
        assert f"[viid] {named}" in said.output


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ('basis = "《…条例》第…条"\n', "", "[viid.motor_vehicles] basis: missing"),
        ('document = "甬公通 2026-17"\n', "", "[viid.motor_vehicles] document: missing"),
        (
            "[[viid.device]]",
            "[viid.device_list]\nenabled = true\n[[viid.device]]",
            "[viid.device_list] basis",
        ),
        ("33021200001210000007", "33021200001250000007", "digits 11 to 13 are 125"),
        ("33021200001210000007", "3302120000121000000", "id"),
        ("33021200001210000007", "99021200001210000007", "begins with no region"),
        ("33021200001210000007", "33021200005030000017", "stands 2 times"),
        ("33021200005030000017", "33021200005030000000", "has no number of its own"),
        ('"gate/east-in"\nid', '"gate/nowhere"\nid', "no such device"),
        ('id = "33021200005030000017"\n', "", "[viid] id: missing"),
        ('url = "http://198.51.100.7:8080"\n', "", "[viid] url: missing"),
        ("http://198.51.100.7:8080", "http://me:secret@198.51.100.7", "url"),
        ("[viid]", "[viid.subscriptions]\nenabled = true\n\n[viid]", "[viid.subscriptions] basis: missing"),
        (
            "[viid]",
            "[viid.subscriptions]\nenabled = true\n\n[viid]",
            "[viid.subscriptions] username: missing",
        ),
        ("[viid]", '[viid]\nprofile = "provincial"', "is not there; allowed: national, community"),
        ("[viid]", '[viid]\nprofile = "community"', "[viid.more] community: missing"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, was: str, now: str, named: str) -> None:
    assert was in TABLE
    assert named in complaint(tmp_path, GOOD + TABLE.replace(was, now, 1))


def test_a_pretend_library_lets_in_only_whom_the_feed_names(tmp_path: Path) -> None:
    library = '[simulators.library]\nport = 15099\nid = "33029900005030000001"\n'
    assert "[simulators.library]: it lets in nobody" in complaint(tmp_path, GOOD + library)
    named = library + TABLE.replace("[viid]", '[viid]\nusername = "us"')
    assert "no username beside it" in complaint(tmp_path, GOOD + named)
    asks = library + "subscribes = true\n" + TABLE
    assert "[simulators.library] subscribes: nobody may" in complaint(tmp_path, GOOD + asks)
