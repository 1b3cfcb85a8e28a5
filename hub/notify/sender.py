"""Sends one letter to one Apprise address. Blocking; the only file, with `robots`, that knows Apprise.

An address is a secret (a key, a password), and Apprise's own log lines may quote parts of it: they go nowhere
but, without those parts, into `Outcome.reason`.
"""

import logging
import re
from collections.abc import Mapping
from typing import Final

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.common import PersistentStoreMode
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_form import NotifyForm
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu

from hub.alarms.definition import Priority
from hub.notify.courier import Outcome
from hub.notify.letter import Letter
from hub.notify.robots import NotifyDingTalkRobot, NotifyWeComRobot

_log: Final = logging.getLogger("apprise")
_log.propagate = False
_log.addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.INFO)  # at DEBUG it logs each address

_KINDS: Final[Mapping[str, type[NotifyBase]]] = {
    "json": NotifyJSON,
    "jsons": NotifyJSON,
    "form": NotifyForm,
    "forms": NotifyForm,
    "mailto": NotifyEmail,
    "mailtos": NotifyEmail,
    "feishu": NotifyFeishu,
    "wecombot": NotifyWeComRobot,
    "https": NotifyWeComRobot,  # the address as WeCom shows it
    "dingtalk": NotifyDingTalkRobot,
}
"""What needs no look at Apprise's other 150 services, which take 20 MiB."""

_ASSET: Final = AppriseAsset(
    app_id="Hemei",
    app_desc="Hemei Hub",
    app_url="",
    async_mode=False,
    http_redirects=False,  # a POST that is redirected arrives as a GET, and nothing was told
    service_timeout=0,  # the caller has its own limit; with one of Apprise's, it makes threads
    storage_mode=PersistentStoreMode.MEMORY.value,
)

_URGENCY: Final = {
    Priority.CRITICAL: NotifyType.FAILURE,
    Priority.HIGH: NotifyType.WARNING,
    Priority.MEDIUM: NotifyType.WARNING,
    Priority.LOW: NotifyType.INFO,
}

MAX_REASON: Final = 300


class AppriseSender:
    """Sends by Apprise."""

    def fault(self, address: str) -> str | None:
        """Say what is wrong with an address, without quoting it."""
        try:
            plugin = _plugin(address)
        except (AppriseException, TypeError, ValueError):
            plugin = None
        if plugin is None:
            return "is not an address that Apprise understands; see docs/notifications.md"
        if plugin.optional:
            return "says optional=yes, so that nobody would learn when it fails; take that out"
        return None

    def send(self, address: str, letter: Letter) -> Outcome:
        """Send once. Whatever goes wrong is an outcome."""
        fault = self.fault(address)
        plugin = None if fault else _plugin(address)
        if plugin is None:
            return Outcome(ok=False, reason=fault or "")
        if isinstance(plugin, NotifyJSON | NotifyForm):
            plugin.headers["Idempotency-Key"] = letter.key
        service = Apprise(asset=_ASSET)
        service.add(plugin)
        result = service.notify(
            body=letter.body,
            title=letter.title,
            notify_type=_type_of(letter),
            body_format=NotifyFormat.TEXT,
        )
        if result:
            return Outcome(ok=True)
        said = [entry.message for entry in result.logs()]
        return Outcome(ok=False, reason=without_secrets(said[-1] if said else "it was not taken", address))


def without_secrets(text: str, address: str) -> str:
    """Return `text` without the parts of an address, and short."""
    for part in sorted(re.split(r"[^\w.-]+", address)[1:], key=len, reverse=True):
        if len(part) >= 3:
            text = text.replace(part, "…")
    return " ".join(text.split())[:MAX_REASON]


def _plugin(address: str) -> NotifyBase | None:
    """Make what sends to an address; None, AppriseException, TypeError or ValueError if nothing can."""
    schema = address.partition("://")[0].lower()
    kind = _KINDS.get(schema)
    if kind is None:
        return Apprise.instantiate(address, asset=_ASSET)
    parsed = kind.parse_native_url(address) if schema == "https" else kind.parse_url(address)
    return kind(**(parsed | {"asset": _ASSET})) if parsed else None


def _type_of(letter: Letter) -> NotifyType:
    if letter.good:
        return NotifyType.SUCCESS
    return NotifyType.INFO if letter.priority is None else _URGENCY[letter.priority]
