"""What mosquitto reads: its configuration from the shipped template, its password file, its access rules.

The demo's stand-in broker reads the same password file and rules (`hemei.demo.broker`).
"""

import base64
import hashlib
import hmac
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from contract.topics import DRIVER_KIND, HUB_KIND, LEFT, ROOT, Address, Channel
from hemei import home_assistant
from hemei.device_accounts import device_accounts
from hemei.site import Site

TEMPLATE_ETC: Final = "/etc/hemei/"
TEMPLATE_STORE: Final = "/var/lib/hemei/mosquitto/"
TEMPLATE_LISTENER: Final = "listener 1883 127.0.0.1"
TEMPLATE_TLS: Final = "# TLS, "
TEMPLATE_TLS_LISTENER: Final = "listener 8883"

ITERATIONS: Final = 1000
"""Of PBKDF2. The secrets are 256 random bits: more rounds would only slow every connection."""

SALT_BYTES: Final = 12
"""The only length that mosquitto 2.0 takes."""

MONITOR: Final = "monitor"
"""The account with which people watch with mosquitto_sub; in the demo it may publish too."""

PUBLISHED_BY_DRIVERS: Final = (
    Channel.DESCRIPTION,
    Channel.AVAILABILITY,
    Channel.STATE,
    Channel.TELEMETRY,
    Channel.EVENT,
    Channel.MEDIA,
    Channel.PREVIEW,
    Channel.RESULT,
)


