"""Who may come in and do what on the demo's pure-Python broker: the files that mosquitto would read.

As mosquitto does, a subscription is always granted and what somebody may not read is not delivered.
"""

from dataclasses import dataclass
from pathlib import Path

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from hemei.mosquitto import Rule, read_acl_file, verify_password


class PasswordFile(BaseAuthPlugin):  # type: ignore[misc]  # amqtt is untyped
    """Lets in who has a line in the password file and knows the password."""

    @dataclass
    class Config:
        """`file`: path of the password file."""

        file: str

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        lines = Path(self.config.file).read_text(encoding="utf-8").splitlines()
        self._hashes = dict(line.split(":", 1) for line in lines if line)

    async def authenticate(self, *, session: Session) -> bool:
        """Whether name and password are right; nobody comes in without."""
        hashed = self._hashes.get(session.username or "")
        return hashed is not None and verify_password(session.password or "", hashed)


class AccessRules(BaseTopicPlugin):  # type: ignore[misc]  # amqtt is untyped
    """Applies the access rules to every message in and out."""

    @dataclass
    class Config:
        """`file`: path of the rules."""

        file: str

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._rules = read_acl_file(Path(self.config.file).read_text(encoding="utf-8"))

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Whether the session may send, or be sent, a message on `topic`."""
        if action == Action.SUBSCRIBE:
            return True
        if session is None or topic is None:
            return False
        wanted = "write" if action == Action.PUBLISH else "read"
        rules = self._rules.get(session.username or "", ())
        if any(rule.access == "deny" and fits(rule.topic, topic) for rule in rules):
            return False
        return any(allows(rule, wanted, topic) for rule in rules)


def allows(rule: Rule, access: str, topic: str) -> bool:
    """Whether `rule` gives `access` ("read" or "write") to `topic`."""
    return rule.access in (access, "readwrite") and fits(rule.topic, topic)


def fits(filter: str, topic: str) -> bool:
    """Whether `topic` is one of `filter`, as in MQTT 5.0 §4.7."""
    pattern, levels = filter.split("/"), topic.split("/")
    for place, part in enumerate(pattern):
        if part == "#":
            return True
        if place >= len(levels) or part not in ("+", levels[place]):
            return False
    return len(pattern) == len(levels)
