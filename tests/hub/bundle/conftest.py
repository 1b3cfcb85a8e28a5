"""One bundle, made once for all tests of this folder, with a time stamp; they work on copies of it."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from contract.clock import SystemClock
from hub.bundle.keys import SigningKeys
from hub.bundle.making import Making, Options
from hub.bundle.progress import Bundle
from tests.hub.bundle.stamper import make_authority, serving
from tests.hub.bundle.synthetic import Synthetic, facts
from tests.peers import require_program


class Made(NamedTuple):
    """A bundle in its folder, the site's keys, the authority's root, and where its files are."""

    folder: Path
    keys: SigningKeys
    authority: Path
    bundle: Bundle

    @property
    def file(self) -> Path:
        return self.folder / self.bundle.name


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give the bundle; nobody may change it."""
    require_program("openssl", "openssl")
    base = tmp_path_factory.mktemp("bundle")
    keys, authority = SigningKeys(base / "keys"), make_authority(base / "authority")
    folder = base / "made"
    folder.mkdir()
    with serving(base / "authority") as url:
        making = Making(folder, Synthetic(), facts(), keys, Options(stamper=url), SystemClock())
        bundle = making.run(lambda _progress: None, lambda: False)
    return Made(folder, keys, authority, bundle)


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Path:
    """Give a copy of the ZIP alone."""
    return Path(shutil.copy(made.file, tmp_path / made.file.name))
