"""`hemei backup` and `hemei restore` on a quiet site: all of it, or nothing, and never anything half."""

import hashlib
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from contract.clock import SystemClock
from hemei.backup.manifest import read_manifest
from hemei.backup.shelf import UNFINISHED
from hemei.cli import main
from hemei.found import Plan, found_site
from hemei.site import read_site
from hub.bundle.keys import SigningKeys
from hub.health.backup import last_backup
from hub.history.sqlite import SqliteHistory
from hub.ledger.engine import open_ledger
from hub.media import MediaStore
from hub.settings import Retention
from tests.ledgers import new_ledger
from tests.peers import require_program
from tests.postgresql import PostgreSQL

PICTURE = b"a picture"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a site with a ledger, history and one picture; its file."""
    file = found_site(tmp_path / "site", Plan(), SystemClock()).file
    fill(file.parent / "data" / "hub")
    return file


def fill(data: Path) -> None:
    new_ledger(data / "ledger.sqlite")
    SqliteHistory(data / "history.sqlite", Retention()).close()
    keep(data, PICTURE)
    (data / "waiting").mkdir()
    (data / "waiting" / "1.lines").write_text("raw value=1 1")


def keep(data: Path, content: bytes) -> Path:
    """Have the hub keep a picture."""
    store, sha256 = MediaStore(data / "media"), hashlib.sha256(content).hexdigest()
    store.save(sha256, content)
    file = store.path(sha256)
    assert file is not None
    return file


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


def hemei(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(each) for each in arguments], env={"LC_ALL": "C"})
    assert done.exit_code == code, done.output
    return done.output


def backup(site: Path, shelf: Path, *options: object) -> Path:
    """Make a backup and return it."""
    before = set(shelf.glob("[!.]*"))
    hemei("backup", "--config", site, "--to", shelf, *options)
    [made] = set(shelf.glob("[!.]*")) - before
    return made


def aged(made: Path, hours: int) -> Path:
    """Have a backup be an older one."""
    return made.rename(made.with_name(f"hemei-20261101T{hours:02}0000Z"))


def test_a_backup_is_whole_private_and_known_to_the_health_page(site: Path, shelf: Path) -> None:
    made = backup(site, shelf)
    manifest = read_manifest(made)
    assert (manifest.media, manifest.ledger.engine, manifest.left_out) == (1, "sqlite", [])
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    databases = list(made.rglob("*.sqlite*"))
    assert {each.name for each in databases} == {"ledger.sqlite", "history.sqlite"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in databases} == {0o600}
    assert {each.name for each in (made / "site/data/hub").iterdir()} >= {"waiting", "media"}
    last = last_backup(site.parent / "data" / "hub")
    assert last is not None
    assert (last.folder, last.verified, last.bytes) == (str(made), True, manifest.bytes)
    assert "The backup is whole" in hemei("backup", "verify", made)


def test_pictures_are_linked_from_backup_to_backup_and_old_backups_go(site: Path, shelf: Path) -> None:
    first = aged(backup(site, shelf), 1)
    keep(site.parent / "data" / "hub", b"another")
    second = aged(backup(site, shelf), 2)
    inodes = [
        {each.stat().st_ino for each in made.glob("site/data/hub/media/??/*")} for made in (first, second)
    ]
    assert inodes[0] < inodes[1]
    foreign = shelf / "mine"
    foreign.mkdir()
    third = backup(site, shelf, "--keep", 2)
    assert {each.name for each in shelf.glob("[!.]*")} == {second.name, third.name, "mine"}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.write_bytes(b"A picture"), "its bytes are not those of the manifest"),
        (lambda file: file.write_bytes(b"a pict"), "has 6 bytes; the manifest says 9"),
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: file.with_name("more").touch(), "is not in the manifest"),
    ],
)
def test_what_is_not_as_it_was_is_named_and_not_restored(
    site: Path, shelf: Path, tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    shutil.copytree(backup(site, shelf), made := tmp_path / "copied")
    [picture] = made.glob("site/data/hub/media/??/*")
    harm(picture)
    assert said in hemei("backup", "verify", made, code=2)
    assert said in hemei("restore", made, "--to", tmp_path / "new", code=2)
    assert not (tmp_path / "new").exists()


def test_what_a_site_names_elsewhere_comes_back_in_one_folder(
    site: Path, shelf: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "var" / "hub"
    fill(elsewhere)
    secret = tmp_path / "etc" / "wecom.url"
    secret.parent.mkdir()
    secret.write_text("wecom://token")
    secret.chmod(0o600)
    contact = f'[[contact]]\nid = "wecom"\nurl_file = "{secret}"\ntitle = {{en = "WeCom"}}\n'
    told = site.read_text().replace('data_dir = "data/hub"', f"data_dir = '{elsewhere}'")
    site.write_text(told + contact)
    hemei("restore", backup(site, shelf), "--to", tmp_path / "new")
    restored = read_site(tmp_path / "new" / "site.toml")
    data = restored.path(restored.tables.hub.data_dir)
    assert data.is_relative_to(tmp_path / "new")
    assert (data / "ledger.sqlite").is_file()
    assert restored.path(restored.tables.contact[0].url_file).read_text() == "wecom://token"
    assert str(site.parent) not in (tmp_path / "new" / "mosquitto" / "mosquitto.conf").read_text()
    hemei("check", tmp_path / "new" / "site.toml")


def test_secrets_may_be_left_out_and_a_restore_says_which(site: Path, shelf: Path, tmp_path: Path) -> None:
    SigningKeys(site.parent / "data" / "hub" / "keys").current()
    made = backup(site, shelf, "--without-secrets")
    assert not list(made.rglob("hub.mqtt"))
    assert not list(made.rglob("signing.pem"))
    assert list(backup(site, tmp_path / "whole").rglob("signing.pem"))
    assert "Not in the backup: the secret secrets/hub.mqtt" in hemei(
        "restore", made, "--to", tmp_path / "new"
    )
    assert (tmp_path / "new" / "tls" / "ca.crt").exists()


def test_nothing_is_overwritten(site: Path, shelf: Path) -> None:
    made = backup(site, shelf)
    assert "is not empty" in hemei("restore", made, "--to", site.parent, code=2)
    inside = site.parent / "data" / "hub" / "backups"
    assert "in the hub's own data" in hemei("backup", "--config", site, "--to", inside, code=2)
    assert "is no backup" in hemei("restore", site.parent, "--to", site.parent / "new", code=2)


def test_what_is_no_ledger_or_of_a_newer_product_is_refused(site: Path, shelf: Path, tmp_path: Path) -> None:
    made = backup(site, shelf)
    manifest = made / "manifest.json"
    revision = read_manifest(made).ledger.revision
    manifest.write_text(manifest.read_text().replace(f'"{revision}"', '"9999"'))
    assert "newer product" in hemei("restore", made, "--to", tmp_path / "new", code=2)
    (site.parent / "data" / "hub" / "ledger.sqlite").write_bytes(b"")
    assert "is no ledger" in hemei("backup", "--config", site, "--to", tmp_path / "other", code=2)
    (site.parent / "data" / "hub" / "ledger.sqlite").write_bytes(b"scrambled" * 1000)
    assert "cannot be copied" in hemei("backup", "--config", site, "--to", tmp_path / "other", code=2)
    assert list((tmp_path / "other").iterdir()) == [tmp_path / "other" / ".lock"]


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Have the system refuse longer files, as a full disk does; Python ignores its signal SIGXFSZ."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_no_more_can_be_written_nothing_is_left(site: Path, shelf: Path, tmp_path: Path) -> None:
    whole = backup(site, shelf)
    with no_file_longer_than(100_000):
        assert "Error: " in hemei("backup", "--config", site, "--to", shelf, code=2)
        assert "nothing was restored" in hemei("restore", whole, "--to", tmp_path / "new", code=2)
    assert {each.name for each in shelf.iterdir()} == {whole.name, ".lock"}
    assert not [each for each in tmp_path.iterdir() if "new" in each.name]
    assert not list(shelf.glob(f"{UNFINISHED}*"))


def test_a_ledger_in_postgresql_is_dumped_and_restored_into_an_empty_database(
    site: Path, shelf: Path, tmp_path: Path
) -> None:
    require_program("pg_dump", "postgresql-client")
    with PostgreSQL() as server:
        url, other = server.new_database(), server.new_database()
        ledger = open_ledger(url)
        with ledger.begin() as connection:
            connection.execute(text("INSERT INTO audit_heads VALUES ('default', 0, 'none')"))
        ledger.dispose()
        site.write_text(site.read_text().replace("[hub]", f'[hub]\nledger = "{url}"'))
        made = backup(site, shelf)
        manifest = read_manifest(made)
        assert (manifest.ledger.engine, manifest.ledger.rows["audit_heads"]) == ("postgresql", 1)
        assert "--ledger" in hemei("restore", made, "--to", tmp_path / "new", code=2)
        assert "is not empty" in hemei("restore", made, "--to", tmp_path / "new", "--ledger", url, code=2)
        assert not (tmp_path / "new").exists()
        hemei("restore", made, "--to", tmp_path / "new", "--ledger", other)
        assert read_site(tmp_path / "new" / "site.toml").tables.hub.ledger == other
        restored = open_ledger(other)
        with restored.connect() as connection:
            assert connection.execute(text("SELECT hash FROM audit_heads")).scalars().all() == ["none"]
        restored.dispose()
