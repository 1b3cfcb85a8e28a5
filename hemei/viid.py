"""What can be wrong in the site file's `[viid]`, and in the pretend library of the simulators.

Ids that nobody gave, kinds without a legal basis, files.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from contract.errors import ConfigurationError
from hemei.private_files import secret_fault
from hub.viid.ids import TYPES, fault, kind_fault
from hub.viid.profile import SHIPPED, Profile, read_profile, shipped
from hub.viid.settings import Digits20, FeedDevice, Paper, SubscriptionSettings, ViidSettings
from hub.viid.subscriptions.notification import WRITTEN_AS

if TYPE_CHECKING:
    from hemei.site import DeviceTable, Site

PLACE: Final = "[viid]"
LIBRARY: Final = "[simulators.library]"
SUBSCRIPTIONS: Final = "subscriptions"
MADE_UP: Final = "ids come from the authority that runs the library; none is made up here"


class LibraryTable(Struct, frozen=True, kw_only=True):
    """`[simulators.library]`: a pretend view library on the loopback, and its own id.

    `subscribes`: to vehicles and devices, as soon as the hub has registered with it.
    """

    port: Annotated[int, Meta(ge=1, le=65535)]
    id: Digits20
    subscribes: bool = False


def viid_faults(
    said: ViidSettings, devices: Sequence["DeviceTable"], library: LibraryTable | None = None
) -> Iterator[str]:
    """Yield what the text alone shows to be wrong; what is written is checked even where the feed is off."""
    known = {f"{each.kind}/{each.id}" for each in devices}
    for each in said.device:
        yield from _device_faults(each, known)
    yield from _repeats("device", [each.device for each in said.device])
    yield from _repeats("id", [each.id for each in said.device] + ([said.id] if said.id else []))
    if said.id and (wrong := fault(said.id)):
        yield f"{PLACE} id = {said.id!r}: {wrong}; allowed: the 20 digits that the library gave; {MADE_UP}"
    if said.enabled:
        yield from _missing(said)
        for kind in said.kinds():
            yield from _unlawful(said.allowed(kind), kind.value.replace("-", "_"))
        for what in said.watched():
            yield from _unlawful(said.paper(what), what.value.replace("-", "_"))
    if library is not None and (not said.id or said.account != said.id):
        yield f"{LIBRARY}: it lets in nobody but [viid] id; allowed: with an id, and no username beside it"
    if library is not None and library.subscribes and not said.subscribable:
        yield f"{LIBRARY} subscribes: nobody may; expected [viid.{SUBSCRIPTIONS}] enabled = true beside it"
    if said.subscribable:
        yield from _unlawful(said.subscriptions, SUBSCRIPTIONS)
        if not said.subscriptions.username:
            yield f"[viid.{SUBSCRIPTIONS}] username: missing; expected as whom the library signs in here"
    if said.profile not in SHIPPED:
        yield f"{PLACE} profile = {said.profile!r}: is not there; allowed: {', '.join(SHIPPED)}"
    elif said.enabled and said.profile_file is None:
        yield from profile_faults(said, shipped(said.profile))


def file_faults(site: "Site") -> Iterator[str]:
    """Yield what is wrong with the files that a feed in use needs."""
    said = site.tables.viid
    if not said.enabled:
        return
    if wrong := secret_fault(site.path(said.password_file)):
        yield f"{PLACE} password_file = {said.password_file!r}: {wrong}"
    if said.subscribable and (wrong := secret_fault(site.path(said.subscriptions.password_file))):
        yield f"[viid.{SUBSCRIPTIONS}] password_file = {said.subscriptions.password_file!r}: {wrong}"
    if said.ca_file is not None and not site.path(said.ca_file).is_file():
        yield f"{PLACE} ca_file = {said.ca_file!r}: there is no such file"
    if said.profile_file is None:
        return
    try:
        own = read_profile(site.path(said.profile_file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ConfigurationError) as why:
        yield f"{PLACE} profile_file = {said.profile_file!r}: {why}"
    else:
        yield from profile_faults(said, own)


def profile_faults(said: ViidSettings, profile: Profile) -> Iterator[str]:
    """Yield what a profile asks for and the site file does not say."""
    for name in profile.needs:
        if name not in said.more:
            yield f"[viid.more] {name}: missing; the profile {profile.key!r} needs it"
    for each in said.device:
        for name in profile.needs_of_devices:
            if name not in each.more:
                place = f"[viid.device {each.device}]"
                yield f"{place} more.{name}: missing; the profile {profile.key!r} needs it"
    there = {shape.of.value for shape in profile.object}
    for kind in said.kinds():
        if kind.value not in there:
            yield f"{PLACE} {kind.value}: the profile {profile.key!r} does not know them; allowed: off"
    for what in said.watched():
        if WRITTEN_AS[what].value not in there:
            yield f"{PLACE} {what.value}: the profile {profile.key!r} does not know it; allowed: off"


def _device_faults(each: FeedDevice, known: set[str]) -> Iterator[str]:
    place = f"[viid.device {each.device}]"
    kind = each.device.partition("/")[0]
    if each.device not in known:
        there = ", ".join(sorted(name for name in known if name.partition("/")[0] in TYPES)) or "none"
        yield f"{place} device: no such device; allowed: {there}"
    if wrong := kind_fault(kind, each.id):
        yield f"{place} id = {each.id!r}: {wrong}; {MADE_UP}"
    if each.tollgate and (wrong := fault(each.tollgate)):
        yield f"{place} tollgate = {each.tollgate!r}: {wrong}; {MADE_UP}"


def _missing(said: ViidSettings) -> Iterator[str]:
    if not said.url.strip("/"):
        yield f"{PLACE} url: missing; expected http:// or https:// and where the library is"
    if not said.id:
        yield f"{PLACE} id: missing; expected the 20 digits that the library gave us; {MADE_UP}"
    if not said.device:
        yield f"{PLACE} device: missing; expected a [[viid.device]] for each device, with the id it was given"


def _unlawful(allowed: Paper | SubscriptionSettings, key: str) -> Iterator[str]:
    if not allowed.basis.strip():
        yield f"[viid.{key}] basis: missing; expected the legal basis on which they may leave"
    if not allowed.document.strip():
        yield f"[viid.{key}] document: missing; expected the number of the authority's paper"


def _repeats(key: str, values: Sequence[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"[[viid.device]] {key} = {value!r}: stands {count} times; allowed: once"