def find_program() -> str | None:
    """Return the path of mosquitto; Debian puts it where only root looks."""
    for folder in ("", "/usr/sbin/", "/usr/local/sbin/", "/opt/homebrew/sbin/"):
        found = shutil.which(f"{folder}mosquitto")
        if found:
            return found
    return None


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Hash as `mosquitto_passwd` does: `$7$rounds$salt$digest`, PBKDF2 with SHA-512 (mosquitto(8), 2.0)."""
    salt = salt if salt is not None else secrets.token_bytes(SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def verify_password(password: str, hashed: str) -> bool:
    """Whether `password` is what `hash_password` was given."""
    try:
        empty, kind, rounds, salt, digest = hashed.split("$")
        expected = base64.b64decode(digest, validate=True)
        made = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt), int(rounds))
    except ValueError:
        return False
    return not empty and kind == "7" and hmac.compare_digest(made, expected)


def password_file(passwords: Mapping[str, str]) -> str:
    """Write the text of `password_file`: a line `name:hash` per account."""
    return "".join(f"{name}:{hash_password(password)}\n" for name, password in passwords.items())


class Rule(NamedTuple):
    """One line of the access rules; `access` is "read", "write", "readwrite", or "deny", which goes first."""

    access: str
    topic: str


def rules(site: Site, *, demo: bool = False) -> dict[str, list[Rule]]:
    """Return what each account may do, by user name."""
    tables = site.tables
    allowed = {
        tables.hub.mqtt_username: [*_hub_rules(), *(Rule(*each) for each in home_assistant.hub_rules(site))]
    }
    for host in tables.driver_host:
        own = [site.address(device) for device in tables.device if device.driver_host == host.id]
        me = Address(tables.site.id, DRIVER_KIND, host.id)
        allowed[host.username] = [
            *_publish_rules(me),
            Rule("read", me.topic(Channel.COMMITTED)),
            Rule("write", me.topic(Channel.HOLDING)),
            Rule("read", me.topic(Channel.LIST)),
            Rule("read", f"{ROOT}/{tables.site.id}/+/+/{Channel.DESCRIPTION}"),
            *(rule for device in own for rule in _device_rules(device)),
        ]
    for account in device_accounts(site):
        own_rules = allowed.setdefault(account.username, [])
        own_rules += (Rule("readwrite", topic) for topic in account.topics)
    if tables.home_assistant.enabled:
        allowed[tables.home_assistant.mqtt_username] = [
            Rule(*each) for each in home_assistant.own_rules(site)
        ]
    allowed[MONITOR] = [
        Rule("readwrite" if demo else "read", f"{ROOT}/#"),
        Rule("read", "$SYS/#"),
        Rule("deny", _lists()),
    ]
    return allowed


def _hub_rules() -> Iterator[Rule]:
    yield Rule("read", f"{ROOT}/#")
    yield Rule("write", f"{ROOT}/+/+/+/{Channel.ACTION}")
    yield Rule("write", f"{ROOT}/+/{DRIVER_KIND}/+/{Channel.COMMITTED}")
    yield Rule("write", _lists())
    yield Rule("write", f"{ROOT}/+/{HUB_KIND}/canary/{Channel.EVENT}")


def _lists() -> str:
    """Return where lists go: cards and codes open doors, and are only for who must know them."""
    return f"{ROOT}/+/{DRIVER_KIND}/+/{Channel.LIST}"


def _device_rules(device: Address) -> Iterator[Rule]:
    yield from _publish_rules(device)
    yield Rule("read", device.topic(Channel.ACTION))


def _publish_rules(thing: Address) -> Iterator[Rule]:
    for channel in PUBLISHED_BY_DRIVERS:
        below = "/+" if channel is Channel.MEDIA else ""
        yield Rule("write", thing.topic(channel) + below)


def still_theirs(before: Mapping[str, Iterable[Rule]], now: dict[str, list[Rule]]) -> dict[str, list[Rule]]:
    """Add to `now` what `before` let driver hosts say of devices that are nobody's now.

    So a host can take back what it left at the broker of a device that was taken out of the site.
    """
    taken = {rule.topic for own in now.values() for rule in own if rule.access == "write"}
    return {user: [*own, *_left(before.get(user, ()), taken)] for user, own in now.items()}


def _left(before: Iterable[Rule], taken: Collection[str]) -> Iterator[Rule]:
    for rule in before:
        _, _, channel = rule.topic.rpartition("/")
        if rule.access == "write" and channel in LEFT and rule.topic not in taken:
            yield rule


def acl_file(allowed: Mapping[str, Iterable[Rule]]) -> str:
    """Write the text of `acl_file`; without a rule for somebody, mosquitto refuses."""
    lines = ["# Written by Hemei Hub from the site file; `hemei init --renew-rules` writes it anew.", ""]
    for user, own in allowed.items():
        lines += [f"user {user}", *(f"topic {rule.access} {rule.topic}" for rule in own), ""]
    return "\n".join(lines)


def read_acl_file(text: str) -> dict[str, list[Rule]]:
    """Read what `acl_file` wrote."""
    allowed: dict[str, list[Rule]] = {}
    user = ""
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "user":
            user = rest
            allowed.setdefault(user, [])
        elif word == "topic":
            allowed[user].append(Rule(*rest.split(" ", 1)))
    return allowed


def template() -> str:
    """Return the shipped mosquitto.conf."""
    return Path(__file__).with_name("mosquitto.conf").read_text(encoding="utf-8")


class Layout(NamedTuple):
    """Where a site keeps the broker's files; `tls_port` None leaves the TLS listener out."""

    folder: Path
    store: Path
    host: str = "127.0.0.1"
    port: int = 1883
    tls_port: int | None = 8883

    @property
    def passwords(self) -> Path:
        """The password file."""
        return self.folder / "mosquitto" / "passwords"

    @property
    def acl(self) -> Path:
        """The access rules."""
        return self.folder / "mosquitto" / "acl"

    @property
    def conf(self) -> Path:
        """The configuration."""
        return self.folder / "mosquitto" / "mosquitto.conf"


def configuration(layout: Layout, *, user: str | None = None) -> str:
    """Render the template for a site; `user` is the account that mosquitto, started by root, changes to."""
    text = template()
    if layout.tls_port is None:
        text = text[: text.index(TEMPLATE_TLS)]
    replacements = {
        TEMPLATE_LISTENER: f"listener {layout.port} {layout.host}",
        TEMPLATE_TLS_LISTENER: f"listener {layout.tls_port}",
        TEMPLATE_ETC: f"{layout.folder}/",
        TEMPLATE_STORE: str(layout.store),
    }
    for written, here in replacements.items():
        text = text.replace(written, here)
    return text.rstrip() + "\n" + (f"\nuser {user}\n" if user else "")
