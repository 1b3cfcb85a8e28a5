"""Who is told: contacts by name, and those of a post while somebody is on duty there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from hub.alarms.definition import Definition, Priority
from hub.notify.contact import Contact

POST: Final = "post:"


class Duty(Protocol):
    """Who is on duty. Asked in the ledger's thread too."""

    def manned(self, post: str) -> bool:
        """Whether somebody has signed on at a post."""
        ...


class AlwaysManned:
    """Duty where nobody signs on: every post counts as manned."""

    def manned(self, _post: str) -> bool:
        """Say yes."""
        return True


class Recipients:
    """The site's contacts."""

    def __init__(self, contacts: Sequence[Contact], duty: Duty) -> None:
        self.contacts: Mapping[str, Contact] = {each.id: each for each in contacts}
        self._duty = duty

    def of(self, tell: Iterable[str], priority: Priority) -> list[Contact]:
        """Return whom `tell` names, each once: who wants this priority and is not off duty."""
        named = dict.fromkeys(ident for name in tell for ident in self._named(name))
        found = [self.contacts[ident] for ident in named if ident in self.contacts]
        return [each for each in found if self._wants(each, priority)]

    def unmanned(self, tell: Iterable[str]) -> list[str]:
        """Return the posts among those that `tell` relies on at which nobody is on duty."""
        posts = dict.fromkeys(post for name in tell if (post := self._post(name)) is not None)
        return [post for post in posts if not self._duty.manned(post)]

    def _wants(self, contact: Contact, priority: Priority) -> bool:
        on_duty = contact.post is None or self._duty.manned(contact.post)
        return on_duty and priority.rank <= contact.at_least.rank

    def _named(self, name: str) -> list[str]:
        if not name.startswith(POST):
            return [name]
        return [each.id for each in self.contacts.values() if each.post == name.removeprefix(POST)]

    def _post(self, name: str) -> str | None:
        if name.startswith(POST):
            return name.removeprefix(POST)
        return self.contacts[name].post if name in self.contacts else None


def unknown_names(
    definitions: Iterable[Definition], contacts: Sequence[Contact], posts: Iterable[str]
) -> list[str]:
    """Say which definitions tell somebody who is neither a contact nor a post, a line each."""
    known = sorted({each.id for each in contacts} | {f"{POST}{post}" for post in posts})
    allowed = ", ".join(known) or "none yet: add a [[contact]]"
    return [
        f"alarm {each.key!r} tells {name!r}, which is no contact; allowed: {allowed}"
        for each in definitions
        for name in dict.fromkeys((*each.tell, *(name for step in each.escalate for name in step.tell)))
        if name not in known
    ]
