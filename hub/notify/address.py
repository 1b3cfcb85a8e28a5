"""Where a contact's Apprise address is kept: a file of its own, because it is a secret."""

import stat
from collections.abc import Callable
from pathlib import Path

from contract.errors import ConfigurationError
from hub.notify.contact import Contact
from hub.notify.courier import Sender

AddressOf = Callable[[Contact], str]


def read_address(contact: Contact) -> str:
    """Read a contact's address; ConfigurationError says what is wrong, without what the file holds."""
    file = Path(contact.url_file)
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"{file}: the address cannot be read: {reason}") from wrong
    if mode & 0o077:
        raise ConfigurationError(
            f"{file}: mode {mode:04o} lets others read the address; allowed: 0600 or 0400 (chmod 600 {file})"
        )
    if len(lines) != 1:
        raise ConfigurationError(f"{file}: holds {len(lines)} words; allowed: one line with one address")
    return lines[0]


def fault_of(contact: Contact, sender: Sender, address_of: AddressOf = read_address) -> str | None:
    """Say what is wrong with a contact's address, without quoting it; None if nothing can be seen."""
    try:
        return sender.fault(address_of(contact))
    except ConfigurationError as wrong:
        return str(wrong)
