"""The library's HTTP side: sessions by Digest, objects with a status each."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from aiohttp import web

from simulators.camera.digest import Account, admits, challenge
from simulators.errors import WireUnavailable
from simulators.viid.faults import Faults
from simulators.viid.told import DevicesTold

REALM = "viid"
LONGEST_REQUEST = 64 * 1024 * 1024
ZONE = timezone(timedelta(hours=8))
OK, OTHER, BUSY, INVALID, JSON_FORMAT = 0, 1, 2, 4, 7
WORDS = {0: "OK", 1: "OtherError", 2: "DeviceBusy", 3: "DeviceError", 4: "InvalidOperation", 9: "Reboot"}

IDS = {
    "APEObject": "ApeID",
    "MotorVehicleObject": "MotorVehicleID",
    "FaceObject": "FaceID",
    "PersonObject": "PersonID",
    "DoorDeviceObject": "DeviceID",
    "DoorInfoObject": "DoorID",
    "SubscribeNotificationObject": "NotificationID",
}
"""Which field of an object is its id."""

OF_DEVICES = {"ApeID", "DeviceList", "DeviceStatusList"}
"""An object that has one of these fields is about devices."""

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came: who said that they were, and whether with a login."""

    method: str
    path: str
    who: str
    kind: str
    login: bool


