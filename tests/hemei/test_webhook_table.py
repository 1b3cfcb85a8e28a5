"""`[[webhook]]` in the site file."""

from pathlib import Path

import pytest

from hemei.private_files import write_private
from hemei.settings import hub_settings
from hemei.site import read_site
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint
from tests.hub.webhooks.receiver import SECRET

TABLE = """
[[webhook]]
id = "erp"
url = "https://erp.example/hook"
secret_file = "secrets/erp.webhook"
events = ["hemei.gate.*"]
"""


def test_the_hub_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "secrets" / "erp.webhook", SECRET)
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    (hook,) = hub_settings(read_site(tmp_path / "site.toml")).webhooks
    assert hook.secret_file == str(tmp_path / "secrets" / "erp.webhook")
    assert hook.wants("hemei.gate.opened")
    assert not hook.wants("hemei.door.opened")
    assert not hook.private


@pytest.mark.parametrize("secret", [None, "not base64!", "whsec_c2hvcnQ="])
def test_a_secret_that_cannot_sign_is_named(tmp_path: Path, secret: str | None) -> None:
    if secret is not None:
        write_private(tmp_path / "secrets" / "erp.webhook", secret)
    said = check(tmp_path, GOOD + SECOND + TABLE)
    assert said.exit_code == 2
    assert "[webhook erp] secret_file" in said.output


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ("https://erp.example/hook", "ftp://erp.example/hook", "url"),
        ("https://erp.example/hook", "https://me:secret@erp.example/hook", "url"),
        ('events = ["hemei.gate.*"]', f"{TABLE}", "id"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, was: str, now: str, named: str) -> None:
    assert named in complaint(tmp_path, GOOD + TABLE.replace(was, now))
