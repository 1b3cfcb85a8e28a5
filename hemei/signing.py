"""Renews the key that bundles are signed with, beside a running hub. Blocking."""

import os
import pwd
from typing import Final

from contract.clock import SystemClock
from hemei.command_line import CLI
from hemei.settings import ledger_url
from hemei.site import Site
from hub.audit.writer import AuditWriter
from hub.bundle.keys import Renewal, SigningKeys
from hub.ledger.engine import open_ledger

RENEWED: Final = "signing-key.renewed"


def renewed(site: Site, keys: SigningKeys) -> Renewal:
    """Have a new key take the place of the one in use, which is in the audit first."""
    engine = open_ledger(ledger_url(site))
    trail = AuditWriter(site.tables.site.tenant, SystemClock())
    try:
        with keys.renewing() as renewal, engine.begin() as connection:
            details = {"old": renewal.old.fingerprint, "account": _account()}
            trail.write(connection, CLI, RENEWED, renewal.new.fingerprint, **details)
        return renewal
    finally:
        engine.dispose()


def _account() -> str:
    """Return the name of who runs this on this machine; of an account without, its number."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