@dataclass(slots=True)
class Shelves:
    """What the library has. `times`: how often each id was brought; pictures are counted, not kept.

    `most`: beyond so many the oldest are forgotten; None: none is.
    """

    objects: dict[str, Object] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    longest_picture: int = 0
    most: int | None = None
    devices: DevicesTold = field(default_factory=DevicesTold)

    def put(self, ident: str, found: Object) -> None:
        """Keep an object without the bytes of its pictures."""
        for each in pictures_of(found):
            self.longest_picture = max(self.longest_picture, len(each.get("Data", "")) * 3 // 4)
            each["Data"] = f"{len(each.get('Data', ''))} characters"
        self.devices.take(found)
        self.objects[ident] = found
        self.times[ident] += 1
        if self.most is not None and len(self.objects) > self.most:
            oldest = next(iter(self.objects))
            del self.objects[oldest], self.times[oldest]


def pictures_of(found: Any) -> Iterator[Object]:
    """Find the pictures of an object, or of what a notification holds."""
    if isinstance(found, list):
        for each in found:
            yield from pictures_of(each)
    elif isinstance(found, dict):
        yield from found.get("SubImageInfoObject", ())
        for each in found.values():
            yield from pictures_of(each)


class Library:
    """One library; `accounts` are passwords by id, `port` 0 takes any. `down()` and `up()` keep the port.

    `most`: so many objects and requests are remembered; None: all.
    """

    def __init__(
        self, ident: str, accounts: Mapping[str, str], *, port: int = 0, most: int | None = None
    ) -> None:
        self.faults = Faults()
        self.shelves = Shelves(most=most)
        self.asked: list[Asked] = []
        self.registered: set[str] = set()
        self.host, self.port = "127.0.0.1", port
        self._ident = ident
        self._accounts = dict(accounts)
        self._nonce = secrets.token_hex(16)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def is_up(self) -> bool:
        """Whether it listens."""
        return self._runner is not None

    async def up(self) -> None:
        """Listen, at the same port as before; WireUnavailable where that is impossible."""
        app = web.Application(client_max_size=LONGEST_REQUEST, middlewares=[self._door])
        app.router.add_post("/VIID/System/Register", self._register)
        app.router.add_post("/VIID/System/UnRegister", self._unregister)
        app.router.add_post("/VIID/System/Keepalive", self._keepalive)
        app.router.add_get("/VIID/System/Time", self._time)
        app.router.add_post("/VIID/{what:.+}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port, reuse_address=True).start()
        except OSError as error:
            await runner.cleanup()
            raise WireUnavailable(f"cannot open {self.url}: {error}") from error
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def down(self) -> None:
        """Stop listening; sessions end."""
        self.registered.clear()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        who = request.headers.get("User-Identify", "")
        login = "Authorization" in request.headers
        kind = request.headers.get("Content-Type", "")
        self.asked.append(Asked(request.method, request.path, who, kind, login))
        if self.shelves.most is not None:
            del self.asked[: -self.shelves.most]
        if self.faults.slow_s:
            await asyncio.sleep(self.faults.slow_s)
        if not request.path.endswith(("/Register", "/UnRegister")):
            if self.faults.forgets():
                self.registered.clear()
            if who not in self.registered:
                return web.Response(status=401)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _register(self, request: web.Request) -> web.Response:
        if refused := self._login(request):
            return refused
        who = await self._of(request, "RegisterObject")
        self.registered.add(who)
        return self._status(request, OK, who)

    async def _unregister(self, request: web.Request) -> web.Response:
        if refused := self._login(request):
            return refused
        who = await self._of(request, "UnRegisterObject")
        self.registered.discard(who)
        return self._status(request, OK, who)

    async def _keepalive(self, request: web.Request) -> web.Response:
        return self._status(request, OK, await self._of(request, "KeepaliveObject"))

    async def _time(self, _request: web.Request) -> web.Response:
        said = {"VIIDServerID": self._ident, "TimeMode": "1", "LocalTime": now(), "TimeZone": "Asia/Shanghai"}
        return web.json_response({"SystemTimeObject": said})

    async def _take(self, request: web.Request) -> web.Response:
        """Keep the objects of a request, and say of each what became of it."""
        if self.faults.busy > 0:
            self.faults.busy -= 1
            return self._status(request, BUSY, "")
        try:
            body = await request.json()
            (listed,) = body.values()
            ((name, found),) = listed.items()
            told = [(each[IDS[name]], each, json.dumps(each, ensure_ascii=False)) for each in found]
        except (ValueError, KeyError, AttributeError, TypeError):
            return self._status(request, JSON_FORMAT, "")
        if any(bad in text for bad in self.faults.crashing for _, _, text in told):
            return web.Response(status=500, text="NullPointerException")
        statuses = [self._keep(request, *each) for each in told]
        said = [each for each in statuses if each is not None]
        if self.faults.single and all(str(each["StatusCode"]) == "0" for each in said):
            return self._status(request, OK, "")
        return web.json_response({"ResponseStatusListObject": {"ResponseStatusObject": said}})

    def _keep(self, request: web.Request, ident: str, found: Object, text: str) -> Object | None:
        if any(each in text for each in self.faults.silent):
            return None
        code = next((code for each, code in self.faults.refused.items() if each in text), OK)
        if self.faults.refusing > 0 and not OF_DEVICES & found.keys():
            self.faults.refusing -= 1
            code = INVALID
        if code == OK:
            self.shelves.put(ident, found)
        return self._said(request.path, code, ident)

    async def _of(self, request: web.Request, wrapper: str) -> str:
        who = request.headers.get("User-Identify", "")
        try:
            if (await request.json())[wrapper]["DeviceID"] == who:
                return who
        except (ValueError, KeyError, TypeError):
            pass
        raise web.HTTPBadRequest

    def _login(self, request: web.Request) -> web.Response | None:
        """Answer whoever does not prove who they are; None: they do. Some send no body before that."""
        if self.faults.open_door:
            return None
        who = request.headers.get("User-Identify", "")
        account = Account(who, self._accounts.get(who, ""))
        said = request.headers.get("Authorization", "")
        if who in self._accounts and admits(
            account, "digest", self._nonce, request.method, said, realm=REALM
        ):
            self._nonce = secrets.token_hex(16)
            return None
        asked = challenge("digest", self._nonce, qop=True, realm=REALM)
        return web.Response(status=401, headers={"WWW-Authenticate": asked})

    def _status(self, request: web.Request, code: int, ident: str) -> web.Response:
        return web.json_response({"ResponseStatusObject": self._said(request.path, code, ident)})

    def _said(self, path: str, code: int, ident: str) -> Object:
        return {
            "RequestURL": path,
            "StatusCode": code if self.faults.numbers else str(code),
            "StatusString": WORDS.get(code, "Invalid JSON content"),
            "Id": ident,
            "LocalTime": now(),
        }


def now() -> str:
    """Write the time as it stands on this wire."""
    return datetime.now(ZONE).strftime("%Y%m%d%H%M%S")
