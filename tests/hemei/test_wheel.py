"""The wheel carries everything: a site is founded, checked and run from it, away from any checkout."""

import asyncio
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.hemei.demos import START_WITHIN_S
from tests.plain_http import plain_client
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Build the wheel and put it where an installer would; the folder that holds its packages."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("hemei_hub-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site-packages")
    return tmp_path / "site-packages"


def from_wheel(installed: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of `hemei` as the wheel has it: this checkout is out of its sight."""
    found = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    environment = {**os.environ, "PYTHONPATH": found, "LC_ALL": "C.UTF-8"}
    # -S leaves out the .pth file that points back at the checkout; -P the folder we happen to be in.
    return [sys.executable, "-S", "-P", "-m", "hemei", *arguments], environment


def test_a_site_is_founded_and_checked(installed: Path, tmp_path: Path) -> None:
    for arguments in (("init", str(tmp_path / "site")), ("check", str(tmp_path / "site" / "site.toml"))):
        command, environment = from_wheel(installed, *arguments)
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert "acl_file" in (tmp_path / "site" / "mosquitto" / "mosquitto.conf").read_text()


async def test_a_demo_runs_with_its_pages(installed: Path, tmp_path: Path) -> None:
    if not (ROOT / "dashboards" / "dist" / "wall.html").exists():
        pytest.skip("the pages are not built: make test builds them")
    ready_file = tmp_path / "ready.json"
    options = ("--port", "0", "--kinds", "gate", "--gates", "1", "--broker", "amqtt")
    options = (*options, "--ready-file", str(ready_file))
    command, environment = from_wheel(installed, "demo", "--data-dir", str(tmp_path / "data"), *options)
    log = tmp_path / "log"
    with log.open("wb") as out:
        demo = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, env=environment, stdout=out, stderr=out
        )
    try:
        await eventually(lambda: ready_file.exists() or demo.returncode is not None, START_WITHIN_S)
        assert demo.returncode is None, log.read_text()
        async with plain_client(base_url=json.loads(ready_file.read_text())["http"]) as client:
            page = await client.get("/wall")
            assert page.status_code == 200
            [script] = [word for word in page.text.split('"') if word.endswith(".js") and "wall" in word]
            assert (await client.get(script)).status_code == 200
        demo.terminate()
        assert await demo.wait() == 0
    finally:
        if demo.returncode is None:
            demo.kill()
        await demo.wait()
