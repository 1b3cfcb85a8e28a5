"""A camera's ONVIF device: its clock, services and profile, where its stream is, and its events by PullPoint.

ONVIF Core, Media and Event Service Specifications; only what a video client needs. The words of each answer
are in `onvif_answers.py`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulators.camera import onvif_answers as answers
from simulators.camera.digest import Account
from simulators.camera.look import Look
from simulators.camera.onvif_answers import Notice
from simulators.camera.soap import Call, Malformed, envelope, fault, read, seconds
from simulators.clock import Clock

MOST_KEPT = 100
LONGEST_PULL_S = 60.0
SUBSCRIPTION_S = 60.0
_FOR_ANYBODY = ("GetSystemDateAndTime", "GetCapabilities", "GetServices")


@dataclass(slots=True)
class _Subscription:
    until_s: float
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    news: asyncio.Event = field(default_factory=asyncio.Event)


class OnvifDevice:
    """Answers SOAP calls. `stream_uri` is where the film is; `account` None lets anybody in."""

    def __init__(
        self, *, clock: Clock, account: Account | None, look: Callable[[], Look], refusing: Callable[[], bool]
    ) -> None:
        self.stream_uri = ""
        self.notices = 0
        self._clock = clock
        self._account = account
        self._look = look
        self._refusing = refusing
        self._subscriptions: dict[str, _Subscription] = {}
        self._made = 0
        self._lasting: dict[str, Notice] = {}

    def notify(self, topic: str, name: str, state: bool) -> None:
        """Tell every subscriber; what lasts (`state` True) is also told to those who come later."""
        notice = Notice(topic, name, state, self._clock.now_s(), "Changed")
        self._lasting[topic] = notice
        for subscription in self._subscriptions.values():
            subscription.notices.append(notice)
            subscription.news.set()

    async def answer(self, base: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer one call to `base` + `path` with an HTTP status and an envelope."""
        try:
            call = read(body)
        except Malformed as error:
            return 400, fault("WellFormed", str(error))
        if not self._may(call):
            return 400, fault("NotAuthorized", "Sender not authorized")
        if path.startswith("/onvif/subscription/"):
            return await self._subscribed(path.rpartition("/")[2], call)
        if call.operation == "CreatePullPointSubscription":
            return 200, self._subscribe(base, call)
        answer = self._plain(base).get(call.operation)
        if answer is None:
            return 400, fault("ActionNotSupported", f"{call.operation} is not supported", code="Receiver")
        return 200, envelope(answer())

    def _may(self, call: Call) -> bool:
        if self._account is None or call.operation in _FOR_ANYBODY:
            return True
        now_s = self._clock.now_s()
        return not self._refusing() and call.token is not None and call.token.proves(self._account, now_s)

    def _plain(self, base: str) -> Mapping[str, Callable[[], str]]:
        return {
            "GetSystemDateAndTime": lambda: answers.system_date_and_time(self._clock.now_s()),
            "GetServices": lambda: answers.services(base),
            "GetCapabilities": lambda: answers.capabilities(base),
            "GetDeviceInformation": answers.device_information,
            "GetProfiles": lambda: answers.profiles(self._look()),
            "GetVideoSources": lambda: answers.video_sources(self._look()),
            "GetStreamUri": lambda: answers.media_uri("GetStreamUri", self.stream_uri),
            "GetSnapshotUri": lambda: answers.media_uri("GetSnapshotUri", base + answers.SNAPSHOT_PATH),
            "GetEventProperties": answers.event_properties,
        }

    def _subscribe(self, base: str, call: Call) -> bytes:
        self._forget_old()
        self._made += 1
        name = str(self._made)
        subscription = _Subscription(self._until_s(call, "InitialTerminationTime"))
        subscription.notices.extend(each.initialised() for each in self._lasting.values())
        self._subscriptions[name] = subscription
        address = f"{base}/onvif/subscription/{name}"
        return envelope(answers.subscribed(address, self._clock.now_s(), subscription.until_s))

    async def _subscribed(self, name: str, call: Call) -> tuple[int, bytes]:
        self._forget_old()
        subscription = self._subscriptions.get(name)
        if subscription is None:
            return 400, fault("InvalidArgVal", "this subscription is over")
        if call.operation == "PullMessages":
            return 200, await self._pull(subscription, call)
        if call.operation == "Renew":
            subscription.until_s = self._until_s(call, "TerminationTime")
            return 200, envelope(answers.renewed(self._clock.now_s(), subscription.until_s))
        if call.operation == "Unsubscribe":
            del self._subscriptions[name]
            return 200, envelope("<wsnt:UnsubscribeResponse/>")
        return 400, fault("ActionNotSupported", f"{call.operation} is not supported", code="Receiver")

    async def _pull(self, subscription: _Subscription, call: Call) -> bytes:
        longest_s = min(seconds(call.arguments.get("Timeout", ""), 1.0), LONGEST_PULL_S)
        try:
            async with asyncio.timeout(longest_s):
                while not subscription.notices:
                    subscription.news.clear()
                    await subscription.news.wait()
        except TimeoutError:
            pass
        limit = call.arguments.get("MessageLimit", "")
        most = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 6 else MOST_KEPT
        told = [subscription.notices.popleft() for _ in range(min(most, len(subscription.notices)))]
        self.notices += len(told)
        return envelope(answers.messages(told, self._clock.now_s(), subscription.until_s))

    def _until_s(self, call: Call, argument: str) -> float:
        return self._clock.now_s() + seconds(call.arguments.get(argument, ""), SUBSCRIPTION_S)

    def _forget_old(self) -> None:
        now_s = self._clock.now_s()
        self._subscriptions = {
            name: each for name, each in self._subscriptions.items() if each.until_s > now_s
        }
