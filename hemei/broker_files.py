"""Write what the broker of a site needs: a secret per account, password file, access rules, configuration."""

import os
import pwd
import shutil
from pathlib import Path

from hemei import mosquitto
from hemei.device_accounts import device_accounts
from hemei.mosquitto import MONITOR, Layout
from hemei.private_files import secret_in, write_private
from hemei.site import Site

MOSQUITTO_ACCOUNT = "mosquitto"


def account_files(site: Site) -> dict[str, Path]:
    """Return where each broker account's secret is kept, by user name."""
    tables = site.tables
    files = {tables.hub.mqtt_username: site.path(tables.hub.mqtt_password_file)}
    for host in tables.driver_host:
        files[host.username] = site.path(host.mqtt_password_file)
    if tables.home_assistant.enabled:
        said = tables.home_assistant
        files[said.mqtt_username] = site.path(said.mqtt_password_file)
    files |= {account.username: account.password_file for account in device_accounts(site)}
    files[MONITOR] = site.file.parent / "secrets" / f"{MONITOR}.mqtt"
    return files


def write_broker_files(site: Site, layout: Layout, *, demo: bool = False) -> dict[str, str]:
    """Write all of it and return the passwords by user name; secrets that exist stay as they are."""
    passwords = {name: secret_in(file) for name, file in account_files(site).items()}
    write_rules(site, layout, passwords, demo=demo)
    layout.store.mkdir(parents=True, exist_ok=True)
    owner = None if demo else _mosquitto_account()
    write_private(layout.conf, mosquitto.configuration(layout, user=_run_as(owner)), mode=0o640)
    if not demo:
        hand_over(layout)
    return passwords


def write_rules(site: Site, layout: Layout, passwords: dict[str, str], *, demo: bool = False) -> None:
    """Write password file and access rules anew, as after devices or driver hosts came or went."""
    allowed = mosquitto.rules(site, demo=demo)
    if layout.acl.exists():
        before = mosquitto.read_acl_file(layout.acl.read_text(encoding="utf-8"))
        allowed = mosquitto.still_theirs(before, allowed)
    write_private(layout.passwords, mosquitto.password_file(passwords))
    write_private(layout.acl, mosquitto.acl_file(allowed))


def _mosquitto_account() -> str | None:
    """Return the system account of mosquitto, if we are root and it exists."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(MOSQUITTO_ACCOUNT).pw_name
    except KeyError:
        return None


def _run_as(owner: str | None) -> str | None:
    """Say to which account mosquitto must change so that it can read its files, when root starts it."""
    return "root" if os.geteuid() == 0 and owner is None else owner


def hand_over(layout: Layout) -> None:
    """Give the broker's files to mosquitto's account, if we are root and it exists."""
    owner = _mosquitto_account()
    if owner is None:
        return
    key = layout.folder / "tls" / "server.key"
    for file in (layout.conf.parent, layout.passwords, layout.acl, layout.conf, layout.store, key):
        if file.exists():
            shutil.chown(file, owner)
