"""Accounts from files, and what is said of a file that holds none."""

from pathlib import Path

import pytest

from drivers.runtime.credentials import Credentials, plain_url, read_credentials


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("guard:a:b", ("guard", "a:b")),
        ('user = "guard"\npassword = "a:b"\n', ("guard", "a:b")),
    ],
)
def test_credentials_are_read(tmp_path: Path, text: str, found: tuple[str, str]) -> None:
    file = tmp_path / "account"
    file.write_text(text, encoding="utf-8")
    read = read_credentials(str(file))
    assert (read.user, read.password) == found


COLON = 'user = "a:s3cret"\npassword = "b"'


@pytest.mark.parametrize("text", ["", "guard", ":", "s3cret:", "s3cret\nmore", 'user = "s3cret"', COLON])
def test_credentials_that_make_no_sense_are_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "account"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="credentials_file") as wrong:
        read_credentials(str(file))
    assert "s3cret" not in str(wrong.value)
    assert wrong.value.__context__ is None or "s3cret" not in repr(wrong.value.__context__)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="FileNotFoundError"):
        read_credentials(str(tmp_path / "none"))


def test_a_password_is_not_printed() -> None:
    assert "s3cret" not in repr(Credentials("guard", "s3cret"))


def test_an_address_with_an_account_is_refused() -> None:
    with pytest.raises(ValueError, match="credentials_file") as wrong:
        plain_url("url", "http://guard:s3cret@h", ("http",))
    assert "s3cret" not in str(wrong.value)
