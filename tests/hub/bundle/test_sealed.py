"""Time stamps of OpenSSL's authority, and encryption that Debian's age opens."""

import shutil
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from contract.clock import SystemClock, epoch_ms
from contract.errors import ConfigurationError
from hub.bundle.errors import Damaged, StampFailed, Unreadable
from hub.bundle.making import Making, Options
from hub.bundle.progress import Bundle
from hub.bundle.sealing import decrypt, encrypt
from hub.bundle.stamping import ask_for_stamp, read_roots, read_stamp
from hub.bundle.verify.check import Trust, check
from tests.hub.bundle.changing import flip
from tests.hub.bundle.conftest import Made
from tests.hub.bundle.stamper import make_authority, serving
from tests.hub.bundle.synthetic import Synthetic, facts
from tests.peers import require_program

NOW = SystemClock().now


def looked(bundle: Path, **trust: object) -> set[str]:
    identity = trust.pop("identity", None)
    assert identity is None or isinstance(identity, Path)
    report = check(bundle, Trust(**trust), identity, lambda _done, _total: None)  # type: ignore[arg-type]  # a test's
    return {each.fault.value for each in report.findings}


def test_a_stamp_says_when_and_by_whom(made: Made) -> None:
    trust = Trust(roots=read_roots(made.authority.read_bytes()))
    report = check(made.file, trust, None, lambda _done, _total: None)
    assert report.right, report.findings
    assert report.stamp is not None
    assert (report.stamp.trusted, report.stamp.by) == (True, "CN=Test stamper")
    assert made.bundle.contents is not None
    kept = made.bundle.contents.stamp
    assert kept is not None
    assert (kept.at_ms, kept.by) == (epoch_ms(report.stamp.at), report.stamp.by)


