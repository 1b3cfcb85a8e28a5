"""ONVIF: where a camera's stream is, and the events that it offers by PullPoint; only this file knows zeep.

`onvif-zeep-async` is loaded at the first use, away from the event loop: it takes 0.8 s and 50 MiB, and most
cameras need it only to find their stream.
"""

import asyncio
import importlib
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.camera.channel import endless
from drivers.camera.happenings import VendorEvent, believed
from drivers.runtime.credentials import Credentials, CredentialsRefused
from drivers.runtime.waiting import within

T = TypeVar("T")

CALL_S: Final = 15.0
PULL_S: Final = 20.0
"""For so long the camera may keep an unanswered pull; a dead one is noticed `CALL_S` later."""

SUBSCRIPTION_S: Final = 120.0
MOST_AT_ONCE: Final = 100
_PORTS: Final = {"http": 80, "https": 443}
_LOADING: Final = threading.Lock()


async def stream_uri(
    url: str, credentials: Credentials | None, clock: Clock, *, profile: str | None = None
) -> str:
    """Ask the camera at `url` (http://HOST[:PORT]) for its RTSP address; no account is in the answer.

    `profile` is the name or token of a media profile, None the camera's first.
    """
    async with _camera(url, credentials, clock) as camera:
        media = await _asked(clock, camera.create_media_service())
        profiles = await _asked(clock, media.GetProfiles())
        chosen = [each for each in profiles or () if profile in (None, each.token, each.Name)]
        if not chosen:
            known = ", ".join(sorted(str(each.Name) for each in profiles or ())) or "none"
            raise DeviceError(
                f"the camera has no profile {profile!r}; it has {known}", code="no-such-profile"
            )
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        answer = await _asked(
            clock, media.GetStreamUri({"StreamSetup": setup, "ProfileToken": chosen[0].token})
        )
        return _plain(str(answer.Uri))


def events(
    url: str,
    credentials: Credentials | None,
    clock: Clock,
    *,
    malformed: Callable[[str], None],
    lost: Callable[[DeviceError], None],
) -> AsyncGenerator[VendorEvent, None]:
    """Give what the camera at `url` reports, for ever; `lost` hears why it paused.

    `event` is the topic, such as `tns1:VideoSource/GlobalSceneChange/ImagingService`; `began` is whether its
    state became true, False also for the states at the subscription.
    """
    return endless(lambda: session(url, credentials, clock, malformed=malformed), clock, lost)


async def session(
    url: str, credentials: Credentials | None, clock: Clock, *, malformed: Callable[[str], None]
) -> AsyncGenerator[VendorEvent, None]:
    """Give what is reported to one subscription, which is renewed in time; DeviceError when it ends."""
    async with _camera(url, credentials, clock) as camera:
        ended = asyncio.Event()
        subscription = await _asked(
            clock, camera.create_pullpoint_manager(timedelta(seconds=SUBSCRIPTION_S), ended.set)
        )
        try:
            pull = subscription.get_service()
            request = {"Timeout": timedelta(seconds=PULL_S), "MessageLimit": MOST_AT_ONCE}
            while not ended.is_set():
                pulled = await _asked(clock, pull.PullMessages(request), PULL_S + CALL_S)
                for event in _events(pulled, clock.now(), malformed):
                    yield event
            raise DeviceUnreachable("the camera has ended the subscription")
        finally:
            await _unsubscribe(subscription, clock)


async def _unsubscribe(subscription: Any, clock: Clock) -> None:
    try:
        await within(clock, CALL_S, subscription.shutdown())
    except Exception as error:  # a courtesy: it ends by itself, and the camera may be gone
        logging.getLogger(__name__).debug("unsubscribing: %s", type(error).__name__)


def _events(pulled: Any, now: datetime, malformed: Callable[[str], None]) -> Iterator[VendorEvent]:
    for notification in getattr(pulled, "NotificationMessage", None) or ():
        try:
            yield _event(notification, now)
        except (
            AttributeError,
            TypeError,
            ValueError,
        ) as error:  # lenient zeep leaves out what it cannot read
            malformed(f"ONVIF notification: {type(error).__name__}")


def _event(notification: Any, now: datetime) -> VendorEvent:
    message = notification.Message._value_1  # noqa: SLF001 - zeep's name for the content of an element
    topic = str(notification.Topic._value_1).strip()  # noqa: SLF001 - the same
    if not topic or len(topic) > 256:
        raise ValueError("no topic")
    said = message.UtcTime if isinstance(message.UtcTime, datetime) else None
    if said is not None and said.utcoffset() is None:
        said = None
    time, error_s = believed(said, now)
    items = getattr(message.Data, "SimpleItem", None) or ()
    values = {str(item.Value).lower() for item in items}
    began = message.PropertyOperation != "Initialized" and not values & {"false", "0"}
    return VendorEvent(event=topic, time=time, clock_error_s=error_s, began=began)


@asynccontextmanager
async def _camera(url: str, credentials: Credentials | None, clock: Clock) -> AsyncIterator[Any]:
    library = await asyncio.to_thread(_load)
    parts = urlsplit(url)
    user, password = (credentials.user, credentials.password) if credentials else ("", "")
    port = parts.port or _PORTS[parts.scheme]
    # A camera's clock is often wrong, and a UsernameToken holds the time: take the camera's.
    camera = library.ONVIFCamera(parts.hostname, port, user, password, no_cache=True, adjust_time=True)
    try:
        await _asked(clock, camera.update_xaddrs())
        yield camera
    finally:
        await camera.close()


def _load() -> ModuleType:
    """Import the library, and undo what it does to its surroundings."""
    with _LOADING:
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        library = importlib.import_module("onvif")
        root.handlers[:] = handlers  # it calls logging.basicConfig
        root.setLevel(level)
        for logger in ("onvif", "zeep"):  # at DEBUG they write every message, tokens and all
            logging.getLogger(logger).setLevel(logging.WARNING)
        settings = importlib.import_module("onvif.settings").DEFAULT_SETTINGS
        settings.forbid_dtd, settings.xml_huge_tree = True, False
        return library


async def _asked(clock: Clock, call: Awaitable[T], seconds: float = CALL_S) -> T:
    """Wait for an answer; what goes wrong in words of ours, which hold no account."""
    try:
        return await within(clock, seconds, call)
    except DeviceError:
        raise
    except TimeoutError:
        raise DeviceUnreachable("ONVIF: no answer") from None
    except Exception as error:  # zeep, aiohttp and lxml have no common base
        raise _in_our_words(error) from None


def _in_our_words(error: Exception) -> DeviceError:
    said = f"{type(error).__name__} {getattr(error, 'code', '')} {getattr(error, 'message', '')}".lower()
    subcodes = " ".join(str(each) for each in getattr(error, "subcodes", None) or ()).lower()
    status = getattr(error, "status", None) or getattr(error, "status_code", None)
    if status in (401, 403) or "notauthorized" in said + subcodes or "not authorized" in said:
        return CredentialsRefused("ONVIF: the camera does not let this account in")
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] == "aiohttp":
        return DeviceUnreachable(f"ONVIF: no connection ({type(error).__name__})")
    return DeviceError(
        f"ONVIF: the camera's answer makes no sense ({type(error).__name__})", code="bad-protocol"
    )


def _plain(uri: str) -> str:
    """Return an RTSP address without the account that some cameras write into it."""
    try:
        parts = urlsplit(uri)
        if parts.scheme == "rtsp" and parts.hostname:
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        pass
    raise DeviceError("ONVIF: the camera gives no RTSP address", code="bad-protocol")
