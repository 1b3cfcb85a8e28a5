"""What a driver is and what it is given: the whole interface between a device family and the runtime.

A family is a folder `drivers/<family>/` whose `driver.py` holds one subclass of `Driver`. Its class body
reads like the device's data sheet; `drivers/blueprint/` is the one to copy.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from msgspec import Struct

from contract.clock import Clock
from contract.lists import Entry
from contract.messages import Scalar
from contract.things import ThingModel

OptionsT = TypeVar("OptionsT", bound=Struct)
T = TypeVar("T")
EntryT = TypeVar("EntryT", bound=Entry)
EntryT_co = TypeVar("EntryT_co", bound=Entry, covariant=True)

_NOTHING_URGENT: Final[Mapping[str, int]] = MappingProxyType({})
NO_DATA: Final[Mapping[str, Any]] = MappingProxyType({})


class Happening(NamedTuple):
    """An event to report, by its CloudEvents type."""

    type: str
    data: Mapping[str, Any] = NO_DATA


class Changes(NamedTuple):
    """What changed in a list: keys whose entries are new or other, and keys that are no more."""

    put: Collection[str]
    drop: Collection[str]


class Listed(Protocol[EntryT_co]):
    """One list that people keep, as this host holds it: in memory, current as of the last word of the hub."""

    @property
    def entries(self) -> Mapping[str, EntryT_co]:
        """The entries by key. Do not keep it: another edition is another mapping."""
        ...

    @property
    def known(self) -> bool:
        """Whether the host was ever given the list; an empty one is known too."""
        ...

    @property
    def revision(self) -> int:
        """Up to which change of the list it is here; 0 if it never came."""
        ...

    def watch(self, take: Callable[[Changes], None]) -> Callable[[], None]:
        """Have `take` called on the event loop after each change; returns what ends that."""
        ...


@runtime_checkable
class Closing(Protocol):
    """Something shared that outlives its drivers' runs, such as a listening socket; closed with the host."""

    async def aclose(self) -> None:
        """Close it; called once, after the last driver has ended."""
        ...


class Port(Protocol):
    """The runtime's side of one device: everything that a driver may ask for."""

    @property
    def name(self) -> str:
        """`site/kind/device`, for log lines."""
        ...

    @property
    def clock(self) -> Clock:
        """The only source of time."""
        ...

    def ready(self) -> None:
        """Say that the device answers; actions are let through from now on."""
        ...

    def update(self, properties: Mapping[str, Scalar]) -> None:
        """Say what the device's properties are now: all of them, None where unknown.

        Call it at every look at the device, at least once per `heartbeat_s` of the model: it is published
        when something changed and at the heartbeat. ValueError if the model does not know a property.
        """
        ...

    def measure(self, values: Mapping[str, bool | int | float]) -> None:
        """Send measurements for history; lost without harm while the broker is away."""
        ...

    def preview(self, jpeg: bytes) -> None:
        """Show a picture to whoever watches now, on the channel `preview`; kept nowhere."""
        ...

    def malformed(self, what: str) -> None:
        """Count something from the device that makes no sense: the host shows how much, and logs it rarely.

        `what` goes to the log: no secrets, no personal data.
        """
        ...

    async def emit(
        self,
        type: str,
        data: Mapping[str, Any] = ...,
        *,
        media: Sequence[bytes] = ...,
        id: str | None = ...,
        time: datetime | None = ...,
    ) -> None:
        """Report an event; when this returns, it is on disk and will reach the ledger exactly once.

        `id`: the device's own number for the happening, if it offers it until it is told to forget it; the
        same id again is then not a second event. `time`: when it happened, if the device knows.
        StorageError if the disk or the outbox is full: the event is then not kept.
        """
        ...

    async def remember(self, key: str, value: Scalar) -> None:
        """Keep a small fact about this device across restarts; on disk when this returns."""
        ...

    def recall(self, key: str) -> Scalar:
        """Return a remembered fact, None if there is none."""
        ...

    def listed(self, kind: type[EntryT]) -> Listed[EntryT]:
        """Return the list of `kind`: `Level`, `Person` or `Vehicle`; from the first call on we ask for it.

        It is there at once, with what the host held when it last ran, hub or no hub.
        """
        ...

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """Return what the devices of this host share under `key`, such as a bus; made at the first call.

        If it is `Closing`, it is closed when the host ends.
        """
        ...


class Driver(ABC, Generic[OptionsT]):
    """One device of a family. The same object lives through every loss of the wire."""

    kind: ClassVar[str]
    """The kind of thing: `gate`, `door`, `camera`, `charger`, `sprinkler` or `sensor`."""

    model: ThingModel
    """Properties with units, actions and events, as on the data sheet.

    A family with several data sheets gives the object the one that its options name, in `__init__`.
    """

    options_type: ClassVar[type[Struct]]
    """What the site file may say in `[device.options]`; wrong values are refused before anything starts."""

    urgent: ClassVar[Mapping[str, int]] = _NOTHING_URGENT
    """Actions that do not wait their turn, with their rank: they end running actions of a lower rank.

    Only what makes things safe, and may be done twice: they are done also while no disk notes that they were.
    """

    always: ClassVar[frozenset[str]] = frozenset()
    """Actions that are taken also while the device does not answer, such as one that forbids others."""

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    @classmethod
    def data_sheets(cls) -> Sequence[ThingModel]:
        """Return every data sheet that a device of the family may have, as far as they ship with it."""
        model = getattr(cls, "model", None)
        return [model] if model is not None else []

    @abstractmethod
    async def run(self, port: Port) -> None:
        """Connect, call `port.ready()` and serve the device until cancelled.

        DeviceUnreachable when the wire dies; the runtime then waits and calls `run` again.
        """

    def check(self, action: str, input: Mapping[str, Any]) -> None:
        """Raise Refused if an interlock forbids the action now; asked before it ends any other."""

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do what is asked; return only when the device's own state shows it.

        `input` fits the model. Refused if an interlock forbids it (nothing was sent), DeviceError with code
        and message if the device did not do it. Never send a command twice. May be cancelled at any await.
        """
        raise NotImplementedError(f"{type(self).__name__} declares {action!r} but does not perform it")
