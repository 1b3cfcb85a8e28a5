"""`hemei key` on a site."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from hemei.settings import ledger_url
from hemei.site import read_site
from hub.audit.schema import audit
from hub.bundle.keys import SigningKeys, read_public
from hub.ledger.engine import open_ledger
from tests.hemei.commands import Hemei, on_a_site


@pytest.fixture
def hemei(tmp_path: Path) -> Hemei:
    return on_a_site(tmp_path, "key")


def audited(site: Path) -> list[dict[str, object]]:
    engine = open_ledger(ledger_url(read_site(site)))
    with engine.connect() as connection:
        bodies = connection.execute(select(audit.c.body).order_by(audit.c.n)).scalars().all()
    engine.dispose()
    return [msgspec.json.decode(body) for body in bodies]


def test_the_key_is_shown_renewed_and_handed_over(hemei: Hemei, tmp_path: Path) -> None:
    for command in ("show", "renew"):
        assert "no signing key yet" in hemei(command, code=2)
    site = read_site(tmp_path / "site.toml")
    folder = site.path(site.tables.hub.data_dir) / "keys"
    old = SigningKeys(folder).current().public.fingerprint
    assert old in hemei("show")
    assert "Renew it?" in hemei("renew", said="n\n", code=1)
    assert not list(folder.glob("old/*")), "nobody agreed"
    said = hemei("renew", said="y\n")
    new = SigningKeys(folder).current().public.fingerprint
    assert new != old
    assert old in said
    assert new in said
    assert hemei("show", locale="zh_CN.UTF-8").splitlines() == [
        f"签名公钥指纹：{new}",
        f"已更换的旧公钥：{old}",
    ]
    (entry,) = audited(tmp_path / "site.toml")
    assert (entry["who"], entry["what"], entry["about"]) == ("cli", "signing-key.renewed", new)
    details = entry["details"]
    assert isinstance(details, dict)
    assert details.pop("account")
    assert details == {"old": old}
    handed = tmp_path / "signer.pem"
    hemei("show", "--out", str(handed))
    assert read_public(handed.read_bytes()).fingerprint == new
    assert "File exists" in hemei("show", "--out", str(handed), code=2)
