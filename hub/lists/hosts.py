"""The driver hosts that use lists, by their own word, and what is known of each."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from msgspec import Struct, field

from contract.clock import Clock, rfc3339, rfc3339_ms
from contract.errors import InvalidMessage
from contract.lists import Holding, ListName
from contract.messages import AvailabilityStatus
from contract.topics import Address
from hub.lists.following import Following
from hub.lists.reading import Head
from hub.lists.view import HeldList, HostLists, ListState, ListsView
from hub.shadows.registry import Shadows
from hub.shadows.shadow import Connectivity

MOST_HOSTS: Final = 1_000

Heads = Mapping[ListName, Head]


class Followed(NamedTuple):
    """One list of one host."""

    host: Address
    name: ListName
    following: Following


class _Host(Struct):
    heard: str
    lists: dict[ListName, Following] = field(default_factory=dict)


class Hosts:
    """Every host that uses lists; `len` of it is bounded."""

    def __init__(self, clock: Clock, shadows: Shadows) -> None:
        self._clock = clock
        self._shadows = shadows
        self._hosts: dict[Address, _Host] = {}

    def __contains__(self, address: Address) -> bool:
        return address in self._hosts

    def heard(self, address: Address, holding: Holding) -> None:
        """Take how far a host has the lists that it uses; InvalidMessage if there are too many hosts."""
        if address not in self._hosts and len(self._hosts) >= MOST_HOSTS:
            raise InvalidMessage(f"more than {MOST_HOSTS} driver hosts use lists", code="too-many-hosts")
        host = self._hosts.setdefault(address, _Host(""))
        host.heard = rfc3339(holding.ts)
        host.lists = {name: host.lists.get(name) or Following() for name in holding.lists}
        for name, held in holding.lists.items():
            host.lists[name].heard(held, self._clock.monotonic())

    def remove(self, address: Address) -> None:
        """Forget a host."""
        self._hosts.pop(address, None)

    def followed(self, heads: Heads) -> Iterator[Followed]:
        """Return each list of each host, as far as the list is among `heads`."""
        for address, host in self._hosts.items():
            for name, following in host.lists.items():
                if name in heads:
                    yield Followed(address, name, following)

    def reachable(self, address: Address) -> bool:
        """Whether it makes sense to send a host anything."""
        shadow = self._shadows.get(address)
        if shadow is None or shadow.connectivity is Connectivity.LINK_OFFLINE:
            return False
        return shadow.availability is None or shadow.availability.status is not AvailabilityStatus.LOST

    def view(self, heads: Heads) -> ListsView:
        """Show how far each host is."""
        return ListsView(hosts=[self._view(address, heads) for address in sorted(self._hosts)])

    def _view(self, address: Address, heads: Heads) -> HostLists:
        host, shadow = self._hosts[address], self._shadows.get(address)
        online = shadow is not None and shadow.connectivity is Connectivity.ONLINE
        return HostLists(
            site=address.site,
            host=address.device,
            online=online,
            heard=host.heard,
            lists=[
                _list(name, host.lists[name], heads.get(name, Head("", 0)), online=online)
                for name in ListName
                if name in host.lists
            ],
            devices=[str(each) for each in self._shadows.driven_by(address)],
        )


def _list(name: ListName, following: Following, head: Head, *, online: bool) -> HeldList:
    held = following.held
    since_ms = None if following.current(head) else following.behind_since_ms
    return HeldList(
        list=name,
        state=_state(following, head, online=online),
        known=held.edition != "",
        revision=held.revision,
        head=head.revision,
        entries=held.entries,
        coming=held.staged.revision if held.staged else None,
        behind_since=None if since_ms is None else rfc3339_ms(since_ms),
    )


def _state(following: Following, head: Head, *, online: bool) -> ListState:
    if following.current(head):
        return ListState.CURRENT
    if online and following.pushing:
        return ListState.PUSHING
    if following.held.edition == "":
        return ListState.NEVER
    return ListState.BEHIND if online else ListState.OFFLINE