def test_a_stamp_of_another_authority_is_found(made: Made, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    assert looked(made.file, roots=read_roots(other.read_bytes())) == {"stamp"}


def test_a_stamp_is_of_its_content_alone(made: Made, tmp_path: Path) -> None:
    with serving(made.authority.parent) as url:
        answer = ask_for_stamp(url, b"this", NOW())
        for broken, said in (("/broken", "RFC 3161"), ("/busy", "HTTP 503"), ("/other", "other content")):
            with pytest.raises(StampFailed, match=said):
                ask_for_stamp(url + broken, b"this", NOW())
    with pytest.raises(StampFailed, match="cannot be asked"):
        ask_for_stamp(url, b"this", NOW())
    assert read_stamp(answer, b"this", ()).by == "CN=Test stamper"
    with pytest.raises(Damaged, match="other content"):
        read_stamp(answer, b"that", ())


def test_a_stamp_is_looked_at_when_it_is_made(made: Made, tmp_path: Path) -> None:
    own = read_roots(made.authority.read_bytes())
    other = make_authority(tmp_path / "other")
    with serving(made.authority.parent) as url:
        answer = ask_for_stamp(url, b"this", NOW(), own)
        assert read_stamp(answer, b"this", own).trusted
        with pytest.raises(StampFailed, match="none of the given authorities"):
            ask_for_stamp(url, b"this", NOW(), read_roots(other.read_bytes()))
        with pytest.raises(StampFailed, match="other content"):
            ask_for_stamp(url + "/other", b"this", NOW(), own)
        with pytest.raises(StampFailed, match="one of them is wrong"):
            ask_for_stamp(url, b"this", NOW() - timedelta(days=1), own)


def test_a_bundle_leaves_only_with_a_stamp_of_the_given_authority(made: Made, tmp_path: Path) -> None:
    theirs, folder = tmp_path / "theirs.pem", tmp_path / "made"
    folder.mkdir()

    def run(stamper: str) -> Bundle:
        options = Options(stamper=stamper, authority=str(theirs))
        making = Making(folder, Synthetic(), facts(), made.keys, options, SystemClock())
        return making.run(lambda _progress: None, lambda: False)

    with serving(made.authority.parent) as url:
        with pytest.raises(ConfigurationError, match=r"theirs\.pem: cannot be read"):
            run(url)
        shutil.copy(make_authority(tmp_path / "other"), theirs)
        with pytest.raises(StampFailed, match="none of the given authorities"):
            run(url)
        assert not list(folder.glob("*.zip*"))
        shutil.copy(made.authority, theirs)
        bundle = run(url)
    assert not looked(folder / bundle.name, roots=read_roots(theirs.read_bytes()))


def test_age_opens_what_we_encrypt_and_we_what_age_does(made: Made, tmp_path: Path) -> None:
    age, keygen = require_program("age", "age"), require_program("age-keygen", "age")
    identity, other = tmp_path / "key.txt", tmp_path / "other.txt"
    for file in (identity, other):
        subprocess.run([keygen, "-o", file], check=True, capture_output=True)
    recipients = [
        subprocess.run([keygen, "-y", file], check=True, capture_output=True, text=True).stdout.strip()
        for file in (identity, other)
    ]
    sealed = tmp_path / f"{made.file.name}.age"
    encrypt(made.file, sealed, recipients)
    for file in (identity, other):
        opened = subprocess.run([age, "-d", "-i", file, sealed], check=True, capture_output=True).stdout
        assert opened == made.file.read_bytes()
    assert not looked(sealed, identity=identity)
    theirs = tmp_path / "theirs.age"
    subprocess.run([age, "-r", recipients[0], "-o", theirs, made.file], check=True)
    with (tmp_path / "plain").open("wb") as plain:
        decrypt(theirs, plain, identity)
    assert (tmp_path / "plain").read_bytes() == made.file.read_bytes()
    with pytest.raises(Unreadable, match="no key"):
        looked(theirs, identity=other)


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """Give the file of a key that `age-keygen` makes."""
    file = tmp_path / "key.txt"
    keygen = require_program("age-keygen", "age")
    subprocess.run([keygen, "-o", file], check=True, capture_output=True)
    return file


@pytest.fixture
def sealed(made: Made, identity: Path, tmp_path: Path) -> Path:
    """Give the bundle, encrypted to that key."""
    command = [require_program("age-keygen", "age"), "-y", identity]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    file = tmp_path / "it.zip.age"
    encrypt(made.file, file, [said.strip()])
    return file


def test_what_is_opened_has_no_name_that_a_kill_could_leave(
    sealed: Path, identity: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen = []
    report = check(sealed, Trust(), identity, lambda _done, _total: seen.append(list(folder.iterdir())))
    assert report.right
    assert seen
    assert not any(seen)


def test_a_changed_byte_of_an_encrypted_bundle_is_found(sealed: Path, identity: Path) -> None:
    age = require_program("age", "age")
    size = sealed.stat().st_size
    for place in (3, 40, 130, 180, 220, size // 2, size - 1):
        flip(sealed, place)
        opened = subprocess.run([age, "-d", "-i", identity, sealed], check=False, capture_output=True)
        assert opened.returncode, f"age, byte {place}"
        try:
            assert looked(sealed, identity=identity) == {"encryption"}, f"byte {place}"
        except Unreadable as unreadable:
            assert place < 220, f"only its header says for whom it is: {unreadable}"  # noqa: PT017 - either is right
        flip(sealed, place)
    assert not looked(sealed, identity=identity)
    with pytest.raises(Unreadable, match="--identity"):
        looked(sealed)


@pytest.mark.parametrize("behind", [b"", b"PK"])
def test_a_changed_beginning_of_an_encrypted_bundle_is_found_whatever_stands_behind(
    tmp_path: Path, behind: bytes
) -> None:
    """What is encrypted looks like a ZIP's end in one of sixteen: two bytes of 4,096 are enough."""
    identity, sealed = tmp_path / "key.txt", tmp_path / "it.zip.age"
    key = pyrage.x25519.Identity.generate()
    identity.write_text(str(key))
    sealed.write_bytes(pyrage.encrypt(b"plain" * 1000, [key.to_public()]) + behind)
    flip(sealed, 3)
    assert looked(sealed, identity=identity) == {"encryption"}
