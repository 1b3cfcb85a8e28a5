"""What `hemei init --containers` adds to a new site, so that `deploy/compose.yaml` runs it.

Services find each other by name on a network of their own, so the broker and the hub listen on all addresses
in their containers; what reaches them from outside, the compose file says. Every password is made here.
"""

import re
from pathlib import Path
from typing import Final

from hemei.private_files import secret_in, write_private

POSTGRESQL: Final = "postgresql"
SECRETS: Final = (POSTGRESQL, "influxdb-password", "influxdb-token", "grafana")
"""Files below `secrets` that the compose file hands to other people's images."""

PASSFILE: Final = "secrets/postgresql.pgpass"
DATA: Final = ("data/hub", "data/mosquitto", "data/prometheus", "data/grafana")
"""Folders that are mounted: made by Docker they would be root's."""


def site_text(text: str, folder: Path) -> str:
    """Return the text of a new site file for containers; `folder`: where the site is in them."""
    ledger = f"postgresql+psycopg://hemei@postgresql/hemei?passfile={folder / PASSFILE}"
    changes = {
        r'^host = "127\.0\.0\.1"$': 'host = "mosquitto"',
        r"^http_host = .*$": 'http_host = "0.0.0.0"           # of its container, opened by the compose file',
        r"^# ledger = .*$": f'ledger = "{ledger}"',
    }
    for written, here in changes.items():
        text = re.sub(written, here.replace("\\", r"\\"), text, count=1, flags=re.MULTILINE)
    return text


def make_secrets(folder: Path) -> None:
    """Make the other services' passwords, and the folders that are mounted."""
    passwords = {name: secret_in(folder / "secrets" / name) for name in SECRETS}
    write_private(folder / PASSFILE, f"postgresql:5432:hemei:hemei:{passwords[POSTGRESQL]}\n")
    for name in DATA:
        (folder / name).mkdir(parents=True, exist_ok=True)
