"""What of a wish may be granted: kinds that are lawful, our own ids, a time that ends, a known host. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from contract.clock import epoch_ms
from contract.errors import Refused
from hub.viid.ids import LOCAL
from hub.viid.settings import Kind, ViidSettings, Watched
from hub.viid.stream import Stream
from hub.viid.subscriptions.asked import Asked

DETAILS: Final[Mapping[str, Kind | Watched]] = {
    "3": Watched.LIST,
    "4": Watched.STATES,
    "11": Kind.PERSONS,
    "12": Kind.FACES,
    "13": Kind.MOTOR_VEHICLES,
}
"""`SubscribeDetail` of GA/T 1400.4."""

TOLLGATE, DEVICE, LIBRARY = 0, 1, 4
DAY_MS: Final = 86_400_000
NO_PICTURES: Final = "-1"
PATH: Final = "/VIID/"


class TermsRefused(Refused):
    """What the library may not have."""

    default_code = "terms-refused"


class Terms(Struct, frozen=True, kw_only=True):
    """What the library asked for and may have. `devices`: as the site file names them; never empty."""

    ident: str
    title: str
    kinds: tuple[Kind, ...]
    resource_class: int
    resources: str
    devices: tuple[str, ...]
    begin_ms: int
    end_ms: int
    receiver: str
    interval_s: int
    pictures: bool
    applicant: str
    organisation: str
    reason: str
    watched: tuple[Watched, ...] = ()

    @property
    def details(self) -> tuple[Kind | Watched, ...]:
        """All that it asks for."""
        return (*self.kinds, *self.watched)

    @property
    def whole(self) -> bool:
        """Whether it is about all devices, whichever the site has."""
        return self.resource_class == LIBRARY


class Ended(StrEnum):
    """Why a subscription ended. WITHDRAWN: the site file does not allow it any more. STOPPED: by the site."""

    CANCELLED = "cancelled"
    OVER = "over"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Subscription(Struct, frozen=True, kw_only=True):
    """A subscription that was accepted. `ended`: why; None while it lasts.

    `version` grows with each change; `ended_seq`: the ledger's newest place at its end; `barred`: its id is
    refused until somebody at the site lifts that.
    """

    number: int
    slot: int
    terms: Terms
    document: str
    since_ms: int
    ended_ms: int | None = None
    ended: Ended | None = None
    version: int = 1
    ended_seq: int | None = None
    ended_reason: str = ""
    barred: bool = False

    def streams(self) -> list[Stream]:
        """Return what goes for it."""
        return [Stream(kind=each, subscription=self.number) for each in self.terms.details]


def terms_of(asked: Asked, settings: ViidSettings, now_ms: int) -> Terms:
    """Return what of a wish is granted, which is all of it; TermsRefused says what may not be."""
    begin_ms, end_ms = _period(asked, settings, now_ms)
    wanted = _wanted(asked, settings)
    return Terms(
        ident=asked.ident,
        title=asked.title,
        kinds=tuple(each for each in Kind if each in wanted),
        watched=tuple(each for each in Watched if each in wanted),
        resource_class=asked.resource_class,
        resources=asked.resources,
        devices=_devices(asked, settings),
        begin_ms=begin_ms,
        end_ms=end_ms,
        receiver=_receiver(asked.receiver, settings),
        interval_s=asked.interval_s,
        pictures=str(asked.declared).strip() != NO_PICTURES,
        applicant=asked.applicant,
        organisation=asked.organisation,
        reason=asked.reason,
    )


def still_lawful(terms: Terms, settings: ViidSettings) -> bool:
    """Whether the site file still allows what was granted: kinds, devices and receiver."""
    known = {each.device for each in settings.device}
    try:
        _receiver(terms.receiver, settings)
    except TermsRefused:
        return False
    whole = bool(known) and _split(terms.resources) == [settings.id]
    there = whole if terms.whole else set(terms.devices) <= known
    allowed = {*settings.kinds(), *settings.watched()}
    return there and set(terms.details) <= allowed


def up_to_date(terms: Terms, settings: ViidSettings) -> Terms:
    """Return terms with the devices that the site has now, if they are about all of them."""
    return replace(terms, devices=tuple(each.device for each in settings.device)) if terms.whole else terms


def _wanted(asked: Asked, settings: ViidSettings) -> set[Kind | Watched]:
    wanted = _split(asked.detail)
    if not wanted:
        raise TermsRefused("SubscribeDetail: missing")
    for each in wanted:
        if each not in DETAILS:
            raise TermsRefused(f"SubscribeDetail {each[:16]}: not served; allowed: {', '.join(DETAILS)}")
        if DETAILS[each] not in (*settings.kinds(), *settings.watched()):
            raise TermsRefused(f"SubscribeDetail {each}: {DETAILS[each].value} do not leave this site")
    return {DETAILS[each] for each in wanted}


def _devices(asked: Asked, settings: ViidSettings) -> tuple[str, ...]:
    wanted = set(_split(asked.resources))
    if asked.resource_class == LIBRARY:
        known = {settings.id: {each.device for each in settings.device}}
    elif asked.resource_class == DEVICE:
        known = {each.id: {each.device} for each in settings.device}
    elif asked.resource_class == TOLLGATE:
        known = _tollgates(settings)
    else:
        raise TermsRefused(f"ResourceClass {asked.resource_class}: not served; allowed: 0, 1, 4")
    if not wanted or not wanted <= known.keys():
        raise TermsRefused("ResourceURI: expected ids of this site's own, and no others")
    meant = set().union(*(known[each] for each in wanted))
    return tuple(each.device for each in settings.device if each.device in meant)


def _tollgates(settings: ViidSettings) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in settings.device:
        found.setdefault(each.tollgate or each.id, set()).add(each.device)
    return found


def _period(asked: Asked, settings: ViidSettings, now_ms: int) -> tuple[int, int]:
    begin_ms, end_ms = _moment("BeginTime", asked.begin), _moment("EndTime", asked.end)
    if end_ms <= begin_ms:
        raise TermsRefused("EndTime: not after BeginTime")
    if end_ms <= now_ms:
        raise TermsRefused("EndTime: is over")
    longest = settings.subscriptions.longest_days
    if end_ms - max(begin_ms, now_ms) > longest * DAY_MS:
        raise TermsRefused(f"EndTime: more than {longest} days ahead")
    return begin_ms, end_ms


def _moment(name: str, said: str | None) -> int:
    if said is None:
        raise TermsRefused(f"{name}: missing")
    try:
        return epoch_ms(datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=LOCAL))
    except (ValueError, OverflowError) as wrong:
        raise TermsRefused(f"{name}: no moment; expected yyyyMMddHHmmss") from wrong


def _receiver(said: str, settings: ViidSettings) -> str:
    """Let notifications go to the library's own host, or one that the site file names, and nowhere else."""
    try:
        url = urlsplit(said)
        host, _ = url.hostname, url.port
    except ValueError as wrong:
        raise TermsRefused("ReceiveAddr: no address") from wrong
    library = urlsplit(settings.url)
    plain = said.isascii() and said.isprintable() and " " not in said and "\\" not in said
    if not plain or url.scheme not in ("http", "https") or "@" in url.netloc or url.fragment or not host:
        raise TermsRefused("ReceiveAddr: expected http:// or https://, a host and a path")
    if library.scheme == "https" and url.scheme != "https":
        raise TermsRefused("ReceiveAddr: expected https://, as the library itself is reached")
    if host != library.hostname and host not in {each.lower() for each in settings.subscriptions.receivers}:
        raise TermsRefused("ReceiveAddr: neither the library's own host nor one of `receivers` of this site")
    if not url.path.startswith(PATH) or ".." in url.path:
        raise TermsRefused(f"ReceiveAddr: the path must begin with {PATH}")
    return said


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]
