"""`[[police.grid]]` in the site file."""

from pathlib import Path

import pytest

from hemei.private_files import write_private
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.referrals.settings import covering
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint

TABLE = """
[[contact]]
id = "officer"
title = {zh-CN = "警格"}
url_file = "secrets/officer.apprise"

[[police.grid]]
key = "hemei"
title = {zh-CN = "和美警格", en = "Hemei grid"}
areas = ["*"]
contact = "officer"
"""


def test_the_hub_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "secrets" / "officer.apprise", "json://127.0.0.1:9/officer")
    said = check(tmp_path, GOOD + SECOND + TABLE)
    assert said.exit_code == 0, said.output
    police = hub_settings(read_site(tmp_path / "site.toml")).police
    found = covering(police.grid, "garage")
    assert found is not None
    assert (found.key, found.answer_days) == ("hemei", 7)


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ('areas = ["*"]', 'areas = ["moon"]', "[police.grid hemei] areas = 'moon': no such area"),
        ('areas = ["*"]', "areas = []", "areas"),
        ('contact = "officer"', 'contact = "nobody"', "no such contact; allowed: officer"),
        ('{zh-CN = "和美警格", en = "Hemei grid"}', "{}", "[police.grid hemei] title: is empty"),
        ('contact = "officer"', 'contact = "officer"\nanswer_days = 0', "answer_days"),
        (
            "[[police.grid]]",
            '[[post]]\nid = "centre"\ntitle = {en = "Centre"}\n\n[[police.grid]]',
            "allowed: a contact without `post`",
        ),
        (
            "[[contact]]",
            TABLE[TABLE.index("[[police.grid]]") :] + "\n[[contact]]",
            "[[police.grid]] key = 'hemei': stands 2 times",
        ),
        ("[[police.grid]]", '[police]\npublic_url = "hub.example"\n\n[[police.grid]]', "public_url"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, was: str, now: str, named: str) -> None:
    table = TABLE.replace(was, now)
    if "[[post]]" in now:
        table = table.replace('url_file = "secrets', 'post = "centre"\nurl_file = "secrets')
    assert named in complaint(tmp_path, GOOD + table)
