"""All shadows, and what of them is offline: device, driver and link told apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from contract.clock import Clock
from contract.errors import InvalidMessage
from contract.messages import Availability
from contract.things import ActionSeen, Description, EventSeen, SchemaSeen
from contract.topics import DRIVER_KIND, Address
from hub.shadows.shadow import Connectivity, Shadow
from hub.shadows.view import encode

CHECK_INTERVAL_S: Final = 1.0
"""How often silence and staleness are looked for."""

CHECKED_AT_ONCE: Final = 200
MAX_DEVICES: Final = 200_000
MAX_MODELS: Final = 1_000
"""A device that describes itself anew and anew must not fill the memory."""

Model = tuple[dict[str, SchemaSeen], dict[str, ActionSeen], dict[str, EventSeen]]


class Shadows:
    """Every device of every site; `on_change` is told the address of each that changed.

    `on_turn` is told of those whose description or connectivity did: measurements come far more often.
    """

    def __init__(
        self, clock: Clock, tenant: str, on_change: Callable[[Address], None] = lambda _: None
    ) -> None:
        self._clock = clock
        self.tenant = tenant
        self._shadows: dict[Address, Shadow] = {}
        self._driven: dict[Address, set[Address]] = {}
        self._link_online = False
        self._missed: Mapping[Address, int] = {}
        self._models: dict[bytes, Model] = {}
        self.on_change = on_change
        self.on_turn: Callable[[Address], None] = lambda _: None

    def __len__(self) -> int:
        return len(self._shadows)

    def __iter__(self) -> Iterator[Shadow]:
        return iter(self._shadows.values())

    def addresses(self) -> Iterable[Address]:
        """Return the address of every device."""
        return self._shadows.keys()

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        return self._shadows.get(address)

    def of(self, address: Address) -> Shadow:
        """Return the shadow of a device, a new one if need be; InvalidMessage when there are too many."""
        shadow = self._shadows.get(address)
        if shadow is None:
            if len(self._shadows) >= MAX_DEVICES:
                raise InvalidMessage(f"more than {MAX_DEVICES} devices", code="too-many-devices")
            shadow = self._shadows[address] = Shadow(address, self.tenant)
            shadow.events_missed = self._missed.get(address, 0)
        return shadow

    def driven_by(self, driver: Address) -> list[Address]:
        """Return what a driver host drives, by its devices' own descriptions."""
        return sorted(self._driven.get(driver, ()))

    def remember_missed(self, missed: Mapping[Address, int]) -> None:
        """Take how many events of each device never came, as the ledger knows from before the start."""
        self._missed = missed

    def describe(self, shadow: Shadow, description: Description) -> None:
        """Take what a device is, and which host drives it."""
        self._forget_driver(shadow)
        shadow.describe(self._share_model(description))
        driver = _driver_of(shadow)
        if driver is not None:
            self._driven.setdefault(driver, set()).add(shadow.address)
        self._judge(shadow, self._clock.monotonic())
        self.on_turn(shadow.address)
        self.on_change(shadow.address)

    def _share_model(self, description: Description) -> Description:
        """Let devices of one model hold the same objects: that is most of a description's memory."""
        if len(self._models) >= MAX_MODELS:
            self._models.clear()
        shared = (description.properties, description.actions, description.events)
        properties, actions, events = self._models.setdefault(msgspec.json.encode(shared), shared)
        return replace(description, properties=properties, actions=actions, events=events)

    def available(self, shadow: Shadow, availability: Availability) -> None:
        """Take whether a device, or a driver host and so all its devices, can be talked to."""
        shadow.available(availability)
        self.heard(shadow)
        self.on_change(shadow.address)

    def heard(self, shadow: Shadow) -> None:
        """Judge a device anew after news of it; what depends on a driver host follows that host."""
        now = self._clock.monotonic()
        if self._judge(shadow, now):
            self.on_change(shadow.address)
            if shadow.address.kind == DRIVER_KIND:
                self._judge_driven(shadow.address, now)

    def remove(self, address: Address) -> None:
        """Forget a device that was taken away."""
        shadow = self._shadows.pop(address, None)
        if shadow is not None:
            self._forget_driver(shadow)

    @property
    def link_online(self) -> bool:
        """Whether we hear the broker."""
        return self._link_online

    def set_link(self, *, online: bool) -> None:
        """Say whether we hear the broker; if not, nothing is known to be live."""
        self._link_online = online
        self.check()

    def check(self) -> None:
        """Look at once for silence and staleness everywhere."""
        for _ in self.checking():
            pass

    def checking(self) -> Iterator[None]:
        """Look for silence and staleness, driver hosts first; yields so that others get their turn."""
        everything = sorted(self, key=lambda shadow: shadow.address.kind != DRIVER_KIND)
        for number, shadow in enumerate(everything):
            if number % CHECKED_AT_ONCE == 0:
                yield
            self._check_one(shadow, self._clock.monotonic())

    def _check_one(self, shadow: Shadow, now: float) -> None:
        aged = shadow.age(now)
        judged = self._judge(shadow, now)
        if aged or judged:
            self.on_change(shadow.address)

    def _judge_driven(self, driver: Address, now: float) -> None:
        for address in self._driven.get(driver, ()):
            shadow = self._shadows.get(address)
            if shadow is not None and self._judge(shadow, now):
                self.on_change(address)

    def _judge(self, shadow: Shadow, now: float) -> bool:
        before = shadow.connectivity
        shadow.connectivity = self._connectivity(shadow, now)
        changed = shadow.connectivity is not before
        shadow.version += changed
        if changed:
            self.on_turn(shadow.address)
        return changed

    def _connectivity(self, shadow: Shadow, now: float) -> Connectivity:
        if not self._link_online:
            return Connectivity.LINK_OFFLINE
        if shadow.address.kind == DRIVER_KIND:
            own = shadow.own_connectivity(now, CHECK_INTERVAL_S)
            return Connectivity.DRIVER_OFFLINE if own is Connectivity.DEVICE_OFFLINE else own
        driver = _driver_of(shadow)
        host = self._shadows.get(driver) if driver is not None else None
        if host is not None and self._connectivity(host, now) is Connectivity.DRIVER_OFFLINE:
            return Connectivity.DRIVER_OFFLINE
        return shadow.own_connectivity(now, CHECK_INTERVAL_S)

    def _forget_driver(self, shadow: Shadow) -> None:
        driver = _driver_of(shadow)
        if driver is not None:
            self._driven.get(driver, set()).discard(shadow.address)

    def description(self, address: Address) -> Description | None:
        """Return what a device says that it is; None if it never did, or there is no such device."""
        shadow = self._shadows.get(address)
        return None if shadow is None else shadow.description

    def encode(self, address: Address) -> msgspec.Raw | None:
        """Write one device object; None if there is no such device."""
        shadow = self._shadows.get(address)
        return None if shadow is None else encode(shadow)

    def snapshot(self) -> list[msgspec.Raw]:
        """Write every device object."""
        return [encode(shadow) for shadow in self]

    def one(self, address: Address) -> bytes | None:
        """Write one device object; None if there is no such device."""
        encoded = self.encode(address)
        return None if encoded is None else bytes(encoded)


def _driver_of(shadow: Shadow) -> Address | None:
    name = shadow.description.driver if shadow.description else None
    return Address(shadow.address.site, DRIVER_KIND, name) if name else None
