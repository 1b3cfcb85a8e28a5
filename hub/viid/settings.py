"""What the site file says about the police feed: `[viid]`."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from hub.passes.record import Outcome
from hub.viid.profile import SHIPPED, Profile, read_profile, shipped

DeviceName = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}/[a-z0-9-]{1,64}(?![\s\S])")]
Digits20 = Annotated[str, Meta(pattern=r"^[0-9]{20}(?![\s\S])")]


class Kind(StrEnum):
    """What may leave, each with a switch and a legal basis of its own."""

    MOTOR_VEHICLES = "motor-vehicles"
    FACES = "faces"
    PERSONS = "persons"


class Watched(StrEnum):
    """What a subscription may be told of devices themselves, each with a switch and a basis of its own."""

    LIST = "device-list"
    STATES = "device-states"


class Paper(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Off unless switched on, with the legal basis and the number of the authority's paper."""

    enabled: bool = False
    basis: str = ""
    document: str = ""


class Allowed(Paper, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of data.

    `pictures`: how many of each pass leave with it. `outcomes`: of motor vehicles, which passes do.
    """

    pictures: Annotated[int, Meta(ge=0, le=4)] = 2
    outcomes: tuple[Outcome, ...] = (Outcome.PASSED, Outcome.SEEN)


class FeedDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[viid.device]]`: a device of the site and the GB/T 28181-shaped id that the police gave it.

    `tollgate`: the id of its checkpoint, by default its own. `monitor_direction`: 1 to 9 (9: other), as
    GA/T 1400.3 counts. `more`: what only a profile asks for, by its name there.
    """

    device: DeviceName
    id: Digits20
    tollgate: Digits20 | None = None
    lane: Annotated[int, Meta(ge=1, le=99)] = 1
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    place: str = ""
    place_code: Annotated[str, Meta(pattern=r"^([0-9]{6}([0-9]{6})?)?(?![\s\S])")] = ""
    monitor_direction: Annotated[int, Meta(ge=1, le=9)] = 9
    more: Mapping[str, str | int | float] = field(default_factory=dict)


class SubscriptionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[viid.subscriptions]`: whether the library may subscribe, under which paper, and as whom it comes.

    `receivers`: hosts beside the library's own to which notifications may go. `longest_days`: from BeginTime
    to EndTime.
    """

    enabled: bool = False
    basis: str = ""
    document: str = ""
    username: str = ""
    password_file: str = "secrets/viid-subscriptions.password"  # noqa: S105 - names a file
    receivers: tuple[Annotated[str, Meta(pattern=r"^[^/@?#\s]{1,253}(?![\s\S])")], ...] = ()
    longest_days: Annotated[int, Meta(ge=1, le=3660)] = 366

    def secret(self) -> str:
        """Read the password; OSError. Blocking."""
        return Path(self.password_file).read_text(encoding="utf-8").strip()


class ViidSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The feed: where the library is, who we are to it, what may leave.

    `id` is our own, 20 digits; `password_file` holds what the library gave us for it. `profile` is one that
    ships; `profile_file` one of the site's own. `more`: what the profile asks for of the whole site, such as
    `community`. `settle_s`: how long a pass waits for the reading and the pictures that belong to it.
    """

    enabled: bool = False
    url: Annotated[str, Meta(pattern=r"^(https?://[^/@?#\s]+)?/?(?![\s\S])")] = ""
    id: Annotated[str, Meta(pattern=r"^([0-9]{20})?(?![\s\S])")] = ""
    username: str = ""
    password_file: str = "secrets/viid.password"  # noqa: S105 - names a file
    ca_file: str | None = None
    profile: str = SHIPPED[0]
    profile_file: str | None = None
    keepalive_s: Annotated[float, Meta(ge=1, le=60)] = 30
    timeout_s: Annotated[float, Meta(ge=1, le=120)] = 15
    settle_s: Annotated[float, Meta(ge=0, le=600)] = 5
    batch: Annotated[int, Meta(ge=1, le=100)] = 20
    picture_kb: Annotated[int, Meta(ge=20, le=500)] = 500
    receipt_days: Annotated[int, Meta(ge=30)] = 1096
    motor_vehicles: Allowed = field(default_factory=Allowed)
    faces: Allowed = field(default_factory=Allowed)
    persons: Allowed = field(default_factory=Allowed)
    device_list: Paper = field(default_factory=Paper)
    device_states: Paper = field(default_factory=Paper)
    subscriptions: SubscriptionSettings = field(default_factory=SubscriptionSettings)
    more: Mapping[str, str | int | float] = field(default_factory=dict)
    device: tuple[FeedDevice, ...] = ()

    def allowed(self, kind: Kind) -> Allowed:
        """Return what is said of one kind."""
        return {
            Kind.MOTOR_VEHICLES: self.motor_vehicles,
            Kind.FACES: self.faces,
            Kind.PERSONS: self.persons,
        }[kind]

    def kinds(self) -> list[Kind]:
        """Return the kinds that may leave."""
        return [each for each in Kind if self.enabled and self.allowed(each).enabled]

    def paper(self, what: Watched) -> Paper:
        """Return what is said of devices' list or states."""
        return {Watched.LIST: self.device_list, Watched.STATES: self.device_states}[what]

    def watched(self) -> list[Watched]:
        """Return what a subscription may be told of devices."""
        return [each for each in Watched if self.enabled and self.paper(each).enabled]

    @property
    def subscribable(self) -> bool:
        """Whether the library may subscribe."""
        return self.enabled and self.subscriptions.enabled

    @property
    def account(self) -> str:
        """The user name for Digest, by default our id."""
        return self.username or self.id

    def secret(self) -> str:
        """Read the password; OSError. Blocking."""
        return Path(self.password_file).read_text(encoding="utf-8").strip()


MISSES: Final = 3
"""Keepalives without an answer after which the library is taken to be gone."""


def profile_of(said: ViidSettings) -> Profile:
    """Return the profile that the site file names; OSError, ConfigurationError. Blocking."""
    if said.profile_file is None:
        return shipped(said.profile)
    return read_profile(Path(said.profile_file).read_text(encoding="utf-8"))
