"""Runs commands of `hemei` on a site of the test's own."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from hemei.cli import main
from tests.hemei.test_site import GOOD

Hemei = Callable[..., str]


def on_a_site(folder: Path, group: str) -> Hemei:
    """Return what runs a command of a group there; gives its output, and fails unless it ended as said."""
    (folder / "site.toml").write_text(GOOD, encoding="utf-8")

    def run(*arguments: str, code: int = 0, said: str = "", locale: str = "C") -> str:
        config = ("--config", str(folder / "site.toml"))
        done = CliRunner().invoke(main, [group, *arguments, *config], input=said, env={"LC_ALL": locale})
        assert done.exit_code == code, done.output
        return done.output

    return run
